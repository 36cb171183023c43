import type * as z from 'zod';
import type { ItemKey, TransactionResult, TransactionWrite } from '../../../lambda/platform/document-table';
import { verifyHistory } from '../../../lambda/register/history';
import { type Change, changeRegister } from '../../../lambda/register/register-change';
import { chainLineKey } from '../../../lambda/register/register-table';
import { MemoryRegisterTable } from './memory-register-table';

const projectId = `p-${'0'.repeat(26)}`;
const chain = { partition: `PROJECT#${projectId}`, name: projectId };

/** Time that passes only while everybody waits, so that the test says the same on a busy machine. */
const mockTime = { now: 0, waiting: [] as { at: number; resolve: () => void }[] };

function mockSleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    mockTime.waiting.push({ at: mockTime.now + milliseconds, resolve });
  });
}

jest.mock('node:timers/promises', () => ({ setTimeout: mockSleep }));

beforeEach(() => {
  jest.spyOn(performance, 'now').mockImplementation(() => mockTime.now);
});
afterEach(() => jest.restoreAllMocks());

/** Lets time pass until the work is done. */
async function passTime<Result>(work: Promise<Result>): Promise<Result> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  for (;;) {
    await new Promise(setImmediate);
    if (done) return work;
    if (mockTime.waiting.length === 0) throw new Error('nobody waits, and the work is not done');
    mockTime.waiting.sort((one, other) => one.at - other.at);
    const next = mockTime.waiting.shift();
    mockTime.now = Math.max(mockTime.now, next?.at ?? 0);
    next?.resolve();
  }
}

/** Milliseconds, about those of DynamoDB. */
const readTakes = 5;
const sendingTakes = 2;
const writingTakes = 12;

/** A table that takes its time. As in DynamoDB, a transaction that meets another one on an item is cancelled. */
class SlowTable extends MemoryRegisterTable {
  private readonly busy = new Set<string>();
  transactions = 0;

  override async getMany<Schema extends z.ZodType>(keys: readonly ItemKey[], schema: Schema) {
    await mockSleep(readTakes);
    return super.getMany(keys, schema);
  }

  override async increment(key: ItemKey, attribute: string): Promise<number> {
    await mockSleep(readTakes);
    return super.increment(key, attribute);
  }

  override async transact(writes: readonly TransactionWrite[]): Promise<TransactionResult> {
    this.transactions += 1;
    await mockSleep(sendingTakes);
    const names = writes.map((write) =>
      JSON.stringify('put' in write ? [write.put.pk, write.put.sk] : write),
    );
    if (names.some((name) => this.busy.has(name))) return { committed: false, failed: [] };
    for (const name of names) this.busy.add(name);
    await mockSleep(writingTakes);
    for (const name of names) this.busy.delete(name);
    return super.transact(writes);
  }
}

const planOf = (): Change<string> => ({
  writes: [],
  facts: [{ type: 'credential-refused', data: { code: 'NOT_A_MEMBER', grantId: null } }],
  actor: 'unknown',
  at: new Date('2026-11-02T09:00:00.000Z'),
  result: 'done',
});

const change = (table: MemoryRegisterTable) => changeRegister<string>(table, chain, async () => planOf());

describe('the line of a chain', () => {
  test('lets two hundred changes at once through, with hardly an attempt lost but the first of each', async () => {
    const table = new SlowTable();
    const began = mockTime.now;
    await passTime(Promise.all(Array.from({ length: 200 }, () => change(table))));
    // A turn is a look at the line, which comes a quarter of a turn early, and a transaction.
    expect(mockTime.now - began).toBeLessThan(200 * 2 * (readTakes + sendingTakes + writingTakes));
    expect(await verifyHistory(table, chain)).toMatchObject({ intact: true, head: { version: 200 } });
    // Each tries once before it takes a number, and but for the first of all in vain.
    expect(table.transactions).toBeLessThanOrEqual(2 * 200 + 5);
  });

  test('is not seen by a change that nobody is in the way of', async () => {
    const table = new SlowTable();
    for (let number = 0; number < 3; number += 1) await passTime(change(table));
    expect(table.transactions).toBe(3);
    expect(table.partition(chain.partition).some(({ sk }) => sk === 'LINE')).toBe(false);
  });

  test('goes on without those who took a number and are gone', async () => {
    const table = new SlowTable();
    await passTime(change(table));
    for (let number = 0; number < 3; number += 1)
      await passTime(table.increment(chainLineKey(chain.partition), 'given'));
    await passTime(Promise.all([change(table), change(table)]));
    expect(table.partition(chain.partition).find(({ sk }) => sk === 'HISTORY')).toMatchObject({
      version: 3,
      served: 5,
    });
    const before = table.transactions;
    await passTime(change(table));
    expect(table.transactions).toBe(before + 1);
  });

  test('is passed by those who find nothing to change, before they take a number or when their turn comes', async () => {
    const table = new SlowTable();
    const unchanged = () => changeRegister<string>(table, chain, async () => ({ unchanged: 'done' }));
    let looks = 0;
    const doneMeanwhile = () =>
      changeRegister<string>(table, chain, async () => {
        looks += 1;
        return looks === 1 ? planOf() : { unchanged: 'done' };
      });
    await passTime(change(table));
    await passTime(table.increment(chainLineKey(chain.partition), 'given'));
    await passTime(unchanged());
    expect(table.partition(chain.partition).find(({ sk }) => sk === 'LINE')).toMatchObject({ given: 1 });
    await passTime(doneMeanwhile());
    expect(table.partition(chain.partition).find(({ sk }) => sk === 'LINE')).toMatchObject({
      given: 2,
      passed: 2,
    });
    const before = table.transactions;
    await passTime(change(table));
    expect(table.transactions).toBe(before + 1);
    expect(table.partition(chain.partition).find(({ sk }) => sk === 'LINE')).toMatchObject({ given: 2 });
  });
});
