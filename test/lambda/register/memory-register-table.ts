import type { z } from 'zod';
import { credentialPointer, issueRecord } from '../../../lambda/credentials/credentials.contract';
import type {
  Expression,
  Item,
  ItemKey,
  QueryRange,
  TransactionResult,
  TransactionWrite,
} from '../../../lambda/platform/document-table';
import { publicProjectRecord } from '../../../lambda/public-register/public-project.contract';
import {
  applicationRecord,
  editionRecord,
  listedApplication,
} from '../../../lambda/register/application.contract';
import { attachmentRecord } from '../../../lambda/register/attachment.contract';
import { closuresRecord } from '../../../lambda/register/closure.contract';
import { decisionRecord } from '../../../lambda/register/decision.contract';
import {
  chainHead,
  chainHeadRecord,
  chainLineRecord,
  chainPointer,
  eventRecord,
  outboxRecord,
} from '../../../lambda/register/event.contract';
import { grantStudiesRecord } from '../../../lambda/register/grant.contract';
import { assessmentRecord } from '../../../lambda/register/impact-assessment.contract';
import { personRecord } from '../../../lambda/register/person.contract';
import { membershipRecord, projectRecord } from '../../../lambda/register/project.contract';
import type { RegisterTable } from '../../../lambda/register/register-table';
import { reminderRecord } from '../../../lambda/register/reminder.contract';
import { revocationRecord } from '../../../lambda/register/revocation.contract';
import { releaseRecord, underWay } from '../../../lambda/releases/release-record.contract';
import { withdrawnCountRecord } from '../../../lambda/releases/withdrawn-count.contract';
import { commitmentRecord } from '../../../lambda/splits/commitment.contract';
import {
  evaluationSetHeadRecord,
  evaluationSetRecord,
  evaluationUseRecord,
  projectUses,
} from '../../../lambda/splits/evaluation-set.contract';
import { acknowledgementRecord } from '../../../lambda/splits/leakage.contract';

const nameOf = ({ pk, sk }: ItemKey) => `${pk}\u0000${sk}`;

/** The schema that an item under a key must fit; null for pointers and remembered requests. */
function schemaOf({ pk, sk }: ItemKey): z.ZodType | null {
  if (pk === 'OUTBOX') return outboxRecord;
  if (pk === 'CHAINS') return chainPointer;
  if (pk === 'AUDIT') return chainHead;
  if (pk.startsWith('CREDENTIAL#')) return credentialPointer;
  if (pk === 'APPLICATIONS') return listedApplication;
  if (pk === 'PROJECTS' || sk.startsWith('IDEMPOTENCY#')) return null;
  if (pk === 'PUBLIC') return sk.startsWith('COMMITMENT#') ? commitmentRecord : publicProjectRecord;
  if (pk === 'LEAKAGE') return acknowledgementRecord;
  if (pk === 'EVALUATION-SETS') return evaluationSetHeadRecord;
  if (sk.startsWith('VERSION#')) return evaluationSetRecord;
  if (sk.startsWith('USE#')) return evaluationUseRecord;
  if (sk.startsWith('USES#')) return projectUses;
  if (pk === 'REMINDERS') return reminderRecord;
  if (sk === 'PERSON') return personRecord;
  if (sk === 'APPLICATION') return applicationRecord;
  if (sk.startsWith('APPLICATION#')) return null;
  if (sk.startsWith('DECISION#')) return decisionRecord;
  if (sk === 'ASSESSMENT') return assessmentRecord;
  if (sk.startsWith('ATTACHMENT#')) return attachmentRecord;
  if (sk.startsWith('EDITION#')) return editionRecord;
  if (sk === 'PROJECT') return projectRecord;
  if (sk.startsWith('PROJECT#')) return membershipRecord;
  if (sk.startsWith('STUDIES#')) return grantStudiesRecord;
  if (sk === 'CLOSURES') return closuresRecord;
  if (pk === 'REVOCATIONS') return revocationRecord;
  if (pk === 'RELEASES') {
    if (sk === 'UNDER-WAY') return underWay;
    return sk.startsWith('WITHDRAWN#') ? withdrawnCountRecord : releaseRecord;
  }
  if (sk === 'WITHDRAWN-STUDY' || sk === 'CANARY' || sk.startsWith('WITHDRAWAL#')) return null;
  if (sk.startsWith('EVENT#')) return eventRecord;
  if (sk === 'HISTORY') return chainHeadRecord;
  if (sk === 'LINE') return chainLineRecord;
  if (sk.startsWith('ISSUE#')) return issueRecord;
  throw new Error(`an item under an unknown key: ${sk}`);
}

function holds(condition: Expression | undefined, item: Item | undefined): boolean {
  switch (condition?.expression) {
    case undefined:
      return true;
    case 'attribute_not_exists(pk)':
      return item === undefined;
    case '#version = :version':
      return item !== undefined && item.version === condition?.values?.[':version'];
    default:
      throw new Error(`a condition that this table does not know: ${condition?.expression}`);
  }
}

/**
 * A register table in memory. Transactions check all conditions before they write anything, take no key twice and hold
 * at most 100 writes, as DynamoDB's do; what is stored has been through JSON and fits the schema of its key.
 */
export class MemoryRegisterTable implements RegisterTable {
  readonly items = new Map<string, Item>();
  /** Runs before each transaction: what others do between a read and a write. */
  beforeTransact: (() => Promise<void>) | undefined;
  largestTransaction = 0;

  async get<Schema extends z.ZodType>(key: ItemKey, schema: Schema): Promise<z.infer<Schema> | null> {
    const item = this.items.get(nameOf(key));
    return item === undefined ? null : schema.parse(structuredClone(item));
  }

  async getMany<Schema extends z.ZodType>(
    keys: readonly ItemKey[],
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    if (new Set(keys.map(nameOf)).size !== keys.length) throw new Error('BatchGetItem: keys repeat');
    return keys.flatMap((key) => {
      const item = this.items.get(nameOf(key));
      return item === undefined ? [] : [schema.parse(structuredClone(item))];
    });
  }

  async query<Schema extends z.ZodType>(
    range: QueryRange,
    schema: Schema,
  ): Promise<{ items: z.infer<Schema>[]; next: ItemKey | null }> {
    const found = [...this.items.values()]
      .filter((item) => item.pk === range.pk && item.sk.startsWith(range.skPrefix ?? ''))
      .filter((item) => item.sk >= (range.skFrom ?? ''))
      .sort((one, other) => (one.sk < other.sk ? -1 : 1));
    if (range.descending) found.reverse();
    const { after, limit } = range;
    const rest = after
      ? found.filter((item) => (range.descending ? item.sk < after.sk : item.sk > after.sk))
      : found;
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map((item) => schema.parse(structuredClone(item))),
      next: last !== undefined && page.length < rest.length ? { pk: last.pk, sk: last.sk } : null,
    };
  }

  async queryAll<Schema extends z.ZodType>(
    range: Omit<QueryRange, 'limit' | 'after'>,
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    return (await this.query(range, schema)).items;
  }

  async increment({ pk, sk }: ItemKey, attribute: string): Promise<number> {
    const item = this.items.get(nameOf({ pk, sk }));
    const value = Number(item?.[attribute] ?? 0) + 1;
    const changed: Item = { ...item, pk, sk, [attribute]: value };
    schemaOf(changed)?.parse(changed);
    this.items.set(nameOf(changed), changed);
    return value;
  }

  async raise({ pk, sk }: ItemKey, attribute: string, to: number): Promise<void> {
    const item = this.items.get(nameOf({ pk, sk }));
    if (Number(item?.[attribute] ?? Number.NEGATIVE_INFINITY) >= to) return;
    const changed: Item = { ...item, pk, sk, [attribute]: to };
    schemaOf(changed)?.parse(changed);
    this.items.set(nameOf(changed), changed);
  }

  async transact(writes: readonly TransactionWrite[]): Promise<TransactionResult> {
    const interruption = this.beforeTransact;
    this.beforeTransact = undefined;
    await interruption?.();
    const keyed = writes.map((write) => {
      if ('put' in write) return { key: write.put, put: write.put, condition: write.condition };
      if ('check' in write) return { key: write.check, put: undefined, condition: write.condition };
      // the worker that exports deletes what it has exported, and nobody anything else
      if ('delete' in write && write.delete.pk === 'OUTBOX')
        return { key: write.delete, put: null, condition: write.condition };
      throw new Error('the register only puts and checks');
    });
    if (writes.length > 100) throw new Error('a transaction holds at most 100 writes');
    if (new Set(keyed.map(({ key }) => nameOf(key))).size !== writes.length) {
      throw new Error('a transaction takes no key twice');
    }
    const failed = keyed.flatMap(({ key, condition }, index) =>
      holds(condition, this.items.get(nameOf(key))) ? [] : [index],
    );
    if (failed.length > 0) return { committed: false, failed };
    this.largestTransaction = Math.max(this.largestTransaction, writes.length);
    for (const { key, put } of keyed) {
      if (put === null) this.items.delete(nameOf(key));
      if (put === undefined || put === null) continue;
      const item: Item = JSON.parse(JSON.stringify(put));
      schemaOf(item)?.parse(item);
      this.items.set(nameOf(item), item);
    }
    return { committed: true };
  }

  /** Items of a partition, or all, in the order of their keys. */
  partition(pk?: string): Item[] {
    return [...this.items.values()]
      .filter((item) => pk === undefined || item.pk === pk)
      .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  }
}
