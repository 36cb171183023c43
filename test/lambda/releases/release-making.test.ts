import { QueryError } from '../../../lambda/lake/query-error';
import { readManifest } from '../../../lambda/releases/manifest.contract';
import { release as releaseSchema } from '../../../lambda/releases/release.contract';
import { abandonRelease, giveReason, resumeRelease } from '../../../lambda/releases/steer-release';
import { readToldSets } from '../../../lambda/releases/told-sets';
import { countWithdrawn, withdrawnCount } from '../../../lambda/releases/withdrawn-count';
import { defaultLeakageLimits, LeakageUndecided } from '../../../lambda/splits/leakage-guard';
import { publishCount } from '../../../statistics/disclosure/published-count';
import { officer } from '../register/register-fixture';
import { instance, patients, person, ReleaseRun } from './release-run';

let run: ReleaseRun;
beforeEach(async () => {
  run = await ReleaseRun.open();
});
afterEach(() => run.lake.close());

const released = () => releaseSchema.parse(JSON.parse(run.documents()['2026.1/release.json'] ?? 'null'));

it('a release is published with every document, an event and a commitment', async () => {
  await run.ask();
  expect(await run.execute()).toBe('published');
  const { state, publication } = await run.record();
  expect(state).toBe('published');
  expect(Object.keys(run.documents())).toHaveLength(9);
  expect(publication?.heldOut).toMatch(/^[0-9a-f]{64}$/);
  expect(publication?.people).toEqual({ kind: 'shown', value: 80 });
  expect(run.eventTypes()).toEqual(['release-begun', 'held-out-committed', 'release-published']);
});

it('another execution goes on where one ended and could not say so', async () => {
  await run.ask();
  const { put } = run.objects;
  run.objects.put = async (place, ...rest) => {
    if (place.bucket === 'releases') throw new Error('stopped by hand');
    return put.call(run.objects, place, ...rest);
  };
  await expect(run.execute()).rejects.toThrow('stopped by hand');
  expect((await run.record()).state).toBe('building');
  run.objects.put = put;
  expect(await run.execute()).toBe('published');
});

it('nothing held out is listed, and no count of fewer than eight is shown', async () => {
  await run.ask();
  await run.execute();
  const rows = readManifest(run.documents()['2026.1/manifest.csv'] ?? '');
  expect(rows).toHaveLength(80);
  expect(rows.every(({ study_instance_uid }) => study_instance_uid.includes('.7.7.1.'))).toBe(true);
  const { demographics, totals } = released();
  expect(totals.people).toEqual({ kind: 'shown', value: 80 });
  expect(demographics.ethnic_category.people.A).toEqual({ kind: 'shown', value: 70 });
  expect(demographics.ethnic_category.people.B).toEqual({ kind: 'suppressed' });
  const text = JSON.stringify(Object.values(run.documents()));
  expect(text).not.toContain('patient-00');
  expect(text).not.toContain('RX1');
});

it('no public document says exactly how many series or bytes there are', async () => {
  const sized = patients.map(({ patient, split }) =>
    instance(patient, split, patient === 2 ? { bytes: 1337 } : {}),
  );
  await run.lake.fill('instances', sized);
  await run.ask();
  await run.execute();
  const manifest = run.documents()['2026.1/manifest.csv'] ?? '';
  const documents = Object.entries(run.documents()).filter(([name]) => !name.endsWith('manifest.csv'));
  for (const [name, text] of documents) {
    const numbers = new Set(text.match(/\d+/g));
    // what these are to the byte: the list of studies, and the images of one patient of another size among eighty
    for (const exact of [Buffer.byteLength(manifest), 80_337])
      expect([name, exact, numbers.has(String(exact))]).toEqual([name, exact, false]);
  }
  expect(released().bytes).toBe(80_000);
  expect(Object.keys(released().manifest)).toEqual(['sha256', 'bytes']);
});

it('the years are those of eight people at least, and no date that cannot be stops a release', async () => {
  const dates: Record<number, string> = {
    2: '1900-01-01',
    3: '1998-05-05',
    4: '2025-06-06',
    5: '2099-01-01',
  };
  const dated = patients.map(({ patient, split }) =>
    instance(patient, split, patient in dates ? { study_date: dates[patient] ?? null } : {}),
  );
  await run.lake.fill('instances', dated);
  await run.ask();
  expect(await run.execute()).toBe('published');
  expect(released().years).toEqual({ first: 2024, last: 2024 });
});

it('one person who came in eight years is no crowd at either end of them', async () => {
  const years = [2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009];
  const visits = years.map((year) => {
    const uid = (last: number) => `1.2.${year}.${last}`;
    return instance(2, 'development', {
      study_instance_uid: uid(1),
      series_instance_uid: uid(2),
      sop_instance_uid: uid(3),
      pixel_digest: `pixels-of-${year}`,
      study_date: `${year}-03-01`,
    });
  });
  const others = patients.map(({ patient, split }) => instance(patient, split));
  await run.lake.fill('instances', [...others, ...visits]);
  await run.ask();
  expect(await run.execute()).toBe('published');
  expect(released().years).toEqual({ first: 2024, last: 2024 });
});

it('studies, series, images and bytes of people who all have as many say of them what their count says, and no more', async () => {
  const all = Array.from({ length: 84 }, (_, at) => at + 1);
  const threeSeries = all.flatMap((patient) =>
    [0, 1, 2].map((series) =>
      instance(patient, 'development', {
        series_instance_uid: `1.2.${patient}.${series}`,
        sop_instance_uid: `1.2.${patient}.${series}.1`,
        pixel_digest: `pixels-${patient}-${series}`,
      }),
    ),
  );
  await run.lake.fill('instances', threeSeries);
  await run.lake.fill(
    'demographics',
    all.map((patient) => person(patient, 'development')),
  );
  await run.ask();
  expect(await run.execute()).toBe('published');
  const { totals, collections, acquisition, manifest, bytes } = released();
  const shown = (value: number) => ({ kind: 'shown', value });
  const expected = { people: shown(80), studies: shown(80), series: shown(240), instances: shown(240) };
  expect(totals).toEqual(expected);
  expect(collections).toMatchObject([expected]);
  expect(acquisition.modality.values).toEqual([{ value: 'CR', people: shown(80), series: shown(240) }]);
  expect(manifest.bytes).toBe(34_000);
  expect(bytes).toBe(240_000);
});

it('the log of questions begins with every set of people whose count is shown', async () => {
  await run.ask();
  await run.execute();
  const { patients: all, sets } = await readToldSets(run.objects, 'catalogue', '2026.1');
  expect(all).toBe(100);
  const sizes = sets.map(({ size }) => publishCount(size));
  const { totals, demographics, collections } = released();
  expect(sizes).toContainEqual(publishCount(20));
  for (const count of [
    totals.people,
    ...collections.map(({ people }) => people),
    ...Object.values(demographics).flatMap(({ people, missing }) => [...Object.values(people), missing]),
  ])
    if (count.kind === 'shown') expect(sizes).toContainEqual(count);
});

it('the balance of the split over all six attributes is in the documents, and is told for the alarm', async () => {
  await run.ask();
  await run.execute();
  const attributes = ['region', 'age_band', 'sex', 'ethnic_category', 'modality', 'collection'];
  const [told] = run.balances;
  expect([run.balances.length, told?.alarm]).toEqual([1, false]);
  expect([...new Set(told?.strata.map(({ attribute }) => attribute))]).toEqual(attributes);
  const { splitBalance } = released();
  expect([...new Set(splitBalance.strata.map(({ attribute }) => attribute))]).toEqual(attributes);
  expect(splitBalance).toMatchObject({ heldOutShare: 0.2, confidence: 0.999 });
  // a hundred of one collection, of whom twenty are held out: 8 to 34 are inside
  expect(splitBalance.strata.find(({ attribute }) => attribute === 'collection')).toEqual({
    attribute: 'collection',
    group: 'chest',
    heldOut: 0.2,
    lower: 0.08,
    upper: 0.34,
    inside: true,
  });
  const datasheet = run.documents()['2026.1/datasheet.md'] ?? '';
  expect(datasheet).toContain('lie outside the 99.9 % limits of a draw at random');
  for (const row of ['sex', 'modality', 'collection'])
    expect(datasheet).toMatch(new RegExp(`^\\| ${row} \\| \\d+ \\| \\d+ \\| 0 \\| \\d+ \\|$`, 'm'));
});

it('a split that chance does not explain raises the alarm once, is shown, and does not hold the release back', async () => {
  await run.lake.fill(
    'instances',
    patients.map(({ patient }) => instance(patient, patient <= 60 ? 'held-out' : 'development')),
  );
  await run.lake.fill(
    'demographics',
    patients.map(({ patient }) => person(patient, patient <= 60 ? 'held-out' : 'development')),
  );
  await run.ask();
  expect(await run.execute()).toBe('published');
  expect(run.balances.map(({ alarm }) => alarm)).toEqual([true]);
  expect(run.documents()['2026.1/datasheet.md']).toMatch(/^\| collection \| chest \| 60.* \| .* to .* \|$/m);
});

it('an execution after the publication changes nothing', async () => {
  await run.ask();
  await run.execute();
  const before = run.documents();
  await run.lake.fill('instances', [instance(200, 'development')]);
  expect(await run.execute()).toBe('published');
  expect(run.documents()).toEqual(before);
  expect((await run.record()).version).toBe(3);
});

it('two releases are not made at once, and the next one says what changed', async () => {
  await run.ask();
  await expect(run.ask('2026.2')).rejects.toMatchObject({ code: 'RELEASE_UNDER_WAY' });
  await run.execute();
  await expect(run.ask('2026.1')).rejects.toMatchObject({ code: 'RELEASE_EXISTS' });
  await expect(run.ask('2025.9')).rejects.toMatchObject({ code: 'RELEASE_NOT_NEWER' });
  await run.lake.fill(
    'instances',
    [...patients, ...patients.map(({ patient, split }) => ({ patient: patient + 100, split }))].map((each) =>
      instance(each.patient, each.split),
    ),
  );
  await run.ask('2026.2');
  await run.execute('2026.2');
  const second = releaseSchema.parse(JSON.parse(run.documents()['2026.2/release.json'] ?? ''));
  expect(second.previous?.version).toBe('2026.1');
  expect(second.changes?.studiesAdded).toEqual({ kind: 'shown', value: 80 });
});

it('the same request again is the same release, and is started again', async () => {
  const first = await run.ask('2026.1', 'key-0001');
  const again = await run.ask('2026.1', 'key-0001');
  expect(again).toEqual({ record: first.record, created: false });
  expect(run.started).toEqual(['2026.1-1', '2026.1-1']);
});

it('the same pixels on both sides stop a release until one side is withdrawn', async () => {
  await run.lake.fill('instances', [
    ...patients.map(({ patient, split }) => instance(patient, split)),
    instance(301, 'development', { pixel_digest: 'planted' }),
    instance(302, 'held-out', { pixel_digest: 'planted' }),
  ]);
  await run.ask();
  expect(await run.execute()).toBe('held');
  const { state, stop } = await run.record();
  expect(state).toBe('stopped');
  expect(stop).toMatchObject({ kind: 'gate', about: 'leakage', findings: 1 });
  expect(run.objects.keys('releases')).toEqual([]);
  await run.lake.fill('tombstones', [
    {
      withdrawal: 'w-1',
      study_instance_uid: String(instance(301, 'development').study_instance_uid),
      collection: 'chest',
      split: 'development',
    },
  ]);
  await resumeRelease(run.makers, officer, '2026.1');
  expect(run.started).toEqual(['2026.1-1', '2026.1-2']);
  expect(await run.execute()).toBe('published');
  expect(readManifest(run.documents()['2026.1/manifest.csv'] ?? '')).toHaveLength(80);
});

it('more pairs of images than are compared stop a release at every attempt, and nothing is published', async () => {
  const ask = run.lake.rows.bind(run.lake);
  const { candidates } = defaultLeakageLimits;
  jest
    .spyOn(run.lake, 'rows')
    .mockImplementation(async (select, row) =>
      select.includes('AS d_hash') ? new Array(candidates + 1) : ask(select, row),
    );
  await run.ask();
  for (const attempt of [1, 2]) {
    await expect(run.execute()).rejects.toThrow(LeakageUndecided);
    expect((await run.stop('Guard')).state).toBe('stopped');
    await resumeRelease(run.makers, officer, '2026.1');
    expect(run.started.at(-1)).toBe(`2026.1-${attempt + 1}`);
  }
  expect(run.objects.keys('releases')).toEqual([]);
  expect(run.eventTypes()).toEqual(['release-begun']);
});

it('a group below the bound holds a release back until an officer gives a reason for these findings', async () => {
  run.lowestRatio = 0.5;
  await run.ask();
  expect(await run.execute()).toBe('held');
  const { stop } = await run.record();
  if (stop?.kind !== 'gate') throw new Error('not held by a gate');
  expect(stop.about).toBe('representativeness');
  const text = 'The first trusts are in one region; others follow.';
  await expect(
    giveReason(run.makers, officer, '2026.1', { findings: '0'.repeat(64), text }),
  ).rejects.toMatchObject({ code: 'FINDINGS_CHANGED' });
  await giveReason(run.makers, officer, '2026.1', { findings: stop.digest, text });
  expect(await run.execute()).toBe('published');
  expect((await run.record()).reasons).toMatchObject([{ digest: stop.digest, text }]);
  expect(run.eventTypes()).toEqual([
    'release-begun',
    'held-out-committed',
    'release-reason-given',
    'release-published',
  ]);
  expect(JSON.stringify(run.documents())).not.toContain('The first trusts');
});

it('an abandoned release makes room for another, and its version is not used again', async () => {
  await run.ask();
  await run.stop('Measure');
  await abandonRelease(run.makers, officer, '2026.1');
  await expect(run.execute()).rejects.toThrow('abandoned');
  await expect(run.ask('2026.1')).rejects.toMatchObject({ code: 'RELEASE_EXISTS' });
  await run.ask('2026.2');
  expect(await run.execute('2026.2')).toBe('published');
});

it('what is withdrawn later is counted, and the documents stay', async () => {
  await run.ask();
  await run.execute();
  const before = run.documents();
  await run.lake.fill(
    'tombstones',
    patients
      .filter(({ split }) => split === 'development')
      .slice(0, 12)
      .map(({ patient, split }) => ({
        withdrawal: 'w-1',
        study_instance_uid: String(instance(patient, split).study_instance_uid),
        collection: 'chest',
        split,
      })),
  );
  const { objects, table, lake: engine, clock } = run;
  await countWithdrawn({ objects, table, engine, clock, releasesBucket: 'releases' });
  expect((await withdrawnCount(table, '2026.1'))?.studies).toEqual({ kind: 'shown', value: 10 });
  expect(run.documents()).toEqual(before);
});

it('a release without a study is not made', async () => {
  await run.lake.fill('instances', []);
  await run.ask();
  await expect(run.execute()).rejects.toThrow('no study');
  expect(run.objects.keys('releases')).toEqual([]);
});

it('a person of whom nothing is known counts as missing, and is in no group', async () => {
  await run.lake.fill(
    'demographics',
    patients.slice(0, 50).map(({ patient, split }) => person(patient, split)),
  );
  await run.ask();
  await run.execute();
  const { demographics } = released();
  expect(demographics.sex.missing).toEqual({ kind: 'shown', value: 40 });
});

it('a study that is withdrawn while its rows are moved is not in the table', async () => {
  await run.ask();
  const [first] = patients.filter(({ split }) => split === 'development');
  const gone = instance(first?.patient ?? 0, 'development').study_instance_uid ?? '';
  let unloads = 0;
  run.lake.beforeUnload = (when) => {
    if (when === 'after') unloads += 1;
  };
  const copy = run.objects.copy.bind(run.objects);
  run.objects.copy = async (...given) => {
    await run.lake.fill('tombstones', [
      { withdrawal: 'w-1', study_instance_uid: gone, collection: 'chest', split: 'development' },
    ]);
    return copy(...given);
  };
  expect(await run.execute()).toBe('published');
  expect(unloads).toBe(2);
  const table = run.objects.keys('catalogue').filter((key) => key.startsWith('lake/released_series/'));
  expect(table).toHaveLength(2);
  expect(JSON.stringify(table.map((key) => run.objects.json('catalogue', key)))).not.toContain(`"${gone}"`);
  expect(readManifest(run.documents()['2026.1/manifest.csv'] ?? '')).toHaveLength(79);
});

it('takes the rows anew where a file of them has gone from its folder', async () => {
  await run.ask();
  const copy = run.objects.copy.bind(run.objects);
  let copies = 0;
  run.objects.copy = async (from, to, tags) => {
    copies += 1;
    if (copies === 1) await run.objects.delete(from);
    return copy(from, to, tags);
  };
  expect(await run.execute()).toBe('published');
  expect(readManifest(run.documents()['2026.1/manifest.csv'] ?? '')).toHaveLength(80);
  expect(run.objects.keys('catalogue').filter((key) => key.startsWith('lake/unloads/'))).toEqual([]);
});

it('has the rows written again where files of the lake are replaced under the engine, and not for ever', async () => {
  await run.ask();
  const unload = run.lake.unload.bind(run.lake);
  const folders: string[] = [];
  let failing = 5;
  run.lake.unload = async (select, folder, partitions) => {
    folders.push(folder);
    await unload(select, folder, partitions);
    if (folders.length <= failing) throw new QueryError('FILES_CHANGED', 'q');
  };
  await expect(run.execute()).rejects.toMatchObject({ reason: 'FILES_CHANGED' });
  expect(new Set(folders).size).toBe(5);
  expect(run.objects.keys('catalogue').filter((key) => key.startsWith('lake/'))).toEqual([]);
  failing = 7;
  expect(await run.execute()).toBe('published');
  expect(folders).toHaveLength(8);
});
