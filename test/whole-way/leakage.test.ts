import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LeakageReport } from '../../lambda/splits/leakage.contract';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { alteredSlice, copiedSlice, goodSlice } from './bad-files';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

/** Of whom about a fifth is held out: that fewer than two are on a side happens in less than one of a thousand runs. */
const patients = 60;

describe('what stands on both sides of the split, on the whole platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let platform: Platform;
  let uploader: ApiClient;
  let officer: DemoPerson;
  let auditor: DemoPerson;
  /** Patients by number, as they were drawn. */
  let drawn: Record<'development' | 'held-out', number[]>;

  async function submit(files: readonly Buffer[], collection = 'chest'): Promise<string> {
    const id = await uploader.submit(collection, files, (ordinal) => ordinal);
    expect(await uploader.ended(id)).toMatchObject({ state: 'done', totals: { imported: files.length } });
    return id;
  }

  /** Ordinals of a submission's files on a side of the split. */
  function ordinalsOf(submission: string, split: 'development' | 'held-out'): number[] {
    const folder = join(platform.services.s3.objectsFolder(platform.variable('CATALOGUE_BUCKET')), 'rows');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ndjson') && name.includes(`split=${split}/`))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as { submission: string; ordinal: number })
      .flatMap((row) => (row.submission === submission ? [row.ordinal] : []));
  }

  async function settled(version: string): Promise<Record<string, unknown>> {
    for (let turn = 0; turn < 600; turn += 1) {
      const progress = await officer.record(['release', 'show', version, '--all']);
      if (!['draft', 'building'].includes(String(progress.state))) return progress;
      await pause(200);
    }
    throw new Error('the release did not come to an end');
  }

  const make = async (version: string) => {
    await officer.record(['release', 'create', version, '--title', 'Chest', '--collection', 'chest']);
    return settled(version);
  };
  const findingsOf = async (version: string) =>
    (await officer.record(['release', 'leakage', version], [1])) as unknown as LeakageReport;

  beforeAll(async () => {
    command.build();
    platform = await platformOn(data);
    const api = platform.addresses.frontDoor;
    const person = async (subject: string) => {
      const made = new DemoPerson(subject, {
        command: command.path,
        api,
        homes: mkdtempSync(join(command.folder, 'homes-')),
        signal: new AbortController().signal,
      });
      await made.signIn();
      return made;
    };
    const first = await ApiClient.signedIn(api, 'officer-1');
    await first.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    await first.recordPerson('auditor-1', { roles: ['auditor'] });
    uploader = await ApiClient.signedIn(api, 'uploader-rx1');
    officer = await person('officer-1');
    auditor = await person('auditor-1');
    const id = await submit(Array.from({ length: patients }, (_, index) => goodSlice(index + 1, 1)));
    drawn = { development: ordinalsOf(id, 'development'), 'held-out': ordinalsOf(id, 'held-out') };
  }, 300_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  it('a release of different images passes', async () => {
    expect(drawn.development.length + drawn['held-out'].length).toBe(patients);
    expect(await make('2026.1')).toMatchObject({ state: 'published', stop: null });
    const { code, stdout } = await officer.run(['release', 'leakage', '2026.1']);
    expect(stdout).toContain('2026.1: clear');
    expect(stdout).toContain(`${patients} images compared`);
    expect(code).toBe(0);
  }, 300_000);

  it('copies of development images among those held out stop a release with a list for officers alone', async () => {
    const [one = 0, two = 0] = drawn.development;
    const [other = 0, another = 0] = drawn['held-out'];
    await submit([
      copiedSlice({ patient: other, slice: 2 }, { patient: one, slice: 1 }, 1),
      copiedSlice({ patient: another, slice: 2 }, { patient: two, slice: 1 }, 0),
    ]);
    expect(await make('2026.2')).toMatchObject({
      state: 'stopped',
      stop: { kind: 'gate', about: 'leakage', findings: 2 },
    });
    const how = await officer.run(['release', 'show', '2026.2', '--all']);
    expect(how.stdout).toContain('nmip release leakage 2026.2');

    const { code, stdout } = await officer.run(['release', 'leakage', '2026.2']);
    expect(code).toBe(1);
    expect(stdout).toContain('2026.2: stopped, 2 findings to look at');
    expect(stdout).toMatch(/near-duplicate: .* \(1 pair of images, the nearest \d bits? of 256 apart\)/);
    expect(stdout).toMatch(/same-pixels: .* \(1 pair of images\)/);
    expect(stdout).toContain('nmip release resume 2026.2');
    for (const { development, heldOut } of (await findingsOf('2026.2')).findings) {
      expect(stdout).toContain(`study ${development.study}`);
      expect(stdout).toContain(`study ${heldOut.study}`);
    }
    const refused = await auditor.run(['release', 'leakage', '2026.2']);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain('ROLE_REQUIRED');
  }, 300_000);

  it('what is acknowledged lets it pass, what is not stops it again, and what is withdrawn is no finding', async () => {
    const { findings } = await findingsOf('2026.2');
    const idOf = (kind: string) => findings.find((each) => each.kind === kind)?.id ?? '';
    const acknowledge = (id: string, reason: string) =>
      officer.run(['release', 'acknowledge', '2026.2', '--finding', id, '--reason', reason, '--json']);
    const unfit = await acknowledge(idOf('same-pixels'), 'different-people');
    expect([unfit.code, JSON.parse(unfit.stderr)]).toMatchObject([2, { code: 'REASON_DOES_NOT_FIT' }]);
    const unknown = await acknowledge('0'.repeat(12), 'different-people');
    expect([unknown.code, JSON.parse(unknown.stderr)]).toMatchObject([2, { code: 'FINDING_NOT_FOUND' }]);
    const said = await acknowledge(idOf('near-duplicate').slice(0, 12), 'different-people');
    expect(JSON.parse(said.stdout)).toMatchObject({
      finding: idOf('near-duplicate'),
      kind: 'near-duplicate',
      reason: 'different-people',
    });
    expect(said.stderr).toContain('Still to look at: 1.');
    expect((await findingsOf('2026.2')).findings.map(({ kind }) => kind)).toEqual(['same-pixels']);

    await officer.record(['release', 'resume', '2026.2']);
    expect(await settled('2026.2')).toMatchObject({ state: 'stopped', stop: { findings: 1 } });

    const study = findings.find(({ kind }) => kind === 'same-pixels')?.heldOut.study ?? '';
    const words = ['withdraw', 'studies', study, '--collection', 'chest', '--reason', 'sent-in-error'];
    expect(await officer.record([...words, '--confirm', '--watch'])).toMatchObject({ state: 'done' });
    await officer.record(['release', 'resume', '2026.2']);
    expect(await settled('2026.2')).toMatchObject({ state: 'published', stop: null });
    const report = await officer.record(['release', 'leakage', '2026.2']);
    expect(report).toMatchObject({ outcome: 'clear', findings: [], acknowledged: 1 });
  }, 600_000);

  it('one person under two pseudonyms stops it, and cannot be acknowledged as an image of nobody', async () => {
    // of the same hospital number, without the NHS number that they had before: two draws, which differ for a third of them
    const again = Array.from({ length: 30 }, (_, index) =>
      alteredSlice(index + 1, 9, { OtherPatientIDsSequence: undefined }),
    );
    await submit(again, 'any-kind');
    expect(await make('2026.3')).toMatchObject({ state: 'stopped', stop: { about: 'leakage' } });
    const { findings } = await findingsOf('2026.3');
    expect([...new Set(findings.map(({ kind }) => kind))]).toEqual(['same-person']);
    const unfit = await officer.run([
      ...['release', 'acknowledge', '2026.3', '--finding', findings[0]?.id ?? ''],
      ...['--reason', 'nobody-in-the-image', '--json'],
    ]);
    expect([unfit.code, JSON.parse(unfit.stderr).code]).toEqual([2, 'REASON_DOES_NOT_FIT']);

    for (const collection of ['chest', 'any-kind']) {
      const studies = findings.flatMap(({ heldOut }) =>
        heldOut.collection === collection ? [heldOut.study] : [],
      );
      if (studies.length === 0) continue;
      const words = [
        'withdraw',
        'studies',
        ...studies,
        '--collection',
        collection,
        '--reason',
        'sent-in-error',
      ];
      expect(await officer.record([...words, '--confirm', '--watch'])).toMatchObject({ state: 'done' });
    }
    await officer.record(['release', 'resume', '2026.3']);
    expect(await settled('2026.3')).toMatchObject({ state: 'published', stop: null });
  }, 600_000);
});
