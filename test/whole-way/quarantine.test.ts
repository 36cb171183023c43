import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Caller } from '../../local/aws/service';
import { DemoPerson } from '../../local/demo/demo-person';
import { filesBelow } from '../../local/drill/leak-search';
import { type Platform, startPlatform } from '../../local/platform';
import { synthesise } from '../../local/stack/synthesise';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { goodSlice, screenSave } from './bad-files';
import { newDataFolder, projectFolder } from './demonstration';

interface Collection {
  readonly id: string;
  readonly acceptedPixelKinds: readonly string[];
}

/** A copy of an assembly in which the collection `chest` accepts more kinds of image. */
function acceptingAssembly(assembly: string, folder: string, kinds: readonly string[]): string {
  const copy = join(folder, 'assembly');
  cpSync(assembly, copy, { recursive: true });
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('configuration.json'),
  );
  for (const name of files) {
    const path = join(copy, name);
    const configuration = JSON.parse(readFileSync(path, 'utf8')) as { collections?: Collection[] };
    const collections = configuration.collections?.map((each) =>
      each.id === 'chest' && 'acceptedPixelKinds' in each ? { ...each, acceptedPixelKinds: kinds } : each,
    );
    writeFileSync(path, JSON.stringify(collections ? { ...configuration, collections } : configuration));
  }
  return copy;
}

/** Somebody who may do everything: the test itself. */
const caller: Caller = {
  principalArn: 'arn:aws:sts::000000000000:assumed-role/test/session',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  sessionTags: {},
  authorise: () => {},
};

describe('quarantined files', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let assembly: string;
  let platform: Platform;
  let officer: DemoPerson;
  let submission: string;

  const files = [
    goodSlice(1, 1),
    screenSave(1, 1),
    screenSave(1, 2),
    screenSave(3, 1),
    Buffer.from('no image'),
  ];

  async function start(from: string): Promise<void> {
    platform = await startPlatform({
      assembly: from,
      dataFolder: data,
      ports: { frontDoor: 0, aws: 0, vpcEndpoint: 0 },
    });
    officer = new DemoPerson('officer-1', {
      command: join(command.folder, 'nmip.cjs'),
      api: platform.addresses.frontDoor,
      homes: mkdtempSync(join(command.folder, 'homes-')),
      signal: new AbortController().signal,
    });
    await officer.signIn();
  }

  const uploader = () => ApiClient.signedIn(platform.addresses.frontDoor, 'uploader-rx1');

  /** Keys of the files in a bucket's folder. */
  const keysIn = (bucket: string) => {
    const folder = platform.services.s3.objectsFolder(bucket);
    return [...filesBelow(folder, () => false)].map((path) => path.slice(folder.length + 1)).sort();
  };
  const landing = () => {
    const names = [...platform.services.s3.buckets()].map(({ definition }) => definition.name);
    return names.find((name) => name.includes('-rx1-')) ?? 'no landing bucket';
  };
  const quarantine = () => platform.variable('QUARANTINE_BUCKET');
  const states = async () => {
    const records = await officer.records(['quarantine', 'list']);
    const own = records.filter((record) => record.submission === submission);
    return Object.fromEntries(own.map(({ ordinal, state }) => [ordinal, state]));
  };

  beforeAll(async () => {
    command.build();
    ({ assembly } = await synthesise({
      projectFolder,
      assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
      environment: 'local',
      today: new Date(),
    }));
    await start(assembly);
    const admin = await ApiClient.signedIn(platform.addresses.frontDoor, 'officer-1');
    await admin.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    const sender = await uploader();
    submission = await sender.submit('chest', files);
    expect(await sender.ended(submission)).toMatchObject({ state: 'done' });
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  it('are in the lists of officers and of their trust, which may decide nothing', async () => {
    expect(await states()).toEqual({ 2: 'waiting', 3: 'waiting', 4: 'waiting', 5: 'waiting' });
    expect(keysIn(quarantine())).toEqual([2, 3, 4].map((ordinal) => `RX1/${submission}/00000${ordinal}`));
    expect(keysIn(landing())).toEqual([`${submission}/000005`]);
    const own = await uploader();
    const { files: seen } = await own.call<{ files: unknown[] }>('GET', '/quarantine');
    expect(seen).toHaveLength(4);
    expect(await own.ask('POST', '/quarantine/releases', { code: 'BURNED_IN_TEXT' })).toMatchObject({
      status: 403,
      code: 'ROLE_REQUIRED',
    });
  });

  it('are not released while the rules are what they were', async () => {
    const { code, stderr } = await officer.run(['quarantine', 'release', '--code', 'BURNED_IN_TEXT']);
    expect(stderr).toContain('RULES_NOT_CHANGED');
    expect(code).not.toBe(0);
  });

  it('are rejected by an officer, and then gone in every version', async () => {
    const words = ['quarantine', 'reject', `${submission}/4`, '--reason', 'not-wanted'];
    expect(await officer.record(words)).toMatchObject({ state: 'rejected' });
    expect(keysIn(quarantine())).toEqual([2, 3].map((ordinal) => `RX1/${submission}/00000${ordinal}`));
  });

  it('are imported by a release when the collection has come to accept their kind, and nothing of them is left', async () => {
    await platform.stop();
    await start(acceptingAssembly(assembly, command.folder, ['screen-save']));
    const shown = await officer.record(['quarantine', 'show', `${submission}/2`]);
    expect(shown).toMatchObject({ rulesChanged: true, state: 'waiting' });
    const words = ['quarantine', 'release', '--code', 'BURNED_IN_TEXT'];
    expect(await officer.record([...words, '--dry-run'])).toMatchObject({ files: 2 });
    const released = await officer.record([...words, '--watch']);
    expect(released).toMatchObject({
      files: 2,
      parts: [{ state: 'done', files: 2, totals: { imported: 2, quarantined: 0, missing: 0 } }],
    });
    expect(await states()).toEqual({ 2: 'released', 3: 'released', 4: 'rejected', 5: 'waiting' });
    expect(keysIn(quarantine())).toEqual([]);
    expect(keysIn(landing())).toEqual([`${submission}/000005`]);
    const [part] = released.parts as { submission: string }[];
    const own = await uploader();
    const replay = await own.call<Record<string, unknown>>('GET', `/submissions/${part?.submission}`);
    expect(replay).toMatchObject({ state: 'done', replayOf: [submission], totals: { imported: 2 } });
    const again = await officer.run([...words, '--again']);
    expect(again.stderr).toContain('NOTHING_TO_RELEASE');
  }, 120_000);

  it('end in time by the daily run, with an entry in the ledger', async () => {
    const { services } = platform;
    const TableName = platform.variable('LEDGER_TABLE');
    const past = '2026-01-01T00:00:00.000Z';
    await services.dynamodb.execute(caller, 'UpdateItem', {
      TableName,
      Key: { pk: { S: `QUARANTINE#${submission}` }, sk: { S: 'FILE#000005' } },
      UpdateExpression: 'SET expiresAt = :past',
      ExpressionAttributeValues: { ':past': { S: past } },
    });
    const group = { submission, trust: 'RX1', held: 'landing', expiresAt: past };
    await services.dynamodb.execute(caller, 'PutItem', {
      TableName,
      Item: {
        pk: { S: 'QUARANTINE#EXPIRY' },
        sk: { S: `${past}#${submission}#landing` },
        ...Object.fromEntries(Object.entries(group).map(([name, value]) => [name, { S: value }])),
      },
    });
    const [expire] = platform.stacks.flatMap(({ resources }) =>
      [...resources].flatMap(([id, { type, attributes }]) =>
        type === 'AWS::Lambda::Function' && id.startsWith('ExpireQuarantine') ? [String(attributes.Arn)] : [],
      ),
    );
    const { payload } = await services.functions.invokeForDeployment(expire ?? '', {});
    expect(payload).toMatchObject({ expired: 1 });
    expect(await states()).toMatchObject({ 5: 'expired' });
    expect(keysIn(landing())).toEqual([]);
  });
});
