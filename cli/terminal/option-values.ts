import { InvalidArgumentError } from 'commander';

/** A whole number of parallel transfers. */
export function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new InvalidArgumentError('Give a whole number from 1 to 64.');
  return jobs;
}
