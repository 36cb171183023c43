import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { deidentifyFiles } from '../../../cli/deidentify/deidentify-files';
import { loadDeidentifySettings } from '../../../cli/deidentify/deidentify-settings';
import { Output } from '../../../cli/terminal/output';
import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { ctElements, makeInstance, text } from '../../dicom/samples/make-instance';

const ct = (sopInstanceUid: string, description = 'CT chest'): Buffer =>
  makeInstance({
    syntax: 'explicit',
    elements: ctElements(explicitLittleEndian, [
      text(0x00080018, 'UI', sopInstanceUid),
      text(0x0008103e, 'LO', description),
    ]),
  });

describe('nmip deidentify', () => {
  let folder = '';
  const at = (...names: string[]): string => join(folder, ...names);
  const silent = new Output({ quiet: true }, new Writable({ write: (_c, _e, done) => done() }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-deidentify-'));
    mkdirSync(at('in', 'sub'), { recursive: true });
    writeFileSync(at('key'), `${'0a'.repeat(32)}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(input = at('in'), mappings: string | null = null) {
    const settings = await loadDeidentifySettings({ keyFile: at('key'), collection: 'any-kind' });
    const totals = await deidentifyFiles(silent, settings, {
      input,
      outputFolder: at('out'),
      reportFile: at('report.jsonl'),
      mappingsFolder: mappings,
      signal: new AbortController().signal,
    });
    const report = readFileSync(at('report.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | null>);
    return { totals, report };
  }

  it('writes <study>/<series>/<instance>.dcm and a line of the report for every file', async () => {
    writeFileSync(at('in', 'a'), ct('1.2.3.1'));
    writeFileSync(at('in', 'sub', 'b'), ct('1.2.3.2'));
    writeFileSync(at('in', 'notes.txt'), 'no image');
    const { totals, report } = await run();
    expect(totals).toEqual({ deidentified: 2, quarantined: 1 });
    expect(report.map(({ input, outcome, code }) => [input, outcome, code])).toEqual([
      ['a', 'deidentified', null],
      ['notes.txt', 'quarantined', 'NOT_DICOM'],
      ['sub/b', 'deidentified', null],
    ]);
    for (const { output, sha256 } of report.filter(({ outcome }) => outcome === 'deidentified')) {
      expect(output).toMatch(/^[\d.]+\/[\d.]+\/[\d.]+\.dcm$/);
      expect(statSync(at('out', output ?? '')).size).toBeGreaterThan(1000);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(readdirSync(at('out')).filter((name) => name.startsWith('.nmip'))).toEqual([]);
  });

  it('takes a single file', async () => {
    writeFileSync(at('in', 'a'), ct('1.2.3.1'));
    expect((await run(at('in', 'a'))).totals).toEqual({ deidentified: 1, quarantined: 0 });
  });

  it('lets the first of two different images of one UID stay, and says so of the second', async () => {
    writeFileSync(at('in', 'a'), ct('1.2.3.1'));
    writeFileSync(at('in', 'b'), ct('1.2.3.1', 'CT abdomen'));
    writeFileSync(at('in', 'c'), ct('1.2.3.1'));
    const { report } = await run();
    expect(report.map(({ code }) => code)).toEqual([null, 'UID_CONFLICT', null]);
    expect(report[2]?.output).toBe(report[0]?.output);
    expect(readFileSync(at('out', report[0]?.output ?? '')).includes('CT chest')).toBe(true);
  });

  it('gives the same output again', async () => {
    writeFileSync(at('in', 'a'), ct('1.2.3.1'));
    const first = await run();
    expect((await run()).report).toEqual(first.report);
  });

  it('writes mappings only when asked', async () => {
    writeFileSync(at('in', 'a'), ct('1.2.3.1'));
    await run();
    expect(readdirSync(folder).sort()).toEqual(['in', 'key', 'out', 'report.jsonl']);
    const { report } = await run(at('in'), at('maps'));
    const uids = readFileSync(at('maps', 'uid_mapping.csv'), 'utf8').split('\n');
    expect(uids[0]).toBe('id_old,id_new');
    const instance = report[0]?.output?.split('/').at(-1)?.replace('.dcm', '');
    expect(uids).toContain(`1.2.3.1,${instance}`);
    expect(readFileSync(at('maps', 'patid_mapping.csv'), 'utf8')).toMatch(
      /^id_old,id_new\nHOSP884213,[0-9A-Z]{26}\n$/,
    );
  });

  it('refuses to write among what it reads', async () => {
    mkdirSync(at('out'));
    await expect(run(folder)).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each([
    [{ collection: 'no-such' }, 'COLLECTION_UNKNOWN'],
    [{ trust: 'ZZZ' }, 'TRUST_UNKNOWN'],
    [{ keyFile: '/no/such/key' }, 'FILE_NOT_READABLE'],
    [{ config: __filename }, 'CONFIGURATION_INVALID'],
  ])('refuses %j as an error of usage', async (change, code) => {
    const options = { keyFile: at('key'), collection: 'any-kind', ...change };
    await expect(loadDeidentifySettings(options)).rejects.toMatchObject({ exitCode: 2, hints: { code } });
  });

  it('refuses a key that is none', async () => {
    writeFileSync(at('key'), 'secret');
    await expect(
      loadDeidentifySettings({ keyFile: at('key'), collection: 'any-kind' }),
    ).rejects.toMatchObject({
      hints: { code: 'KEY_INVALID' },
    });
  });
});
