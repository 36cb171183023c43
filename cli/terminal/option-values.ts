import { InvalidArgumentError } from 'commander';

/** A whole number of parallel transfers. */
export function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new InvalidArgumentError('Give a whole number from 1 to 64.');
  return jobs;
}

/** The values of an option that may be repeated, in order; without a default, so that help shows none. */
export const repeated = (value: string, values: readonly string[] = []): readonly string[] => [
  ...values,
  value,
];
