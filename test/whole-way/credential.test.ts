import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { catalogueRows } from '../../local/demo/catalogue-rows';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { newDataFolder, projectFolder, receiptsInBucket, runOnce } from './demonstration';
import { platformOn } from './platform-on';
import { type Credentials, signedRead } from './signed-read';

/**
 * A credential that the platform really issued to a researcher, for the collection `chest` (arc 7), used on a platform
 * that was started anew, with a clock that the test moves.
 */
describe('an issued credential', () => {
  const data = newDataFolder();
  let platform: Platform;
  let offset = 0;
  let credentials: Credentials;
  let datastoreId: string;
  let granted: { study: string; series: string; instance: string };
  let heldOut: { study: string; series: string; datastoreId: string };

  const now = () => new Date(Date.now() + offset);

  beforeAll(async () => {
    const run = await runOnce(data, ['--fresh']);
    if (run.code !== 0) throw new Error(run.said);
    platform = await platformOn(data, { now });
    const folder = join(data, 'demo', 'homes', 'applicant-1', 'nmip', 'credentials');
    const cached = readdirSync(folder)
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
      // The longest is cut from the whole grant; the other, of 15 minutes, is for one study.
      .sort((left, right) =>
        right.credentials.expiration.localeCompare(left.credentials.expiration),
      )[0].credentials;
    credentials = cached;
    datastoreId = cached.datastoreId;
    const receipts = receiptsInBucket(platform.services.s3.objectsFolder(platform.variable('WORK_BUCKET')));
    const rows = await catalogueRows(
      platform.services.s3.objectsFolder(platform.variable('CATALOGUE_BUCKET')),
      receipts.map((receipt) => receipt.submission),
    );
    const development = rows.find((row) => row.split === 'development' && row.frames > 0);
    const sequestered = rows.find((row) => row.split === 'held-out');
    if (!development || !sequestered) throw new Error('the draw left a split empty');
    granted = {
      study: development.studyInstanceUid,
      series: development.seriesInstanceUid,
      instance: development.sopInstanceUid,
    };
    heldOut = {
      study: sequestered.studyInstanceUid,
      series: sequestered.seriesInstanceUid,
      datastoreId: sequestered.datastoreId,
    };
  }, 180_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const inside = () => platform.addresses.vpcEndpoint;
  const store = (id: string, path: string) => `/datastore/${id}${path}`;
  const read = (path: string, more: Partial<Parameters<typeof signedRead>[1]> = {}) =>
    signedRead(credentials, { endpoint: inside(), path, at: now(), ...more });
  const metadataOf = (study: string, series: string) => `/studies/${study}/series/${series}/metadata`;
  const grantedPath = () => store(datastoreId, metadataOf(granted.study, granted.series));

  it('reads metadata, an instance and a frame of a granted study', async () => {
    const instance = `/studies/${granted.study}/series/${granted.series}/instances/${granted.instance}`;
    expect((await read(grantedPath())).status).toBe(200);
    expect((await read(store(datastoreId, `${instance}/metadata`))).status).toBe(200);
    expect((await read(store(datastoreId, `${instance}/frames/1`))).status).toBe(200);
    expect((await read(store(datastoreId, instance))).status).toBe(200);
  });

  /** The arc is the last number but two of a UID, the split the last but one. */
  const moved = (uid: string, fromEnd: number, to: string) => {
    const parts = uid.split('.');
    parts[parts.length - fromEnd] = to;
    return parts.join('.');
  };

  it.each([
    [
      'another collection',
      () => store(datastoreId, metadataOf(moved(granted.study, 3, '8'), granted.series)),
    ],
    [
      'an arc that only begins like its own',
      () => store(datastoreId, metadataOf(moved(granted.study, 3, '70'), granted.series)),
    ],
    [
      'the held-out split',
      () => store(datastoreId, metadataOf(moved(granted.study, 2, '2'), granted.series)),
    ],
    [
      'a held-out study in its own store',
      () => store(heldOut.datastoreId, metadataOf(heldOut.study, heldOut.series)),
    ],
    [
      'a granted study asked of the held-out store',
      () => store(heldOut.datastoreId, metadataOf(granted.study, granted.series)),
    ],
    ['a study outside the root', () => store(datastoreId, metadataOf('1.2.3', granted.series))],
    ['a search for studies', () => store(datastoreId, '/studies')],
    ['a search for series', () => store(datastoreId, `/studies/${granted.study}/series`)],
    [
      'a search for instances',
      () => store(datastoreId, `/studies/${granted.study}/series/${granted.series}/instances`),
    ],
    ['the data store itself', () => store(datastoreId, '')],
    ['the list of data stores', () => '/datastore'],
    ['import jobs', () => `/listDICOMImportJobs/datastore/${datastoreId}`],
  ])('is refused %s', async (_name, path) => {
    const answer = await read(path());
    expect(answer).toMatchObject({ status: 403, errorType: expect.stringContaining('AccessDenied') });
  });

  it.each([
    ['storing instances', 'POST', () => store(datastoreId, '/studies')],
    ['storing into a granted study', 'POST', () => store(datastoreId, `/studies/${granted.study}`)],
    ['starting an import', 'POST', () => `/startDICOMImportJob/datastore/${datastoreId}`],
    ['deleting the data store', 'DELETE', () => store(datastoreId, '')],
  ])('is refused %s', async (_name, method, path) => {
    expect(await read(path(), { method })).toMatchObject({ status: 403 });
  });

  it('is refused everything outside the VPC endpoint of the Data Access Environment', async () => {
    expect((await read(grantedPath(), { endpoint: platform.addresses.aws })).status).toBe(403);
  });

  it('is refused other services', async () => {
    const bucket = platform.variable('DEIDENTIFIED_BUCKET');
    expect((await read(`/${bucket}?list-type=2`, { service: 's3' })).status).toBe(403);
  });

  it('is refused when its signature was made with another secret', async () => {
    const forged = { ...credentials, secretAccessKey: `${credentials.secretAccessKey.slice(0, -1)}_` };
    const answer = await signedRead(forged, { endpoint: inside(), path: grantedPath(), at: now() });
    expect(answer.status).toBe(403);
  });

  it('is refused when a header of the request is older than the clock allows', async () => {
    const answer = await read(grantedPath(), { at: new Date(now().getTime() - 3_600_000) });
    expect(answer.status).toBe(403);
  });

  describe('by the command', () => {
    let researcher: DemoPerson;
    let project: Record<string, unknown>;

    beforeAll(async () => {
      researcher = new DemoPerson('applicant-1', {
        command: join(projectFolder, 'dist', 'nmip.cjs'),
        api: platform.addresses.frontDoor,
        homes: join(dirname(data), 'homes'),
        signal: new AbortController().signal,
      });
      await researcher.signIn();
      const [found] = await researcher.records(['projects']);
      if (found === undefined) throw new Error('the demonstration left no project');
      project = found;
    }, 120_000);

    it('is what a credential_process prints, for an hour at most, and once more from the cache', async () => {
      const words = ['credentials', '--project', String(project.id), '--format', 'process'];
      const asked = Date.now();
      const first = await researcher.run(words);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const printed = JSON.parse(first.stdout) as Record<string, unknown>;
      expect(printed).toEqual({
        Version: 1,
        AccessKeyId: expect.stringMatching(/^ASIA/),
        SecretAccessKey: expect.any(String),
        SessionToken: expect.any(String),
        Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      const expiration = Date.parse(String(printed.Expiration));
      expect(expiration).toBeGreaterThan(asked);
      // The clock has moved on by what the command takes; STS counts from when it is asked.
      expect(expiration).toBeLessThanOrEqual(Date.now() + 3_600_000);
      expect(String(printed.Expiration).slice(0, 10) <= String(project.endsOn)).toBe(true);
      expect(await researcher.run(words)).toEqual(first);
    }, 60_000);

    it('is refused outside the Data Access Environment, and the command says what to do', async () => {
      const { code, stderr } = await researcher.run([
        ...['download', '--project', String(project.id), '--to', join(dirname(data), 'images')],
        ...['--endpoint', platform.addresses.aws],
      ]);
      expect(code).toBe(3);
      expect(stderr).toContain('AccessDenied');
      expect(stderr).toContain('Fix: Run this inside the Data Access Environment');
    }, 60_000);

    it('is not asked for with a study of another project, and the command says what to do', async () => {
      const list = join(dirname(data), 'studies.txt');
      writeFileSync(list, `${moved(granted.study, 3, '8')}\n`);
      const { code, stderr } = await researcher.run([
        ...['download', '--project', String(project.id), '--to', join(dirname(data), 'images')],
        ...['--endpoint', inside(), '--studies', list],
      ]);
      expect(code).toBe(3);
      expect(stderr).toContain('STUDY_OUTSIDE_GRANT');
      expect(stderr).toContain('Fix: Take these studies out of the list');
    }, 60_000);
  });

  it('reads nothing after it has expired', async () => {
    offset = 61 * 60_000;
    try {
      expect(await read(grantedPath())).toMatchObject({
        status: 403,
        errorType: expect.stringContaining('ExpiredToken'),
      });
    } finally {
      offset = 0;
    }
  });
});
