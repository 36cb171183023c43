import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../service';
import { type Datastore, writeWhole } from './datastore-registry';
import type { ImportJob } from './import-job';
import type { ImportResults } from './import-output';

/** Keeps the import jobs of a data store, a folder each: `job.json`, `results.json` and the stored files. */
export class ImportJobStore {
  readonly #jobs = new Map<string, ImportJob>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const jobId of readdirSync(folder)) {
      const job = readJson<ImportJob>(join(folder, jobId, 'job.json'));
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
    writeWhole(join(this.folder, job.jobId, 'job.json'), JSON.stringify(job));
    this.#jobs.set(job.jobId, job);
  }

  saveResults(jobId: string, results: ImportResults): void {
    writeWhole(join(this.folder, jobId, 'results.json'), JSON.stringify(results));
  }

  results(jobId: string): ImportResults | undefined {
    return readJson<ImportResults>(join(this.folder, jobId, 'results.json'));
  }
}

/** Name of a stored file below the data store's folder. @param ordinal place of its key in the job's list */
export function storedFileName(jobId: string, ordinal: number): string {
  return join('jobs', jobId, 'files', `${String(ordinal).padStart(6, '0')}.dcm`);
}

export function jobStoreOf(datastore: Datastore): ImportJobStore {
  return new ImportJobStore(join(datastore.folder, 'jobs'));
}

function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
