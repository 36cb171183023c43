import type { Context } from 'aws-lambda';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { HttpApi } from '../../../lambda/platform/http-api';
import { newId } from '../../../lambda/platform/ids';
import { silentLog } from '../../../lambda/platform/log';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { expireQuarantine } from '../../../lambda/quarantine/expire-quarantine';
import type { ProcessingRules } from '../../../lambda/quarantine/quarantine.contract';
import { addQuarantineRoutes } from '../../../lambda/quarantine/quarantine-routes';
import { LedgerReleaseStore } from '../../../lambda/quarantine/release-store';
import { type ReplayPartPorts, replayPart } from '../../../lambda/quarantine/replay-part';
import { LedgerReplaySubmissions } from '../../../lambda/quarantine/replay-submissions';
import { apiEvent } from '../fixtures/api-event';
import {
  Killed,
  landingBucketOf,
  Pipeline,
  type RunOptions,
  validNhsNumber,
} from '../pipeline/pipeline-fixture';
import { type Answer, person } from '../submission/submission-fixture';

const patients = [0, 1, 2].map((index) => fictitiousPatient('quarantine', index));

export const nhsNumberOf = (patient: number) => validNhsNumber(patients[patient]?.nhsNumber ?? '');
export const everybody = [0, 1, 2].map(nhsNumberOf);

/** A small CT slice; one that says of itself that it is a screen save is accepted by few collections. */
export function slice(patient: number, series: number, number: number, screenSave = false): Buffer {
  const subject = patients[patient];
  if (subject === undefined) throw new Error('no such patient');
  const { instance, pixels } = ctSlice(
    {
      seed: 'quarantine',
      name: `study of ${patient}`,
      patient: subject,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series, slice: number, size: 16 },
  );
  const dataSet = screenSave ? { ...instance.dataSet, SeriesDescription: 'Screen save' } : instance.dataSet;
  return part10File({ ...instance, dataSet }, pixels);
}

export const officer: RequestPerson = { ...person(null, ['officer']), subject: 'officer-1' };

let ids = 0;

/** The quarantine of a platform whose pipeline is run by hand: routes, replays, the daily run. */
export class Quarantine {
  readonly pipeline: Pipeline;
  /** Replay submissions whose pipeline was started and not run yet. */
  readonly started: string[] = [];
  /** Releases whose state machine was started, with their parts. */
  readonly releases = new Map<string, readonly number[]>();
  readonly replayPorts: ReplayPartPorts;
  /** What the API hid behind its last INTERNAL_ERROR. */
  private thrown: unknown;
  private readonly api = new HttpApi({
    ...silentLog,
    error: (_message, _fields, error) => {
      this.thrown = error;
    },
  });
  private readonly places = { landingBucketOf, quarantineBucket: 'quarantine' };

  constructor(table: DocumentTable, collection: string) {
    this.pipeline = new Pipeline(table, collection);
    const { objects, quarantined, submissions, clock } = this.pipeline;
    const releases = new LedgerReleaseStore(table);
    this.replayPorts = {
      ...this.places,
      objects,
      quarantined,
      releases,
      submissions,
      replays: new LedgerReplaySubmissions(table, objects, 'work'),
      pipeline: {
        start: async (id) => {
          if (!this.started.includes(id)) this.started.push(id);
        },
      },
      workBucket: 'work',
      clock,
    };
    addQuarantineRoutes(this.api, {
      ...this.places,
      quarantined,
      releases,
      submissions,
      objects,
      replays: { start: async (id, parts) => void this.releases.set(id, parts) },
      rulesOf: (id) => (id === collection ? this.pipeline.rules : null),
      endOf: (id) => (id === collection ? '2027-03-31' : null),
      trusts: new Set(['RX1']),
      warningDays: 14,
      workBucket: 'work',
      clock,
      newReleaseId: () => this.newId('r'),
      newSubmissionId: () => this.newId('s'),
    });
  }

  newId(prefix: 's' | 'r'): string {
    ids += 1;
    const time = ids;
    return newId(prefix, { now: () => new Date(time) });
  }

  /** Changes what the collection accepts. */
  accept(...acceptedPixelKinds: ProcessingRules['acceptedPixelKinds']): void {
    this.pipeline.rules = { ...this.pipeline.rules, acceptedPixelKinds };
  }

  /** Sends a submission and runs it to its receipt. */
  async submit(files: readonly Buffer[], options: RunOptions = {}): Promise<string> {
    const id = this.newId('s');
    await this.pipeline.send(
      id,
      files.map((bytes, index) => ({ bytes, group: index + 1 })),
      everybody,
    );
    await this.pipeline.run(id, options);
    return id;
  }

  async send(
    method: string,
    path: string,
    options: {
      body?: unknown;
      who?: RequestPerson;
      query?: Record<string, string>;
      key?: string;
    } = {},
  ): Promise<Answer> {
    const who = options.who ?? officer;
    const event = apiEvent({
      method,
      path: `/v1${path}`,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.query === undefined ? {} : { query: options.query }),
      authorizer: { subject: who.subject, person: JSON.stringify(who) },
    });
    if (options.key !== undefined) event.headers['Idempotency-Key'] = options.key;
    const answer = await this.api.handler(event, {} as Context);
    const body = JSON.parse(answer.body);
    if (body.code === 'INTERNAL_ERROR') throw this.thrown;
    return { status: answer.statusCode, body };
  }

  /** Releases and runs everything that follows; gives the answer to the request. */
  async release(body: unknown, options: RunOptions = {}): Promise<Answer> {
    const answer = await this.send('POST', '/quarantine/releases', { body });
    await this.runReplays(options);
    return answer;
  }

  /** Does what the state machines would: makes the parts of every release, then runs the pipelines. */
  async runReplays(options: RunOptions = {}): Promise<void> {
    for (const [releaseId, parts] of this.releases)
      for (const part of parts)
        await this.withoutKills(() => replayPart(this.replayPorts, { releaseId, part }));
    this.releases.clear();
    for (const id of this.started.splice(0)) await this.pipeline.run(id, options);
  }

  expire() {
    return this.withoutKills(() =>
      expireQuarantine({
        ...this.places,
        objects: this.pipeline.objects,
        quarantined: this.pipeline.quarantined,
        warningDays: 14,
        clock: this.pipeline.clock,
      }),
    );
  }

  record(submission: string, ordinal: number) {
    return this.pipeline.quarantined.get({ submission, ordinal });
  }

  copies(): string[] {
    return this.pipeline.objects.keys('quarantine');
  }

  /** Moves the clock. */
  pass(days: number): void {
    this.pipeline.now = new Date(this.pipeline.now.getTime() + days * 86_400_000);
  }

  /** Does it until no write of it is killed. */
  async withoutKills<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  }
}
