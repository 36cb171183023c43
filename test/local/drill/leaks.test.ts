import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlatformPlaces } from '../../../local/drill/drill-settings';
import { patientOf, pixelMarker } from '../../../local/drill/file-bytes';
import { needleSearch } from '../../../local/drill/identifying-needles';
import { mayStand, type Place } from '../../../local/drill/leak-rules';
import { LeakWatch, watchedLeaks } from '../../../local/drill/leak-watch';
import { leaksAtRest } from '../../../local/drill/leaks-at-rest';
import { planSubmissions } from '../../../local/drill/submission-plan';

const seed = 'leaks';
const plan = planSubmissions(seed, 60);
const optedOut = new Set([0]);
const search = needleSearch(plan);
const id = 's-01m8kpy6xe075bzm84kzkgfny5';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nmip-leaks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each<[Place, 'pixels' | 'nhs-number', { optedOut: boolean; cleared: boolean | null }, boolean]>([
  ['landing', 'nhs-number', { optedOut: true, cleared: false }, true],
  ['exchange', 'nhs-number', { optedOut: true, cleared: false }, true],
  ['exchange', 'pixels', { optedOut: false, cleared: true }, false],
  ['quarantine', 'nhs-number', { optedOut: false, cleared: true }, true],
  ['quarantine', 'nhs-number', { optedOut: false, cleared: false }, false],
  ['quarantine', 'pixels', { optedOut: true, cleared: true }, false],
  ['deidentified', 'pixels', { optedOut: false, cleared: true }, true],
  ['deidentified', 'pixels', { optedOut: false, cleared: false }, false],
  ['deidentified', 'nhs-number', { optedOut: false, cleared: true }, false],
  ['image-store', 'pixels', { optedOut: true, cleared: null }, false],
  ['elsewhere', 'pixels', { optedOut: false, cleared: true }, false],
])('in %s %s of a patient who is %p may stand: %p', (place, kind, standing, may) => {
  expect(mayStand(place, { kind, patient: 1 }, standing)).toBe(may);
});

describe('the watch', () => {
  const watch = () =>
    new LeakWatch({
      folder,
      search,
      optedOut,
      placeOf: (bucket) =>
        bucket === 'staging' ? 'deidentified' : bucket === 'landing' ? 'landing' : 'elsewhere',
    });
  const write = (watching: LeakWatch, bucket: string, key: string, content: Buffer | string): void => {
    const contentPath = join(folder, 'content');
    writeFileSync(contentPath, content);
    watching.objectWritten({ bucket, key, contentPath });
  };

  it('finds pixels that leave landing before the clearance, and none after it', () => {
    const watching = watch();
    const pixels = pixelMarker(seed, 1);
    write(watching, 'staging', `${id}/development/p-0001/000001.dcm`, pixels);
    expect(watchedLeaks(folder)).toMatchObject([{ kind: 'pixels', patient: 1 }]);
    write(watching, 'work', `submissions/${id}/cleared.json`, '{}');
    write(watching, 'staging', `${id}/development/p-0001/000002.dcm`, pixels);
    expect(watchedLeaks(folder)).toHaveLength(1);
    // the process that follows a killed one knows the clearance
    write(watch(), 'staging', `${id}/development/p-0001/000003.dcm`, pixels);
    expect(watchedLeaks(folder)).toHaveLength(1);
  });

  it('finds pixels of a patient who opted out whatever was cleared', () => {
    const watching = watch();
    write(watching, 'work', `submissions/${id}/cleared.json`, '{}');
    write(watching, 'staging', `${id}/development/p-0001/000001.dcm`, pixelMarker(seed, 0));
    expect(watchedLeaks(folder)).toMatchObject([{ kind: 'pixels', patient: 0 }]);
  });

  it('finds a number in an object and in a key, in any encoding, and looks at nothing in landing', () => {
    const watching = watch();
    const { nhsNumber } = patientOf(seed, 1);
    write(watching, 'landing', `${id}/000001`, nhsNumber);
    expect(watchedLeaks(folder)).toEqual([]);
    write(watching, 'work', 'plan.json', Buffer.from(nhsNumber).toString('base64'));
    write(watching, 'work', `${nhsNumber}.json`, '');
    const found = watchedLeaks(folder);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['nhs-number']));
    expect(new Set(found.map(({ where }) => where.startsWith('work/')))).toEqual(new Set([true]));
    expect(found.length).toBeGreaterThanOrEqual(2);
  });
});

describe('the search at the end', () => {
  const buckets = {
    work: 'work',
    exchange: 'exchange',
    quarantine: 'quarantine',
    deidentified: 'staging',
    catalogue: 'rows',
  };
  const places: PlatformPlaces = { frontDoor: '', aws: '', vpcEndpoint: '', pipeline: '', buckets };
  const put = (path: string, content: Buffer | string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const found = (allReceived = true) =>
    leaksAtRest({ dataFolder: folder, places, search, optedOut, allReceived });
  const { nhsNumber } = patientOf(seed, 1);

  it('finds nothing where nothing stands that may not', async () => {
    put('s3/staging/content/a', pixelMarker(seed, 1));
    put('s3/quarantine/content/b', `${nhsNumber}`);
    put('medical-imaging/store/jobs/1.dcm', pixelMarker(seed, 1));
    put('opted-out.txt', patientOf(seed, 0).nhsNumber);
    expect(await found()).toEqual([]);
  });

  it.each<[string, string, Buffer | string]>([
    ['a log', 'logs/function.log', `{"message":"${nhsNumber}"}`],
    ['a journal', 'states/machines/x/journal.ndjson', nhsNumber],
    ['an old version in the staging area', 's3/staging/content/a', pixelMarker(seed, 0)],
    ['the image store', 'medical-imaging/store/jobs/1.dcm', pixelMarker(seed, 0)],
    ['exchange', 's3/exchange/content/a', nhsNumber],
    ['landing, of a file that no key names', 's3/nmip-landing-rx1/content/a', nhsNumber],
  ])('finds what stands in %s', async (_name, path, content) => {
    mkdirSync(join(folder, 's3'), { recursive: true });
    put(path, content);
    expect((await found()).length).toBeGreaterThan(0);
  });

  it('leaves exchange and landing alone while a submission has no receipt', async () => {
    put('s3/exchange/content/a', nhsNumber);
    put('s3/nmip-landing-rx1/content/a', nhsNumber);
    expect(await found(false)).toEqual([]);
  });
});
