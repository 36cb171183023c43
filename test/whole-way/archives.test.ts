import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DemoPerson } from '../../local/demo/demo-person';
import { filesBelow, LeakSearch } from '../../local/drill/leak-search';
import type { Platform } from '../../local/platform';
import { BuiltCommand } from '../cli/run-command';
import { writeZip } from '../dicom/archive/zip-file';
import { ApiClient } from '../local/api-client';
import { goodSlice, nhsNumberOf } from './bad-files';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

/** Names that a PACS gives: each would identify somebody, and one would leave the folder. */
const names = {
  first: 'ZAPHODSEN^ELSPETH/CT/IM000001.dcm',
  second: '../../ZAPHODSEN^ELSPETH/IM000002.dcm',
  damaged: 'QUILLFEATHER^OSWIN/IM000003.dcm',
  optedOut: '/TREMBLEWITH^MAUD/IM000004.dcm',
  letter: 'QUILLFEATHER^OSWIN/letter.pdf',
  stored: 'WIMPLESNOOK^BARNABY/IM000005.dcm',
  twice: 'WIMPLESNOOK^BARNABY/again.dcm',
};
const archiveNames = ['ZAPHODSEN_ELSPETH.zip', 'WIMPLESNOOK_BARNABY.zip'] as const;

describe('a folder with loose files and archives', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  const folder = join(command.folder, 'export');
  let platform: Platform;
  let uploader: DemoPerson;
  let submission: string;
  let outcome: { code: number; stdout: string; stderr: string };

  beforeAll(async () => {
    command.build();
    mkdirSync(folder);
    const deflated = writeZip([
      { name: 'ZAPHODSEN^ELSPETH/', content: Buffer.alloc(0), stored: true },
      { name: names.first, content: goodSlice(1, 1) },
      { name: names.second, content: goodSlice(1, 2) },
      { name: names.damaged, content: goodSlice(1, 3), says: { crc32: 7 } },
      { name: names.optedOut, content: goodSlice(2, 1) },
      { name: names.letter, content: Buffer.from('Dear Mr Quillfeather') },
      { name: '__MACOSX/._IM000001.dcm', content: Buffer.from('resource fork') },
    ]);
    const stored = writeZip([
      { name: names.stored, content: goodSlice(3, 1), stored: true },
      { name: names.twice, content: goodSlice(3, 1), stored: true },
    ]);
    writeFileSync(join(folder, archiveNames[0]), deflated.archive);
    writeFileSync(join(folder, archiveNames[1]), stored.archive);
    writeFileSync(join(folder, 'loose-1'), goodSlice(3, 2));
    writeFileSync(join(folder, 'loose-2'), goodSlice(1, 4));

    platform = await platformOn(data);
    appendFileSync(platform.optedOutFile, `${nhsNumberOf(2)}\n`);
    const origin = platform.addresses.frontDoor;
    const officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    uploader = new DemoPerson('uploader-rx1', {
      command: join(command.folder, 'nmip.cjs'),
      api: origin,
      homes: mkdtempSync(join(command.folder, 'homes-')),
      signal: new AbortController().signal,
    });
    await uploader.signIn();
    const sent = await uploader.record(['upload', folder, '--collection', 'chest']);
    submission = String(sent.submission);
    await (await ApiClient.signedIn(origin, 'uploader-rx1')).ended(submission);
    outcome = await uploader.run(['submission', submission, '--watch', '--to', command.folder]);
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const objectsOf = (bucket: string) => platform.services.s3.objectsFolder(bucket);
  const landing = () => {
    const found = platform.services.s3.buckets();
    const name = [...found].map(({ definition }) => definition.name).find((each) => each.includes('-rx1-'));
    if (name === undefined) throw new Error('no landing bucket');
    return objectsOf(name);
  };

  it('ends in a receipt that verifies, in which each file has its fate', async () => {
    expect(outcome.stderr).not.toContain('Error');
    const api = await ApiClient.signedIn(platform.addresses.frontDoor, 'uploader-rx1');
    const view = await api.call<Record<string, unknown>>('GET', `/submissions/${submission}`);
    expect(view).toMatchObject({ state: 'done', fileCount: 8 });
    const receipt = await uploader.record(['submission', submission, '--to', command.folder], [0, 1]);
    expect(receipt).toMatchObject({
      totals: { imported: 5, duplicate: 1, withheld: 1, quarantined: 1, missing: 0 },
      quarantine: { ARCHIVE_MEMBER_INVALID: 1 },
    });
  });

  it('puts the names of members back into what the uploader reads', () => {
    expect(outcome.stdout).toContain(`${archiveNames[0]}/${names.damaged}`);
    expect(outcome.code).toBe(1);
  });

  it('keeps of the archives only the bytes of the damaged member, and nobody’s who opted out', () => {
    const kept = [...filesBelow(landing(), () => false)].map((path) => path.slice(landing().length + 1));
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatch(new RegExp(`^${submission}/00000\\d$`));
    const bytes = readFileSync(join(landing(), kept[0] ?? ''));
    expect(bytes.includes(nhsNumberOf(2))).toBe(false);
    expect(bytes.readUInt32LE(0)).not.toBe(0x04034b50);
  });

  it('stores no name of an archive or of a member anywhere', async () => {
    const texts = [
      ...Object.values(names),
      ...archiveNames,
      'ZAPHODSEN',
      'QUILLFEATHER',
      'TREMBLEWITH',
      'WIMPLESNOOK',
    ];
    const search = new LeakSearch(
      texts.map((text) => ({ kind: 'name of a member', text, bytes: Buffer.from(text) })),
    );
    const leaks = await search.inFolder(data, () => false);
    for (const table of ['LEDGER_TABLE', 'REGISTER_TABLE'])
      for await (const item of platform.services.dynamodb.items(platform.variable(table)))
        leaks.push(...search.inBytes(Buffer.from(JSON.stringify(item)), table));
    expect(leaks.map(({ where, label }) => `${where}: ${label}`)).toEqual([]);
  }, 60_000);

  it('sends nothing again when the command is run again', async () => {
    const again = await uploader.record(['upload', folder, '--collection', 'chest']);
    expect(again).toMatchObject({ submission, state: 'done', sent: 0 });
  });
});
