import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { AwsError } from '../service';
import type { Datastore } from './datastore-registry';
import type { ImportJob } from './import-job';
import type { ImportResults } from './import-output';

/** Keeps the import jobs of a data store, a folder each: `job.json`, `results.json` and the stored files. */
export class ImportJobStore {
  readonly #jobs = new Map<string, ImportJob>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const jobId of readdirSync(folder)) {
      const job = readJsonFile(join(folder, jobId, 'job.json')) as ImportJob | undefined;
      if (job) this.#jobs.set(jobId, job);
    }
  }

  /** Newest first. */
  list(): ImportJob[] {
    return [...this.#jobs.values()].sort((a, b) => b.submittedAt - a.submittedAt);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(jobId: string): ImportJob {
    const job = this.#jobs.get(jobId);
    if (job) return job;
    throw new AwsError('ResourceNotFoundException', `Import job ${jobId} does not exist`, 404);
  }

  byToken(clientToken: string): ImportJob | undefined {
    return [...this.#jobs.values()].find((job) => job.clientToken === clientToken);
  }

  save(job: ImportJob): void {
    mkdirSync(join(this.folder, job.jobId, 'files'), { recursive: true });
    writeJsonFile(join(this.folder, job.jobId, 'job.json'), job);
    this.#jobs.set(job.jobId, job);
  }

  saveResults(jobId: string, results: ImportResults): void {
    writeJsonFile(join(this.folder, jobId, 'results.json'), results);
  }

  results(jobId: string): ImportResults | undefined {
    return readJsonFile(join(this.folder, jobId, 'results.json')) as ImportResults | undefined;
  }
}

/** Name of a stored file below the data store's folder. @param ordinal place of its key in the job's list */
export function storedFileName(jobId: string, ordinal: number): string {
  return join('jobs', jobId, 'files', `${String(ordinal).padStart(6, '0')}.dcm`);
}

export function jobStoreOf(datastore: Datastore): ImportJobStore {
  return new ImportJobStore(join(datastore.folder, 'jobs'));
}
