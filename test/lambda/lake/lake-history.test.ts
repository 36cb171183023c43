import * as fc from 'fast-check';
import { compactPartition } from '../../../lambda/lake/compact-partition';
import { filesFolder, type LakePartition } from '../../../lambda/lake/lake-partition';
import { lakeTables } from '../../../lambda/lake/lake-tables.contract';
import type { LakeRow } from '../../../lambda/lake/parquet-file';
import { readList } from '../../../lambda/lake/partition-list';
import { scrubPartition } from '../../../lambda/lake/scrub-partition';
import { setRows } from '../../../lambda/lake/set-rows';
import { BUCKET, Killed, LakeInMemory } from './lake-in-memory';

const partition: LakePartition = { table: 'instances', collection: 'chest', split: 'development' };
const submissions = ['s-a', 's-b', 's-c', 's-d', 's-e', 's-f'];

const empty = Object.fromEntries(Object.keys(lakeTables.instances.columns).map((name) => [name, null]));

const rowOf = (submission: string, ordinal: number, model: string): LakeRow => ({
  ...empty,
  submission,
  ordinal,
  patient_pseudonym: `patient-${submission}-${ordinal}`,
  study_instance_uid: `study-${submission}`,
  model,
});

type Step =
  | { readonly kind: 'add'; readonly submission: string; readonly count: number; readonly model: string }
  | { readonly kind: 'compact' }
  | { readonly kind: 'withdraw'; readonly submission: string; readonly ordinals: readonly number[] };

const submission = fc.constantFrom(...submissions);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      submission,
      count: fc.integer({ min: 1, max: 5 }),
      model: fc.constantFrom('A', 'B'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('withdraw' as const),
      submission,
      ordinals: fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }),
    }),
  },
);

/** What the catalogue should hold: rows by submission. */
class Model {
  private readonly held = new Map<string, LakeRow[]>();

  rowsOf(of: string): readonly LakeRow[] {
    return this.held.get(of) ?? [];
  }

  /** Takes the step; gives a function that takes it back. */
  take(next: Step): void {
    if (next.kind === 'add')
      this.held.set(
        next.submission,
        Array.from({ length: next.count }, (_, at) => rowOf(next.submission, at + 1, next.model)),
      );
    if (next.kind === 'withdraw')
      this.held.set(
        next.submission,
        this.rowsOf(next.submission).filter(({ ordinal }) => !next.ordinals.includes(Number(ordinal))),
      );
  }

  rows(): LakeRow[] {
    return submissions.flatMap((each) => this.rowsOf(each));
  }
}

async function carryOut(lake: LakeInMemory, model: Model, next: Step): Promise<void> {
  if (next.kind === 'add') return setRows(lake, partition, next.submission, model.rowsOf(next.submission));
  if (next.kind === 'compact') {
    await compactPartition(lake, partition);
    return;
  }
  const left = new Set(model.rowsOf(next.submission).map(({ ordinal }) => String(ordinal)));
  await scrubPartition(lake, partition, [next.submission], async () => left);
}

/** The lake holds the rows of before or of after, and never something between. */
async function expectOneOf(lake: LakeInMemory, ...states: readonly LakeRow[][]): Promise<void> {
  const texts = states.map((rows) => JSON.stringify(rows));
  expect(texts).toContain(JSON.stringify(await lake.rows(partition)));
}

/** Everything that stands in the partition's folder, named or not, as text. */
async function everything(lake: LakeInMemory): Promise<string[]> {
  const { files } = await readList(lake, partition);
  const keys = lake.objects.keys(BUCKET).filter((key) => key.startsWith(filesFolder(partition)));
  const texts: string[] = [];
  for (const key of keys) {
    const named = files.find((file) => file.key === key);
    const rows = await lake.files.read(partition, named ?? { kind: 'added', key, owner: '' });
    texts.push(...((rows.columns.get('patient_pseudonym') ?? []) as string[]));
  }
  return texts;
}

describe('a partition of the lake', () => {
  it('holds the same rows whatever the order of additions, compactions and withdrawals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const lake = new LakeInMemory();
        const model = new Model();
        for (const next of steps) {
          model.take(next);
          await carryOut(lake, model, next);
          lake.pass();
          expect(await lake.rows(partition)).toEqual(model.rows());
        }
      }),
      { seed: 37, numRuns: 20 },
    );
  });

  it('loses no row and shows none twice where a step is killed at any write, and comes to its end by another run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        for (let write = 1; ; write += 1) {
          const lake = new LakeInMemory();
          const model = new Model();
          const [last] = steps.slice(-1);
          for (const next of steps.slice(0, -1)) {
            model.take(next);
            await carryOut(lake, model, next);
            lake.pass();
          }
          const before = model.rows();
          if (last === undefined) return;
          model.take(last);
          lake.killAtWrite(write);
          const killed = await carryOut(lake, model, last).then(
            () => false,
            (error: unknown) => error instanceof Killed,
          );
          lake.letLive();
          await expectOneOf(lake, before, model.rows());
          lake.pass();
          await compactPartition(lake, partition);
          await expectOneOf(lake, before, model.rows());
          await carryOut(lake, model, last);
          expect(await lake.rows(partition)).toEqual(model.rows());
          if (!killed) return;
        }
      }),
      { seed: 38, numRuns: 12 },
    );
  });

  it('holds nothing of what was withdrawn in any object, named or not, whatever was killed before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fc.option(fc.integer({ min: 1, max: 6 }), { nil: null })), { maxLength: 10 }),
        submission,
        async (steps, withdrawn) => {
          const lake = new LakeInMemory();
          const model = new Model();
          for (const [next, kill] of steps) {
            model.take(next);
            if (kill !== null) lake.killAtWrite(kill);
            await carryOut(lake, model, next).catch((error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            });
            lake.letLive();
            await carryOut(lake, model, next);
          }
          const last = { kind: 'withdraw', submission: withdrawn, ordinals: [1, 2, 3, 4, 5] } as const;
          model.take(last);
          await carryOut(lake, model, last);
          expect((await everything(lake)).filter((name) => name.startsWith(`patient-${withdrawn}-`))).toEqual(
            [],
          );
          expect(await lake.rows(partition)).toEqual(model.rows());
        },
      ),
      { seed: 39, numRuns: 20 },
    );
  });

  it('comes to the same rows where two compactions and additions are at work at once, without leases too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (steps, delays, parted) => {
          const lake = new LakeInMemory();
          const model = new Model();
          for (const next of steps) {
            model.take(next);
            await carryOut(lake, model, next);
            lake.pass();
          }
          lake.parted = parted;
          const added = (of: string): Step => ({ kind: 'add', submission: of, count: 3, model: 'C' });
          const works: Step[] = [{ kind: 'compact' }, { kind: 'compact' }, added('s-b'), added('s-e')];
          for (const next of works) model.take(next);
          await Promise.all(
            works.map(async (next, at) => {
              for (let turn = 0; turn < (delays[at] ?? 0); turn += 1) await null;
              await carryOut(lake, model, next);
            }),
          );
          expect(await lake.rows(partition)).toEqual(model.rows());
        },
      ),
      { seed: 40, numRuns: 20 },
    );
  });

  it('has few files after a compaction, and no other after the next', async () => {
    const lake = new LakeInMemory();
    const model = new Model();
    for (const each of submissions) {
      const next: Step = { kind: 'add', submission: each, count: 2, model: 'A' };
      model.take(next);
      await carryOut(lake, model, next);
    }
    expect((await readList(lake, partition)).files).toHaveLength(6);
    await compactPartition(lake, partition);
    expect((await readList(lake, partition)).files).toHaveLength(1);
    lake.pass();
    expect(await compactPartition(lake, partition)).toEqual({ merged: 0, swept: 6 });
    expect(lake.objects.keys(BUCKET)).toHaveLength(2);
    expect(await lake.rows(partition)).toEqual(model.rows());
  });

  it('leaves rows of withdrawn studies behind where it merges, but not those of a study that was sent again', async () => {
    const lake = new LakeInMemory();
    const tombstones: LakePartition = { ...partition, table: 'tombstones' };
    await setRows(lake, partition, 's-b', [rowOf('s-b', 1, 'A')]);
    await setRows(lake, partition, 's-d', [{ ...rowOf('s-d', 1, 'A'), study_instance_uid: 'study-s-b' }]);
    await setRows(lake, tombstones, 'w-c', [{ withdrawal: 'w-c', study_instance_uid: 'study-s-b' }]);
    await compactPartition(lake, partition);
    expect((await lake.rows(partition)).map((row) => row.submission)).toEqual(['s-d']);
  });
});
