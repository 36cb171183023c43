import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CohortVersionView, FacetCounts } from '../../lambda/cohorts/cohort.contract';
import { representationOf } from '../../lambda/cohorts/cohort-representation';
import { englandCensus2021 } from '../../statistics/references/england-census-2021';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const cohort = `k-${'0'.repeat(26)}`;
const command = new BuiltCommand();
let platform: FakePlatform;

const shown = (value: number) => ({ kind: 'shown', value }) as const;
const facets: FacetCounts[] = [
  {
    kind: 'shown',
    name: 'sex',
    groups: [
      { group: '1', patients: shown(60) },
      { group: '2', patients: shown(40) },
      { group: '9', patients: { kind: 'suppressed' } },
      { group: '', patients: { kind: 'suppressed' } },
    ],
  },
  { kind: 'refused', name: 'age_band', code: 'COUNT_TOO_SIMILAR' },
];

/** Of a release. */
const published = reportOnPeople(
  {
    name: 'Release 2026.4',
    attributes: {
      sex: {
        '1': { people: { shown: 60 }, images: { shown: 90 } },
        '2': { people: { shown: 40 }, images: { shown: 80 } },
        '': { people: { suppressed: true, atMost: 7 }, images: { suppressed: true } },
      },
    },
    trustRegions: {
      E12000007: { people: { shown: 100 }, missing: { sex: { shown: 30 }, region: { suppressed: true } } },
    },
  },
  [englandCensus2021()],
  'disclosure-rule',
);

const version: CohortVersionView = {
  cohortId: cohort,
  cohortVersion: 1,
  projectId: `p-${'0'.repeat(26)}`,
  release: '2026.4',
  filter: '',
  collections: ['chest'],
  reason: null,
  createdAt: '2026-11-23T10:00:00.000Z',
  createdBy: `r-${'0'.repeat(26)}`,
  patients: shown(100),
  totals: { studies: 110, series: 200, instances: 250, bytes: 3000 },
  name: 'Chests',
  manifest: '0'.repeat(64),
  withdrawn: 0,
  cite: `NMIP 2026.4, cohort ${cohort}@v1`,
};

function answer(path: string) {
  if (path === '/v1/releases')
    return {
      status: 200,
      body: {
        releases: [
          {
            version: '2026.4',
            title: 'A release',
            collections: ['chest'],
            publishedAt: '2026-11-01T00:00:00.000Z',
            people: shown(100),
            studies: shown(110),
            checksums: '0'.repeat(64),
            heldOut: null,
            withdrawn: null,
          },
        ],
      },
    };
  if (path === '/v1/releases/2026.4/collections/chest/representativeness')
    return { status: 200, body: { ...published, name: 'Chest X-rays, release 2026.4' } };
  if (path === '/v1/releases/2026.4/representativeness') return { status: 200, body: published };
  if (path === `/v1/cohorts/${cohort}/versions/1`) return { status: 200, body: version };
  if (path === `/v1/cohorts/${cohort}/versions/1/representativeness`)
    return {
      status: 200,
      body: representationOf('Chests, release 2026.4', facets, [englandCensus2021()], { lowestRatio: 0.9 }),
    };
  return null;
}

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
  platform.faults.onApi = (_method, path) => answer(path);
});
afterEach(async () => {
  await platform.stop();
  rmSync(join(command.folder, 'state'), { recursive: true, force: true });
});

const report = (...words: string[]) => command.run('researcher', ['representativeness', ...words]);

test('the report of a release needs no sign-in, and says how far apart the shares are', async () => {
  const { code, stdout } = await report('--release', '2026.4', '--api', platform.address);
  expect(stdout).toContain('against England, Census 2021');
  expect(stdout).toMatch(/Jensen–Shannon distance 0\.\d{3}/);
  expect(stdout).toMatch(/Population stability index \d+\.\d{3}/);
  expect(stdout).toMatch(/^Female +40 +2\.0 +40\.0 %/m);
  expect(stdout).toMatch(/^London +Sex +30 +30\.0 % +more than 20 %$/m);
  expect(stdout).toMatch(/^London +Region +suppressed$/m);
  expect(stdout).toContain('Of how many people it is not known is suppressed: few, or none.');
  expect(code).toBe(0);
});

test('a population of one’s own takes the place of those that the release was compared with', async () => {
  const path = join(command.folder, 'own.json');
  const own = {
    id: 'imaged',
    label: 'People who were imaged',
    source: 'A table',
    date: '2026-03-31',
    licence: 'OGL',
    attributes: { sex: { '1': 1, '2': 1 } },
  };
  writeFileSync(path, JSON.stringify(own));
  const words = ['--release', '2026.4', '--api', platform.address, '--reference', path, '--json'];
  const { attributes, references, counts, missingByTrustRegion } = JSON.parse(
    (await report(...words)).stdout,
  );
  expect(missingByTrustRegion).toEqual(published.missingByTrustRegion);
  expect(references.map(({ id }: { id: string }) => id)).toEqual(['imaged']);
  expect(counts).toBe('disclosure-rule');
  const [sex] = attributes;
  const { groups, missing } = published.attributes[0] ?? {};
  expect(sex).toMatchObject({ groups, missing });
  expect(sex.comparisons).toMatchObject([
    { kind: 'compared', reference: 'imaged', groups: [{ ratio: 1.2 }, { ratio: 0.8 }] },
  ]);
});

test('the report of a cohort says images a person, the gate, and what cannot be shown, in text, JSON and page', async () => {
  await command.signIn('researcher', platform.address);
  const page = join(command.folder, 'cohort.html');
  const { code, stdout } = await report('--cohort', `${cohort}@v1`, '--html', page);
  expect(stdout).toContain('250 images of about 100 people: 2.5 images a person.');
  expect(stdout).toContain('Age: cannot be shown beside earlier answers');
  expect(code).toBe(0);
  expect(readFileSync(page, 'utf8')).toContain('2.5 images a person.');
  expect(readFileSync(page, 'utf8')).not.toContain('<script');
  const { stdout: json } = await report('--cohort', `${cohort}@v1`, '--json');
  expect(JSON.parse(json)).toMatchObject({
    name: 'Chests, release 2026.4',
    cohort: { cohortVersion: 1, imagesPerPerson: 2.5 },
    gate: { kind: 'needs-reason', notShown: ['age_band'] },
  });
});

test('the report of a collection is that of the release that is named, or of the latest', async () => {
  const named = await report('--collection', 'chest', '--release', '2026.4', '--api', platform.address);
  expect(named.stdout).toContain('Chest X-rays, release 2026.4: whom it represents');
  const latest = await report('--collection', 'chest', '--api', platform.address, '--json');
  expect(JSON.parse(latest.stdout)).toMatchObject({
    name: 'Chest X-rays, release 2026.4',
    release: '2026.4',
    collection: 'chest',
  });
  expect(platform.calls).toContain('GET /v1/releases');
});

test.each([
  ['a collection and a cohort', ['--collection', 'chest', '--cohort', cohort], 'SEVERAL_SOURCES'],
  ['no id of a collection', ['--collection', 'No Such'], 'COLLECTION_INVALID'],
  ['two things to report on', ['--release', '2026.4', '--cohort', cohort], 'SEVERAL_SOURCES'],
  ['trusts of a release', ['--release', '2026.4', '--internal'], 'OPTION_WITHOUT_COUNTS'],
  ['no cohort', ['--cohort', 'chest'], 'NOT_A_COHORT'],
])('%s is an error with a code', async (_, words, wanted) => {
  const { code, stderr } = await report(...words, '--api', platform.address, '--json');
  expect(JSON.parse(stderr)).toMatchObject({ code: wanted });
  expect(code).toBe(2);
});
