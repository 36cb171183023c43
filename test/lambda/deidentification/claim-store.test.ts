import { LedgerClaimStore } from '../../../lambda/deidentification/claim-store';
import type { Claim, Claims } from '../../../lambda/deidentification/settle-files';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

/** More than two transactions take. */
const uids = Array.from({ length: 250 }, (_, index) => `2.25.${index + 1}`);

function claims(submissionId: string, instances: readonly string[], studies: readonly string[] = []): Claims {
  const claim = (uid: string, index: number): [string, Claim] => [
    uid,
    { submissionId, ordinal: index + 1, digest: 'd' },
  ];
  return { instances: new Map(instances.map(claim)), studies: new Map(studies.map(claim)) };
}

describe('claims', () => {
  it('are all won where nobody holds one, and read again', async () => {
    const store = new LedgerClaimStore(embedded.table);
    const wanted = claims('s-1', uids, ['2.25.9']);
    expect(await store.claim('free', wanted)).toBe(true);
    expect(await store.read('free', { instances: uids, studies: ['2.25.9'] })).toEqual(wanted);
  });

  it('never replace a claim that stands, and say so', async () => {
    const store = new LedgerClaimStore(embedded.table);
    const held = claims('s-1', ['2.25.120']);
    await store.claim('held', held);
    expect(await store.claim('held', claims('s-2', uids))).toBe(false);
    const standing = await store.read('held', { instances: uids, studies: [] });
    expect(standing.instances.get('2.25.120')).toEqual(held.instances.get('2.25.120'));
  });

  it('of instances are not asked for where a study was lost', async () => {
    const store = new LedgerClaimStore(embedded.table);
    await store.claim('study', claims('s-1', [], ['2.25.9']));
    expect(await store.claim('study', claims('s-2', uids, ['2.25.9']))).toBe(false);
    expect((await store.read('study', { instances: uids, studies: [] })).instances.size).toBe(0);
  });

  it('of two submissions at once have one holder each', async () => {
    const store = new LedgerClaimStore(embedded.table);
    const won = await Promise.all(
      ['s-1', 's-2'].map((submission) => store.claim('race', claims(submission, uids))),
    );
    expect(won.filter((each) => each).length).toBeLessThan(2);
    const { instances } = await store.read('race', { instances: uids, studies: [] });
    expect(instances.size).toBeGreaterThan(0);
    if (won.includes(true))
      expect(new Set([...instances.values()].map(({ submissionId }) => submissionId)).size).toBe(1);
  });
});
