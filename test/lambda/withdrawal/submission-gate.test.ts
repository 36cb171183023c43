import * as fc from 'fast-check';
import type { Item, ItemKey } from '../../../lambda/platform/document-table';
import { LedgerHoldingIndex, type StagedStudy } from '../../../lambda/withdrawal/holding-index';
import { LedgerMarkStore, type WithdrawnSubject } from '../../../lambda/withdrawal/mark-store';
import { LedgerSubmissionGate } from '../../../lambda/withdrawal/submission-gate';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';

const origin = { trust: 'RX1', collection: 'chest', submissionId: 's-00000000000000000000000001' };
const mark = { withdrawalId: 'w-00000000000000000000000001', withdrawnAt: '2026-11-23T12:00:00.000Z' };
const study = (patient: string, uid: string): StagedStudy => ({
  patientPseudonym: patient,
  studyInstanceUid: uid,
  split: 'development',
});

describe('the gate of a submission', () => {
  let embedded: EmbeddedTable;
  beforeAll(async () => {
    embedded = await startEmbeddedTable();
  });
  afterAll(() => embedded.stop());

  const stores = () => ({
    index: new LedgerHoldingIndex(embedded.table),
    marks: new LedgerMarkStore(embedded.table),
  });

  it('notes by patient and by study what it admits', async () => {
    const { index, marks } = stores();
    const gate = new LedgerSubmissionGate(index, marks, origin);
    const withdrawn = await gate.admitStudies([study('A', '2.25.1'), study('A', '2.25.1')]);
    expect(withdrawn.covers(study('A', '2.25.1'))).toBe(false);
    const { submissionId, collection } = origin;
    expect(await index.studiesOfPatient('A')).toEqual([
      { collection, split: 'development', studyInstanceUid: '2.25.1', submissionId },
    ]);
    expect(await index.holdersOfStudy('chest', '2.25.1')).toEqual([
      { split: 'development', patientPseudonym: 'A', submissionId },
    ]);
  });

  const subjects: [string, WithdrawnSubject][] = [
    ['patient', { kind: 'patient', patientPseudonym: 'B' }],
    ['study', { kind: 'study', collection: 'chest', studyInstanceUid: '2.25.3' }],
    ['trust', { kind: 'trust', trust: 'RX7' }],
  ];
  it.each(subjects)('admits nothing of a withdrawn %s, and notes nothing of it', async (_kind, subject) => {
    const { index, marks } = stores();
    await marks.mark([subject], mark);
    const gate = new LedgerSubmissionGate(index, marks, { ...origin, trust: 'RX7' });
    const uid = subject.kind === 'study' ? '2.25.3' : `2.25.1${subject.kind.length}`;
    const withdrawn = await gate.admitStudies([study('B', uid)]);
    expect(withdrawn.covers(study('B', uid))).toBe(true);
    expect(await index.holdersOfStudy('chest', uid)).toEqual([]);
  });

  it('takes a study of another collection for another study', async () => {
    const { index, marks } = stores();
    await marks.mark([{ kind: 'study', collection: 'other', studyInstanceUid: '2.25.4' }], mark);
    const withdrawn = await new LedgerSubmissionGate(index, marks, origin).admitStudies([
      study('C', '2.25.4'),
    ]);
    expect(withdrawn.covers(study('C', '2.25.4'))).toBe(false);
  });

  it('lets no copy of a withdrawn patient go to quarantine, and keeps the entry of one made before', async () => {
    const { index, marks } = stores();
    const gate = new LedgerSubmissionGate(index, marks, origin);
    expect(await gate.admitQuarantined(1, 'D')).toBe(true);
    await marks.mark([{ kind: 'patient', patientPseudonym: 'D' }], mark);
    expect(await gate.admitQuarantined(1, 'D')).toBe(false);
    expect(await gate.admitQuarantined(2, 'D')).toBe(false);
    expect((await index.quarantinedOfPatient('D')).map(({ ordinal }) => ordinal)).toEqual([1]);
  });

  it('an earlier mark stays', async () => {
    const { marks } = stores();
    await marks.mark([{ kind: 'patient', patientPseudonym: 'E' }], mark);
    await marks.mark([{ kind: 'patient', patientPseudonym: 'E' }], { ...mark, withdrawalId: 'later' });
    expect(await marks.withdrawnPatients(['E', 'F'])).toEqual(new Set(['E']));
  });
});

/** A table in memory whose calls are taken in an order that the test chooses. */
class OrderedTable {
  readonly items = new Map<string, Item>();
  private readonly waiting: { actor: string; go: () => void }[] = [];

  private turn(actor: string): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ actor, go: resolve }));
  }

  /** Lets the next waiting call of one of the actors through; false where nobody waits. */
  step(choice: number): boolean {
    const [next] = this.waiting.splice(choice % Math.max(1, this.waiting.length), 1);
    next?.go();
    return next !== undefined;
  }

  as(actor: string) {
    const key = ({ pk, sk }: ItemKey) => `${pk} ${sk}`;
    return {
      getMany: async (keys: readonly ItemKey[]) => {
        await this.turn(actor);
        return keys.flatMap((each) => this.items.get(key(each)) ?? []) as never[];
      },
      put: async (item: Item) => {
        await this.turn(actor);
        this.items.set(key(item), item);
        return true;
      },
      get: async (each: ItemKey) => {
        await this.turn(actor);
        return (this.items.get(key(each)) ?? null) as never;
      },
      queryAll: async ({ pk, skPrefix }: { pk: string; skPrefix?: string }) => {
        await this.turn(actor);
        return [...this.items.values()].filter(
          (item) => item.pk === pk && item.sk.startsWith(skPrefix ?? ''),
        ) as never[];
      },
      delete: async (each: ItemKey) => {
        await this.turn(actor);
        return this.items.delete(key(each));
      },
    };
  }
}

it('whatever the order, a batch sees the mark or the withdrawal sees its entry', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }), async (order) => {
      const table = new OrderedTable();
      const batch = async (name: string) => {
        const own = table.as(name);
        const gate = new LedgerSubmissionGate(new LedgerHoldingIndex(own), new LedgerMarkStore(own), origin);
        return (await gate.admitStudies([study('A', '2.25.1')])).covers(study('A', '2.25.1'));
      };
      const withdrawal = async () => {
        const own = table.as('withdrawal');
        await new LedgerMarkStore(own).mark([{ kind: 'patient', patientPseudonym: 'A' }], mark);
        return (await new LedgerHoldingIndex(own).studiesOfPatient('A')).length > 0;
      };
      const ends = Promise.all([batch('first'), batch('second'), withdrawal()]);
      let over = false;
      void ends.then(() => {
        over = true;
      });
      for (let turn = 0; !over; turn += 1) {
        table.step(order[turn % order.length] ?? 0);
        await new Promise(setImmediate);
      }
      const [first, second, seen] = await ends;
      expect(seen || (first && second)).toBe(true);
    }),
    { numRuns: 200, seed: 23 },
  );
});
