import { compactLake } from '../../../lambda/lake/compact-lake';
import type { LakePartition } from '../../../lambda/lake/lake-partition';
import { lakeTables } from '../../../lambda/lake/lake-tables.contract';
import { readParquet, toColumns, toRows, writeParquet } from '../../../lambda/lake/parquet-file';
import { scrubReleases } from '../../../lambda/lake/scrub-releases';
import { setRows } from '../../../lambda/lake/set-rows';
import { sweepUnloads } from '../../../lambda/lake/sweep-unloads';
import { BUCKET, LakeInMemory } from './lake-in-memory';

const { columns } = lakeTables.released_series;
const partition = 'collection=chest/split=development';
const unloaded = `lake/unloads/2026.1/u-1/release=2026.1/${partition}/rows.parquet`;
const released = `lake/released_series/release=2026.1/${partition}/rows.parquet`;
const chest = { collection: 'chest', split: 'development' } as const;

const fileOf = (studies: readonly string[]) =>
  writeParquet(
    columns,
    toColumns(
      columns,
      studies.map((study_instance_uid) => ({ study_instance_uid })),
    ),
  );

async function studiesOf(lake: LakeInMemory, key: string): Promise<unknown[]> {
  const file = lake.objects.objects.get(`${BUCKET}/${key}`)?.body ?? Buffer.alloc(0);
  const rows = toRows(columns, await readParquet(file, Object.keys(columns)));
  return rows.map((row) => row.study_instance_uid);
}

describe('rows of a release that died on its way', () => {
  it('are scrubbed by a withdrawal as those in the table are', async () => {
    const lake = new LakeInMemory();
    for (const key of [unloaded, released]) lake.objects.set(BUCKET, key, fileOf(['gone', 'left']));
    await scrubReleases(lake, chest, new Set(['gone']));
    for (const key of [unloaded, released]) expect(await studiesOf(lake, key)).toEqual(['left']);
  });

  it('are deleted where nothing else is left of a file', async () => {
    const lake = new LakeInMemory();
    lake.objects.set(BUCKET, unloaded, fileOf(['gone']));
    await scrubReleases(lake, chest, new Set(['gone']));
    expect(lake.objects.keys(BUCKET)).toEqual([]);
  });

  it('stay where they are of another collection or split', async () => {
    const lake = new LakeInMemory();
    lake.objects.set(BUCKET, unloaded, fileOf(['gone']));
    await scrubReleases(lake, { ...chest, split: 'held-out' }, new Set(['gone']));
    await scrubReleases(lake, { ...chest, collection: 'knee' }, new Set(['gone']));
    expect(await studiesOf(lake, unloaded)).toEqual(['gone']);
  });

  it('are clean whichever of a copy into the table and a withdrawal is first at each file', async () => {
    // the copy reads the folder before it is scrubbed, or after; the table is looked at last in both cases
    for (const copiesFirst of [true, false]) {
      const lake = new LakeInMemory();
      lake.objects.set(BUCKET, unloaded, fileOf(['gone', 'left']));
      const copy = () =>
        lake.objects.copy({ bucket: BUCKET, key: unloaded }, { bucket: BUCKET, key: released }, {});
      const list = lake.objects.list.bind(lake.objects);
      lake.objects.list = async function* (bucket, prefix) {
        if (copiesFirst === prefix.startsWith('lake/unloads/')) await copy();
        yield* list(bucket, prefix);
      };
      await scrubReleases(lake, chest, new Set(['gone']));
      for (const key of [unloaded, released]) expect(await studiesOf(lake, key)).toEqual(['left']);
    }
  });

  it('are swept once no step can be at work on them, and not before', async () => {
    const lake = new LakeInMemory();
    lake.objects.set(BUCKET, unloaded, fileOf(['some']));
    lake.objects.set(BUCKET, released, fileOf(['some']));
    lake.pass();
    expect(await sweepUnloads(lake)).toBe(0);
    lake.pass();
    lake.objects.set(BUCKET, unloaded.replace('u-1', 'u-2'), fileOf(['some']));
    expect(await sweepUnloads(lake)).toBe(1);
    expect(lake.objects.keys(BUCKET)).toEqual([released, unloaded.replace('u-1', 'u-2')]);
  });
});

describe('compaction of crowded partitions', () => {
  it('leaves out those with fewer files of single submissions than it is asked for, and sweeps all the same', async () => {
    const lake = new LakeInMemory();
    const partition = (split: 'development' | 'held-out'): LakePartition => ({
      table: 'tombstones',
      collection: 'chest',
      split,
    });
    for (const [split, owners] of [
      ['development', ['w-a', 'w-b', 'w-c']],
      ['held-out', ['w-a', 'w-b']],
    ] as const)
      for (const withdrawal of owners)
        await setRows(lake, partition(split), withdrawal, [{ withdrawal, study_instance_uid: '1.2' }]);
    lake.objects.set(BUCKET, unloaded, fileOf(['some']));
    lake.pass();
    lake.pass();
    expect(await compactLake(lake, ['chest'], 3)).toEqual({ merged: 3, swept: 1, left: 0 });
    // what was merged counts no more
    expect(await compactLake(lake, ['chest'], 3)).toEqual({ merged: 0, swept: 0, left: 0 });
    expect(await compactLake(lake, ['chest'])).toMatchObject({ merged: 2 });
  });
});

it.each([
  ['cut short', (body: Buffer) => body.subarray(0, body.length - 20)],
  ['emptied', () => Buffer.alloc(0)],
  ['something else', () => Buffer.from('no Parquet at all, of some length')],
])('a file that is %s is named, stays, and keeps no other partition from compaction', async (_, spoilt) => {
  const lake = new LakeInMemory();
  const tombstones = (collection: string): LakePartition => ({ ...chest, table: 'tombstones', collection });
  for (const collection of ['chest', 'knee'])
    for (const withdrawal of ['w-a', 'w-b'])
      await setRows(lake, tombstones(collection), withdrawal, [{ withdrawal, study_instance_uid: '1.2' }]);
  const key = lake.objects.keys(BUCKET).find((each) => /chest.*added\.w-a/.test(each)) ?? '';
  lake.objects.set(
    BUCKET,
    key,
    spoilt(lake.objects.objects.get(`${BUCKET}/${key}`)?.body ?? Buffer.alloc(0)),
  );
  await expect(compactLake(lake, ['chest', 'knee'])).rejects.toThrow(`${key} cannot be read`);
  const folder = (collection: string) =>
    lake.objects.keys(BUCKET).filter((each) => each.startsWith(`lake/tombstones/collection=${collection}/`));
  expect(folder('chest')).toHaveLength(2);
  expect(folder('knee').filter((each) => each.includes('merged.'))).toHaveLength(1);
});
