import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DemoPerson } from '../../local/demo/demo-person';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { type AccessPlatform, startAccessPlatform } from './access-platform';
import { goodSlice, nhsNumberOf } from './bad-files';
import { newDataFolder } from './demonstration';

/** Of whom about a fifth is held out: enough that both splits have a crowd. */
const patients = 100;
const version = '2026.1';

type Fields = Record<string, unknown>;

/**
 * A demographics table of all patients, of two groups alone: who is held out is drawn, and of many groups some draws leave a
 * few people too well known for any cohort.
 */
function demographics(): Buffer {
  const rows = Array.from(
    { length: patients },
    (_, patient) => `${nhsNumberOf(patient)},40,${1 + (patient % 2)},A\n`,
  );
  return Buffer.from(`nhs_number,age_at_scan,sex,ethnic_category\n${rows.join('')}`);
}

describe('a release and a cohort, on the whole platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let access: AccessPlatform;
  let officer: ApiClient;
  let member: ApiClient;
  let origin: string;

  beforeAll(async () => {
    command.build();
    access = await startAccessPlatform(data, 1);
    origin = access.platform.addresses.frontDoor;
    officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    const uploader = await ApiClient.signedIn(origin, 'uploader-rx1');
    member = await ApiClient.signedIn(origin, 'member-1');
    const id = await uploader.submit(
      'chest',
      Array.from({ length: patients }, (_, patient) => goodSlice(patient, 1)),
      (ordinal) => ordinal,
    );
    expect((await uploader.sendDemographics(id, demographics())).status).toBe(200);
    expect(await uploader.ended(id)).toMatchObject({ state: 'done', totals: { imported: patients } });
  }, 300_000);

  afterAll(async () => {
    await access?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  /** The release once its machine has come to an end or waits for somebody. */
  async function settled(): Promise<Fields> {
    for (let turn = 0; turn < 600; turn += 1) {
      const progress = await officer.call<Fields>('GET', `/releases/${version}/progress`);
      if (!['draft', 'building'].includes(String(progress.state))) return progress;
      await pause(200);
    }
    throw new Error('the release did not come to an end');
  }

  it('is made in steps, and published with documents that everybody may check and that list no study', async () => {
    const asked = { version, title: 'First release of the chest', collections: ['chest'] };
    expect((await member.ask('POST', '/releases', asked)).code).toBe('ROLE_REQUIRED');
    await officer.call('POST', '/releases', asked);
    expect(await settled()).toMatchObject({ state: 'published', stop: null });
    const findings = await officer.call<Fields>('GET', `/releases/${version}/findings`);
    expect(findings).toMatchObject({ leakage: { outcome: 'clear', account: { compared: patients } } });
    expect((await officer.ask('POST', '/releases', { ...asked, title: 'Again' })).code).toBe(
      'RELEASE_EXISTS',
    );

    const published = (await (await fetch(`${origin}/v1/releases/${version}`)).json()) as Fields;
    expect(published).toMatchObject({
      people: { kind: 'shown' },
      heldOut: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    // people whose images may be read; who is held out is committed to, not counted here
    const { value } = published.people as { value: number };
    expect([value % 5, value < patients]).toEqual([0, true]);
    const documents = new Map<string, Buffer>();
    for (const name of published.files as string[]) {
      const link = await fetch(`${origin}/v1/releases/${version}/files/${name}`);
      const { url } = (await link.json()) as { url: string };
      documents.set(name, Buffer.from(await (await fetch(url)).arrayBuffer()));
    }
    const sha256 = (bytes: Buffer | undefined) =>
      createHash('sha256')
        .update(bytes ?? Buffer.alloc(0))
        .digest('hex');
    const lines = String(documents.get('checksums.txt')).trimEnd().split('\n');
    const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
    for (const [name, bytes] of documents)
      if (!name.startsWith('checksums')) expect([name, listed.get(name)]).toEqual([name, sha256(bytes)]);
    expect(sha256(documents.get('checksums.txt'))).toBe(published.checksums);
    expect([...documents.keys()]).toEqual(
      expect.arrayContaining(['datasheet.md', 'croissant.json', 'hdruk.json', 'dcat.jsonld']),
    );

    const reported = async (path: string) =>
      (await (await fetch(`${origin}/v1/releases/${version}/${path}`)).json()) as Fields;
    const { attributes } = await reported('representativeness');
    expect(attributes).toHaveLength(6);
    // there is one collection, so what is said of it is said of the release
    expect((await reported('collections/chest/representativeness')).attributes).toEqual(attributes);
    expect(await reported('collections/breast-screening/representativeness')).toMatchObject({
      code: 'COLLECTION_NOT_IN_RELEASE',
    });

    expect((await fetch(`${origin}/v1/releases/${version}/manifest`)).status).toBe(401);
    const { url } = await officer.call<{ url: string }>('GET', `/releases/${version}/manifest`);
    const manifest = await (await fetch(url)).text();
    expect(sha256(Buffer.from(manifest))).toBe(listed.get('manifest.csv'));
    const studies = [...manifest.matchAll(/\b[\d.]{50,64}\b/g)].map(([uid]) => uid);
    expect(studies.length).toBeGreaterThan(0);
    for (const [name, bytes] of documents)
      expect([name, studies.some((uid) => bytes.includes(uid))]).toEqual([name, false]);
  }, 300_000);

  it('is counted under the disclosure rule, for development studies alone', async () => {
    const project = access.projects[0];
    const counts = await member.call<{ patients: { value: number }; facets: unknown[] }>(
      'POST',
      '/cohorts/counts',
      { project, filter: 'modality=CT', facets: ['sex'] },
    );
    expect(counts).toMatchObject({ release: version, collections: ['chest'], patients: { kind: 'shown' } });
    expect(counts.patients.value % 5).toBe(0);
    expect(counts.patients.value).toBeLessThan(patients);
    const nobody = { project, filter: 'modality=MR' };
    expect(await member.call('POST', '/cohorts/counts', nobody)).toMatchObject({
      patients: { kind: 'suppressed' },
    });
    const misspelt = await member.ask('POST', '/cohorts/counts', { project, filter: 'modalty=CT' });
    expect([misspelt.status, JSON.stringify(misspelt.content).includes('modality')]).toEqual([400, true]);
    const injected = await member.ask('POST', '/cohorts/counts', {
      project,
      filter: "modality=CT' OR trust='RX1",
    });
    expect(injected.status).toBe(400);
    expect(
      (await officer.ask('POST', '/cohorts/counts', { project, filter: '' })).status,
    ).toBeGreaterThanOrEqual(400);
  });

  /** Who is held out is drawn, and of a hundred people a cohort may leave a few too well known: then another is made. */
  async function firstCohort(project: string | undefined): Promise<{
    cohort: { cohortId: string; totals: { studies: number }; manifest: string; cite: string };
  }> {
    for (const filter of ['modality=CT', 'sex=1', 'sex=2']) {
      const wanted = { project, filter, name: 'A cohort', confirm: false };
      const preview = await member.ask('POST', '/cohorts', wanted);
      const made =
        preview.status < 300 ? await member.ask('POST', '/cohorts', { ...wanted, confirm: true }) : preview;
      if (made.status < 300) {
        expect(preview.content).toMatchObject({ kind: 'preview' });
        return made.content as Awaited<ReturnType<typeof firstCohort>>;
      }
      expect(['COHORT_TOO_SIMILAR', 'COUNT_TOO_SIMILAR']).toContain(made.code);
    }
    throw new Error('no cohort was made');
  }

  it('gives a cohort as a list that stays, of development studies', async () => {
    const project = access.projects[0];
    const { cohort } = await firstCohort(project);
    expect(cohort.cite).toContain(`NMIP ${version}, cohort ${cohort.cohortId}@v1`);
    const { studies } = await member.call<{ studies: { studyInstanceUid: string }[] }>(
      'GET',
      `/cohorts/${cohort.cohortId}/versions/1/manifest`,
    );
    expect(studies).toHaveLength(cohort.totals.studies);
    // arc 7 is the chest's, 1 development
    for (const { studyInstanceUid } of studies) expect(studyInstanceUid).toMatch(/\.7\.1\.\d+$/);
    expect((await officer.ask('GET', `/cohorts/${cohort.cohortId}/versions/1/manifest`)).status).toBe(403);
  });

  it('fetches the images of a cohort by the command, with the version to cite', async () => {
    const project = access.projects[0];
    const { cohort } = await firstCohort(project);
    const researcher = new DemoPerson('member-1', {
      command: command.path,
      api: origin,
      homes: join(command.folder, 'homes'),
      signal: new AbortController().signal,
    });
    await researcher.signIn();
    const target = join(command.folder, 'images');
    const words = ['download', '--cohort', `${cohort.cohortId}@v1`, '--to', target, '--json'];
    const inside = ['--endpoint', access.platform.addresses.vpcEndpoint];
    const { code, stdout } = await researcher.run([...words, ...inside]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      files: cohort.totals.studies,
      missing: [],
      withdrawn: [],
      outside: [],
      differing: [],
    });
    expect(JSON.parse(readFileSync(join(target, 'download.json'), 'utf8'))).toMatchObject({
      complete: true,
      cohort: { cite: cohort.cite, manifest: cohort.manifest, release: version },
    });
  }, 120_000);
});
