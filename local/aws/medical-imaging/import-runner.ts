import { createWriteStream, linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  AwsError,
  type Caller,
  type Clock,
  type EventPublisher,
  type ObjectStorage,
  type RoleSessions,
} from '../service';
import { ConcurrencyLimit, forEachIndex } from '../states/concurrency-limit';
import type { Datastore } from './datastore-registry';
import type { ReadInstance } from './image-set-index';
import { imageSetEvent, importJobEvent } from './imaging-events';
import { type ImportJob, jobQuotas, outputFolder, placeOf } from './import-job';
import { type ImportJobStore, storedFileName } from './import-job-store';
import { type FileOutcome, type ImportResults, outputObjects } from './import-output';
import { type InstanceSummary, summarise } from './instance-summary';
import { readPart10File } from './part10-file';
import { UnreadableFile } from './unreadable-file';

export interface ImportDependencies {
  readonly objects: ObjectStorage;
  readonly roles: RoleSessions;
  readonly events: EventPublisher;
  readonly clock: Clock;
}

/** Jobs at the same time; further ones stay SUBMITTED. */
const jobsAtOnce = 4;

/** Files of a job at the same time: reading one is mostly waiting for the disk. */
const filesAtOnce = 8;

type ReadOutcome =
  | { readonly kind: 'read'; readonly summary: InstanceSummary; readonly file: string }
  | Extract<FileOutcome, { kind: 'failed' }>;

/** Runs import jobs. A job that the end of the process broke off runs again with the same result. */
export class ImportRunner {
  readonly #limit = new ConcurrencyLimit(jobsAtOnce);
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly dependencies: ImportDependencies) {}

  /** Begins a job, or goes on with it. */
  begin(datastore: Datastore, store: ImportJobStore, jobId: string): void {
    const run = this.#limit
      .run(() => this.#run(datastore, store, jobId))
      .catch((error: unknown) => {
        if (!this.#closed) this.#fail(datastore, store, jobId, wordsOf(error));
      });
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  /** Waits until no job runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Lets the jobs under way stop between two files; they go on at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  async #run(datastore: Datastore, store: ImportJobStore, jobId: string): Promise<void> {
    if (this.#closed) return;
    const submitted = store.get(jobId);
    const job: ImportJob = { ...submitted, jobStatus: 'IN_PROGRESS' };
    if (submitted.jobStatus === 'SUBMITTED') {
      store.save(job);
      this.#publish(job, datastore);
    }
    const caller = this.dependencies.roles.callerForService(
      job.dataAccessRoleArn,
      'medical-imaging.amazonaws.com',
      `DicomImport-${jobId}`,
      { sourceArn: datastore.record.datastoreArn },
    );
    const results = datastore.index.hasImported(jobId)
      ? store.results(jobId)
      : await this.#import(datastore, store, job, caller);
    if (!results) return;
    const { bucket, prefix } = outputFolder(job);
    for (const [key, content] of outputObjects(job, results)) {
      await this.dependencies.objects.putObject(caller, bucket, `${prefix}${key}`, Buffer.from(content));
    }
    const { datastoreId, datastoreArn } = datastore.record;
    for (const { imageSetId: id, version, isPrimary, created } of results.imageSets) {
      const change = created ? 'Created' : 'Updated';
      this.dependencies.events.publish(
        imageSetEvent(change, { id, version, isPrimary }, datastoreId, datastoreArn),
      );
    }
    const ended: ImportJob = { ...job, jobStatus: 'COMPLETED', endedAt: this.#now() };
    store.save(ended);
    this.#publish(ended, datastore);
  }

  /** Reads all files, then decides and keeps where they go in one step. Undefined where the service closed first. */
  async #import(
    datastore: Datastore,
    store: ImportJobStore,
    job: ImportJob,
    caller: Caller,
  ): Promise<ImportResults | undefined> {
    const { bucket, prefix } = placeOf(job.inputS3Uri);
    const listed = await this.dependencies.objects.listKeys(caller, bucket, prefix);
    const keys = listed.filter(({ key }) => !key.endsWith('/'));
    demandQuotas(keys);
    const outcomes: ReadOutcome[] = new Array(keys.length);
    await forEachIndex(
      keys.length,
      filesAtOnce,
      async (index) => {
        const key = keys[index]?.key ?? '';
        if (!this.#closed) outcomes[index] = await this.#readFile(datastore, job, caller, bucket, key, index);
      },
      () => undefined,
    );
    if (this.#closed) return undefined;
    const read: ReadInstance[] = [];
    for (const outcome of outcomes) if (outcome.kind === 'read') read.push(outcome);
    const planned = datastore.index.plan(job.jobId, read);
    const homes = new Map<string, (typeof planned)[number]>();
    for (const imageSet of planned) {
      for (const { summary } of imageSet.instances) {
        homes.set(homeKey(summary, imageSet.isPrimary), imageSet);
      }
    }
    const results: ImportResults = {
      files: outcomes.map((outcome, index): FileOutcome => {
        if (outcome.kind === 'failed') return outcome;
        const { summary } = outcome;
        const home = homes.get(homeKey(summary, true)) ?? homes.get(homeKey(summary, false));
        return {
          kind: 'imported',
          inputFile: keys[index]?.key ?? '',
          imageSetId: home?.id ?? '',
          imageSetVersion: home?.version ?? 1,
          isPrimary: home?.isPrimary ?? false,
          warnings: summary.warnings,
        };
      }),
      imageSets: planned.map(({ id, isPrimary, version, instances }) => ({
        imageSetId: id,
        isPrimary,
        version,
        created: version === 1,
        instances: instances.length,
      })),
    };
    store.saveResults(job.jobId, results);
    datastore.index.commit(job.jobId, this.#now(), planned);
    return results;
  }

  async #readFile(
    datastore: Datastore,
    job: ImportJob,
    caller: Caller,
    bucket: string,
    key: string,
    index: number,
  ): Promise<ReadOutcome> {
    const file = storedFileName(job.jobId, index);
    const path = join(datastore.folder, file);
    try {
      await this.#fetch(caller, bucket, key, path);
      return { kind: 'read', summary: summarise(await readPart10File(path)), file };
    } catch (error) {
      rmSync(path, { force: true });
      rmSync(`${path}.inflated`, { force: true });
      if (error instanceof UnreadableFile) {
        const { exceptionType, message } = error;
        return { kind: 'failed', inputFile: key, exceptionType, message, server: false };
      }
      const refused = error instanceof AwsError;
      return {
        kind: 'failed',
        inputFile: key,
        exceptionType: refused ? 'AccessDeniedException' : 'InternalServerException',
        message: refused ? error.code : 'The file could not be imported',
        server: !refused,
      };
    }
  }

  /** Takes the object as a hard link where S3 keeps it as a file that never changes, else copies it as a stream. */
  async #fetch(caller: Caller, bucket: string, key: string, path: string): Promise<void> {
    const object = await this.dependencies.objects.getObject(caller, bucket, key);
    if (object.contentPath !== undefined && linked(object.contentPath, path)) return;
    rmSync(path, { force: true });
    await pipeline(object.body, createWriteStream(path));
  }

  #fail(datastore: Datastore, store: ImportJobStore, jobId: string, message: string): void {
    const job: ImportJob = { ...store.get(jobId), jobStatus: 'FAILED', endedAt: this.#now(), message };
    store.save(job);
    this.#publish(job, datastore);
  }

  #publish(job: ImportJob, { record }: Datastore): void {
    this.dependencies.events.publish(importJobEvent(job, record.datastoreArn));
  }

  #now(): number {
    return this.dependencies.clock.now().getTime();
  }
}

/** Whether `path` could be made a hard link to the content; a file that a broken-off run left there gives way. */
function linked(contentPath: string, path: string): boolean {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      linkSync(contentPath, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
      rmSync(path, { force: true });
    }
  }
  return false;
}

/** What tells instances of a job apart; within non-primary sets the grouping attributes belong to it. */
function homeKey(summary: InstanceSummary, isPrimary: boolean): string {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, groupingDigest, seriesNumber } = summary;
  return [isPrimary, studyInstanceUid, seriesInstanceUid, sopInstanceUid, groupingDigest, seriesNumber].join(
    '\0',
  );
}

function demandQuotas(keys: readonly { readonly bytes: number }[]): void {
  if (keys.length === 0) throw new AwsError('ValidationException', 'The input prefix holds no files');
  if (keys.length > jobQuotas.files) {
    throw new AwsError(
      'ServiceQuotaExceededException',
      `The input prefix holds more than ${jobQuotas.files} files`,
    );
  }
  const bytes = keys.reduce((sum, key) => sum + key.bytes, 0);
  if (bytes > jobQuotas.bytes) {
    throw new AwsError(
      'ServiceQuotaExceededException',
      `The input prefix holds more than ${jobQuotas.bytes} bytes`,
    );
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`.slice(0, 2048);
  return 'InternalServerException: the job could not be run';
}
