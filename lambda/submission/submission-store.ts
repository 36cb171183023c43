import * as z from 'zod';
import { submissionId as submissionIdSchema } from '../deidentification/pipeline.contract';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import {
  type LedgerTotals,
  type QuarantineTotals,
  type SubmissionRecord,
  submissionRecord,
} from './submission.contract';

type OpenSubmission = Extract<SubmissionRecord, { state: 'open' }>;

/** Waiting submissions read at once. */
const waitingPage = 100;

/** What stands under an idempotency key. */
const idempotencyRecord = z.object({ submissionId: submissionIdSchema, requestDigest: z.string() });

export interface SubmissionPage {
  readonly submissions: readonly SubmissionRecord[];
  readonly next: ItemKey | null;
}

/** By what the ledger finds a submission again. */
export type SubmissionOrigin = Pick<SubmissionRecord, 'id' | 'createdAt'>;

/** Submissions in the ledger. */
export interface SubmissionStore {
  get(id: string): Promise<SubmissionRecord | null>;
  /**
   * Makes the submission, or gives the one that stands under (trust, idempotency key) already; `requestDigest` tells
   * whether it was asked for in the same words.
   */
  create(
    submission: OpenSubmission,
    idempotencyKey: string,
    requestDigest: string,
  ): Promise<{ id: string; created: boolean; requestDigest: string }>;
  /** open → processing; false where it was not open. The submission then waits to be started. */
  complete(submission: SubmissionOrigin, completedAt: Date): Promise<boolean>;
  /** As `complete`, of one that was open for too long. */
  expire(submission: SubmissionOrigin, expiredAt: Date): Promise<boolean>;
  /** The pipeline has been started: the submission waits for that no more. */
  started(submission: { readonly id: string; readonly completedAt: string }): Promise<void>;
  /** Ids of submissions that have been open since before `time`, oldest first. */
  openSince(time: Date): AsyncGenerator<string>;
  /** Ids of submissions that were closed before `time` and not noted as started, oldest first. */
  waitingForStartSince(time: Date): AsyncGenerator<string>;
  /** processing or stopped → done; a no-op where it is done. */
  finish(id: string, finishedAt: Date, totals: LedgerTotals, quarantine: QuarantineTotals): Promise<void>;
  /** processing → stopped; a no-op in any other state. */
  stop(id: string, failedStep: string, failure: string): Promise<void>;
  /** Submissions of a trust, newest first. */
  listOfTrust(trust: string, limit: number, after: ItemKey | null): Promise<SubmissionPage>;
}

/** Records of a page: as many as one read of several items gives (DynamoDB BatchGetItem). */
const submissionsAPage = 100;

/** All submissions of a trust, newest first. */
export async function allOfTrust(
  submissions: Pick<SubmissionStore, 'listOfTrust'>,
  trust: string,
): Promise<SubmissionRecord[]> {
  const records: SubmissionRecord[] = [];
  let after: ItemKey | null = null;
  do {
    const page: SubmissionPage = await submissions.listOfTrust(trust, submissionsAPage, after);
    records.push(...page.submissions);
    after = page.next;
  } while (after !== null);
  return records;
}

export function submissionKey(id: string): ItemKey {
  return { pk: `SUBMISSION#${id}`, sk: 'SUBMISSION' };
}

/** Key of a submission in the list of its trust. */
export function trustKey(trust: string, id: string): ItemKey {
  return { pk: `TRUST#${trust}`, sk: `SUBMISSION#${id}` };
}

/** Submissions by what they wait for, in order of time, so that none has to be searched for. */
const waitingFor = { completion: 'OPEN', start: 'STARTING' } as const;

function waitingKey(partition: string, since: string, id: string): ItemKey {
  return { pk: partition, sk: `${since}#${id}` };
}

const stateName = { '#state': 'state' };

export class LedgerSubmissionStore implements SubmissionStore {
  constructor(private readonly ledger: DocumentTable) {}

  get(id: string): Promise<SubmissionRecord | null> {
    return this.ledger.get(submissionKey(id), submissionRecord);
  }

  async create(
    submission: OpenSubmission,
    idempotencyKey: string,
    requestDigest: string,
  ): Promise<{ id: string; created: boolean; requestDigest: string }> {
    const { id, trust } = submission;
    const idempotency = { pk: `IDEMPOTENCY#${trust}#${idempotencyKey}`, sk: 'SUBMISSION' };
    const result = await this.ledger.transact([
      { put: { ...idempotency, submissionId: id, requestDigest }, condition: absent },
      { put: { ...submissionKey(id), ...submission }, condition: absent },
      { put: { ...trustKey(trust, id) }, condition: absent },
      { put: { ...waitingKey(waitingFor.completion, submission.createdAt, id) } },
    ]);
    if (result.committed) return { id, created: true, requestDigest };
    const known = await this.ledger.get(idempotency, idempotencyRecord);
    if (known === null) throw new Error('a new submission id exists already');
    return { id: known.submissionId, created: false, requestDigest: known.requestDigest };
  }

  complete(submission: SubmissionOrigin, completedAt: Date): Promise<boolean> {
    return this.close(submission, completedAt, {
      expression: 'SET #state = :processing, completedAt = :at',
      values: {},
    });
  }

  expire(submission: SubmissionOrigin, expiredAt: Date): Promise<boolean> {
    return this.close(submission, expiredAt, {
      expression: 'SET #state = :processing, completedAt = :at, expired = :true',
      values: { ':true': true },
    });
  }

  private async close(
    { id, createdAt }: SubmissionOrigin,
    at: Date,
    { expression, values }: { readonly expression: string; readonly values: Record<string, unknown> },
  ): Promise<boolean> {
    const result = await this.ledger.transact([
      {
        update: submissionKey(id),
        with: {
          expression,
          condition: '#state = :open',
          names: stateName,
          values: { ...values, ':processing': 'processing', ':open': 'open', ':at': at.toISOString() },
        },
      },
      { delete: waitingKey(waitingFor.completion, createdAt, id) },
      { put: { ...waitingKey(waitingFor.start, at.toISOString(), id) } },
    ]);
    return result.committed;
  }

  async started({ id, completedAt }: { readonly id: string; readonly completedAt: string }): Promise<void> {
    await this.ledger.delete(waitingKey(waitingFor.start, completedAt, id));
  }

  openSince(time: Date): AsyncGenerator<string> {
    return this.waitingSince(waitingFor.completion, time);
  }

  waitingForStartSince(time: Date): AsyncGenerator<string> {
    return this.waitingSince(waitingFor.start, time);
  }

  private async *waitingSince(partition: string, time: Date): AsyncGenerator<string> {
    let after: ItemKey | undefined;
    do {
      const page = await this.ledger.query(
        { pk: partition, limit: waitingPage, ...(after === undefined ? {} : { after }) },
        z.object({ sk: z.string() }),
      );
      for (const { sk } of page.items) {
        const [since = '', id = ''] = sk.split('#');
        if (since >= time.toISOString()) return;
        yield id;
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  async finish(
    id: string,
    finishedAt: Date,
    totals: LedgerTotals,
    quarantine: QuarantineTotals,
  ): Promise<void> {
    await this.ledger.update(submissionKey(id), {
      expression:
        'SET #state = :done, finishedAt = :at, totals = :totals, quarantine = :quarantine REMOVE failedStep, failure',
      condition: '#state = :processing OR #state = :stopped',
      names: stateName,
      values: {
        ':done': 'done',
        ':processing': 'processing',
        ':stopped': 'stopped',
        ':at': finishedAt.toISOString(),
        ':totals': totals,
        ':quarantine': quarantine,
      },
    });
  }

  async stop(id: string, failedStep: string, failure: string): Promise<void> {
    await this.ledger.update(submissionKey(id), {
      expression: 'SET #state = :stopped, failedStep = :step, failure = :failure',
      // run again after a stop it may stop at another step
      condition: '#state = :processing OR #state = :stopped',
      names: stateName,
      values: {
        ':stopped': 'stopped',
        ':processing': 'processing',
        ':step': failedStep,
        ':failure': failure,
      },
    });
  }

  async listOfTrust(trust: string, limit: number, after: ItemKey | null): Promise<SubmissionPage> {
    const page = await this.ledger.query(
      {
        pk: `TRUST#${trust}`,
        skPrefix: 'SUBMISSION#',
        limit,
        descending: true,
        ...(after === null ? {} : { after }),
      },
      z.object({ sk: z.string() }),
    );
    const ids = page.items.map(({ sk }) => sk.slice('SUBMISSION#'.length));
    const records = await this.ledger.getMany(ids.map(submissionKey), submissionRecord);
    const byId = new Map(records.map((record) => [record.id, record]));
    return {
      submissions: ids.flatMap((id) => byId.get(id) ?? []),
      next: page.next,
    };
  }
}
