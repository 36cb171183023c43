import * as z from 'zod';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import { absent, type DocumentTable, type ItemKey, type TransactionWrite } from '../platform/document-table';
import {
  type CodeCount,
  codeCount,
  type ExpiryGroup,
  expiryGroup,
  type FileReference,
  type ProcessingRules,
  type QuarantineRecord,
  quarantineRecord,
  type WaitingRecord,
} from './quarantine.contract';
import {
  countKey,
  countsPartition,
  expiryKey,
  expiryPartition,
  fileOfListKey,
  type ListName,
  listKey,
  listPrefix,
  recordKey,
  trustPartition,
} from './quarantine-keys';

/** Files written by one transaction: three items each and a count a code, of the hundred that DynamoDB takes. */
const filesAtOnce = 24;

/** Groups read at once while looking for those that end. */
const groupsAPage = 100;

export interface ListRange {
  readonly trust: string;
  readonly list: ListName;
  readonly code?: QuarantineCode | undefined;
  readonly limit: number;
  /** Sort key after which the page begins. */
  readonly after?: string | undefined;
}

/** How a file that is kept comes to its end. */
export type Ending =
  | Pick<Extract<QuarantineRecord, { state: 'released' }>, 'state' | 'outcome' | 'replay' | 'endedAt'>
  | Pick<Extract<QuarantineRecord, { state: 'rejected' }>, 'state' | 'reason' | 'decidedBy' | 'endedAt'>
  | Pick<Extract<QuarantineRecord, { state: 'expired' }>, 'state' | 'endedAt'>;

/** A file that is kept, and how it ends. */
export interface FileEnding {
  readonly record: QuarantineRecord;
  readonly ending: Ending;
}

/** What a replay that ended in quarantine again says of the file. */
export interface Verdict {
  readonly code: QuarantineCode;
  readonly tagPath: string | null;
  readonly rules: ProcessingRules;
}

/**
 * Quarantined files in the ledger: a record each, its place in the lists of its trust, counts of what is kept, and when
 * what ends. Each change of state is one transaction on the condition that the file is where the caller saw it.
 */
export interface QuarantineRecords {
  get(file: FileReference): Promise<QuarantineRecord | null>;
  getMany(files: readonly FileReference[]): Promise<QuarantineRecord[]>;
  ofSubmission(submission: string): Promise<QuarantineRecord[]>;
  counts(): Promise<CodeCount[]>;
  list(range: ListRange): Promise<{ files: FileReference[]; next: string | null }>;
  /** Adds files of one submission; those that are known stay as they are. */
  add(records: readonly WaitingRecord[]): Promise<void>;
  /** waiting → replaying; false where it was not waiting. */
  beginReplay(file: FileReference, replay: { release: string; submission: string }): Promise<boolean>;
  /** replaying → waiting, with what the replay said where it said something; false where it was in no such replay. */
  returnToWaiting(
    record: Extract<QuarantineRecord, { state: 'replaying' }>,
    verdict: Verdict | null,
  ): Promise<boolean>;
  /** Ends files; gives the number of those that were still in the state in which the caller saw them. */
  end(files: readonly FileEnding[]): Promise<number>;
  /** Groups that end by `until`, the first to end first. */
  endingBy(until: Date): AsyncGenerator<ExpiryGroup>;
  forgetExpiry(group: ExpiryGroup): Promise<void>;
}

const names = { '#state': 'state' };

/** "The file is in the state in which it was read." */
function asRead(record: QuarantineRecord): { condition: string; values: Record<string, unknown> } {
  return record.state === 'replaying'
    ? {
        condition: '#state = :before AND replay.submission = :replay',
        values: { ':before': 'replaying', ':replay': record.replay.submission },
      }
    : { condition: '#state = :before', values: { ':before': record.state } };
}

function addToCount(trust: string, code: QuarantineCode, files: number): TransactionWrite {
  return {
    update: countKey(trust, code),
    with: {
      expression: 'SET #trust = :trust, #code = :code ADD #files :files',
      names: { '#trust': 'trust', '#code': 'code', '#files': 'files' },
      values: { ':trust': trust, ':code': code, ':files': files },
    },
  };
}

/** One change of count for each code, since a transaction may touch an item once. */
function addToCounts(
  records: readonly Pick<QuarantineRecord, 'trust' | 'code'>[],
  sign: 1 | -1,
): TransactionWrite[] {
  const sums = new Map<string, { trust: string; code: QuarantineCode; files: number }>();
  for (const { trust, code } of records) {
    const sum = sums.get(`${trust} ${code}`) ?? { trust, code, files: 0 };
    sum.files += sign;
    sums.set(`${trust} ${code}`, sum);
  }
  return [...sums.values()].map(({ trust, code, files }) => addToCount(trust, code, files));
}

function groupOf({ submission, trust, held, expiresAt }: QuarantineRecord): ExpiryGroup {
  return { submission, trust, held, expiresAt };
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / filesAtOnce) }, (_, index) =>
    items.slice(index * filesAtOnce, (index + 1) * filesAtOnce),
  );
}

export class LedgerQuarantineRecords implements QuarantineRecords {
  constructor(private readonly ledger: DocumentTable) {}

  get(file: FileReference): Promise<QuarantineRecord | null> {
    return this.ledger.get(recordKey(file), quarantineRecord);
  }

  getMany(files: readonly FileReference[]): Promise<QuarantineRecord[]> {
    return this.ledger.getMany(files.map(recordKey), quarantineRecord);
  }

  ofSubmission(submission: string): Promise<QuarantineRecord[]> {
    return this.ledger.queryAll({ pk: `QUARANTINE#${submission}`, skPrefix: 'FILE#' }, quarantineRecord);
  }

  counts(): Promise<CodeCount[]> {
    return this.ledger.queryAll({ pk: countsPartition }, codeCount);
  }

  async list(range: ListRange): Promise<{ files: FileReference[]; next: string | null }> {
    const pk = trustPartition(range.trust);
    const page = await this.ledger.query(
      {
        pk,
        skPrefix: listPrefix(range.list, range.code),
        limit: range.limit,
        ...(range.after === undefined ? {} : { after: { pk, sk: range.after } }),
      },
      z.object({ sk: z.string() }),
    );
    return { files: page.items.map(({ sk }) => fileOfListKey(sk)), next: page.next?.sk ?? null };
  }

  async add(records: readonly WaitingRecord[]): Promise<void> {
    for (const chunk of chunks(records)) await this.addChunk(chunk);
  }

  beginReplay(file: FileReference, replay: { release: string; submission: string }): Promise<boolean> {
    return this.ledger.update(recordKey(file), {
      expression: 'SET #state = :replaying, replay = :replay',
      condition: '#state = :waiting',
      names,
      values: { ':replaying': 'replaying', ':waiting': 'waiting', ':replay': replay },
    });
  }

  async returnToWaiting(
    record: Extract<QuarantineRecord, { state: 'replaying' }>,
    verdict: Verdict | null,
  ): Promise<boolean> {
    const { condition, values } = asRead(record);
    const change: TransactionWrite = {
      update: recordKey(record),
      with: {
        expression:
          verdict === null
            ? 'SET #state = :waiting REMOVE replay'
            : 'SET #state = :waiting, code = :code, tagPath = :path, #rules = :rules, replays = replays + :one REMOVE replay',
        condition,
        names: verdict === null ? names : { ...names, '#rules': 'rules' },
        values: {
          ...values,
          ':waiting': 'waiting',
          ...(verdict !== null && {
            ':code': verdict.code,
            ':path': verdict.tagPath,
            ':rules': verdict.rules,
            ':one': 1,
          }),
        },
      },
    };
    if (verdict === null || verdict.code === record.code)
      return (await this.ledger.transact([change])).committed;
    const now = { ...record, code: verdict.code };
    const result = await this.ledger.transact([
      change,
      { delete: listKey('KEPT', record) },
      { put: { ...listKey('KEPT', now) } },
      addToCount(record.trust, record.code, -1),
      addToCount(record.trust, verdict.code, 1),
    ]);
    return result.committed;
  }

  async end(files: readonly FileEnding[]): Promise<number> {
    let ended = 0;
    for (const chunk of chunks(files)) {
      if (await this.endTogether(chunk)) ended += chunk.length;
      // somebody else was first with one of them: the others end by themselves
      else for (const file of chunk) if (await this.endTogether([file])) ended += 1;
    }
    return ended;
  }

  async *endingBy(until: Date): AsyncGenerator<ExpiryGroup> {
    let after: ItemKey | undefined;
    do {
      const page = await this.ledger.query(
        { pk: expiryPartition, limit: groupsAPage, ...(after && { after }) },
        expiryGroup,
      );
      for (const group of page.items) {
        if (Date.parse(group.expiresAt) > until.getTime()) return;
        yield group;
      }
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  async forgetExpiry(group: ExpiryGroup): Promise<void> {
    await this.ledger.delete(expiryKey(group));
  }

  private async addChunk(records: readonly WaitingRecord[]): Promise<void> {
    const known = new Set((await this.getMany(records)).map(({ ordinal }) => ordinal));
    const added = records.filter(({ ordinal }) => !known.has(ordinal));
    if (added.length === 0) return;
    const groups = new Map(added.map((record) => [expiryKey(groupOf(record)).sk, groupOf(record)] as const));
    const result = await this.ledger.transact([
      ...added.flatMap((record): TransactionWrite[] => [
        { put: { ...recordKey(record), ...record }, condition: absent },
        { put: { ...listKey('KEPT', record) } },
      ]),
      ...addToCounts(added, 1),
      ...[...groups.values()].map((group) => ({ put: { ...expiryKey(group), ...group } })),
    ]);
    // another run of the same step wrote some of them in between
    if (!result.committed) await this.addChunk(records);
  }

  private async endTogether(files: readonly FileEnding[]): Promise<boolean> {
    const result = await this.ledger.transact([
      ...files.flatMap(({ record, ending }): TransactionWrite[] => {
        const { condition, values } = asRead(record);
        // Everything of the record but the state that it leaves.
        const { replay: _, ...kept } = { replay: undefined, ...record };
        const put: TransactionWrite = {
          put: { ...recordKey(record), ...kept, ...ending },
          condition: { expression: condition, names, values },
        };
        return [put, { delete: listKey('KEPT', record) }, { put: { ...listKey('ENDED', record) } }];
      }),
      ...addToCounts(
        files.map(({ record }) => record),
        -1,
      ),
    ]);
    return result.committed;
  }
}
