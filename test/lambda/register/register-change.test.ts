import { absent } from '../../../lambda/platform/document-table';
import { verifyHistory } from '../../../lambda/register/history';
import { changeRegister } from '../../../lambda/register/register-change';
import { MemoryRegisterTable } from './memory-register-table';
import { refusalOf } from './register-fixture';

// The pauses between attempts are chance; without them the test takes no time.
jest.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const projectId = `p-${'0'.repeat(26)}`;
const chain = { partition: `PROJECT#${projectId}`, name: projectId };
const at = new Date('2026-11-02T09:00:00.000Z');

const refusedOnce = async () => ({
  writes: [],
  facts: [{ type: 'credential-refused' as const, data: { code: 'NOT_A_MEMBER', grantId: null } }] as const,
  actor: 'unknown' as const,
  at,
  result: 'done',
});

describe('a change of the register', () => {
  test('made by twenty at once leaves one chain of twenty events, each in the outbox', async () => {
    const table = new MemoryRegisterTable();
    await Promise.all(
      Array.from({ length: 20 }, () => changeRegister<string>(table, chain, () => refusedOnce())),
    );
    expect(await verifyHistory(table, chain)).toMatchObject({ intact: true, head: { version: 20 } });
    expect(table.partition('OUTBOX')).toHaveLength(20);
  });

  test('asks again when somebody was first, and decides on what then stands', async () => {
    const table = new MemoryRegisterTable();
    table.beforeTransact = async () => {
      await changeRegister<string>(table, chain, () => refusedOnce());
    };
    let asked = 0;
    await changeRegister<string>(table, chain, async () => {
      asked += 1;
      return refusedOnce();
    });
    expect(asked).toBe(2);
    expect(await verifyHistory(table, chain)).toMatchObject({ intact: true, head: { version: 2 } });
  });

  test('writes nothing at all where one of its conditions does not hold, and says so in the end', async () => {
    const table = new MemoryRegisterTable();
    const taken = { pk: 'PROJECTS', sk: 'PROJECT#taken' };
    await table.transact([{ put: taken }]);
    const change = changeRegister<string>(table, chain, async () => ({
      ...(await refusedOnce()),
      writes: [
        { put: { pk: 'PROJECTS', sk: 'PROJECT#new' }, condition: absent },
        { put: taken, condition: absent },
      ],
    }));
    expect(await refusalOf(change)).toBe('REGISTER_BUSY');
    expect(table.partition()).toEqual([taken]);
  });
});
