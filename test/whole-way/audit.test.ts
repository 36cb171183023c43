import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller } from '../../local/aws/service';
import { obtainProject } from '../../local/demo/demo-access';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { projectFolder } from './demonstration';
import { platformOn } from './platform-on';
import { type Credentials, signedRead } from './signed-read';

/** Studies that nobody has sent: the request is recorded all the same. UIDs begin with those of the local configuration. */
const series = '1.2.3.4';

const anybody: Caller = {
  principalArn: 'arn:aws:sts::000000000000:assumed-role/engineer/session',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/engineer',
  sessionTags: {},
  authorise: () => {},
};

/** An auditor's whole job on a platform: verify, find who read, and notice what an engineer has changed. */
describe('the history of a platform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nmip-audit-'));
  const stop = new AbortController();
  const people = new Map<string, DemoPerson>();
  let platform: Platform;
  let project: string;
  let granted: string;
  let other: string;

  const person = (subject: string) => people.get(subject) as DemoPerson;
  const auditor = () => person('auditor-1');
  const register = () => platform.variable('REGISTER_TABLE');

  async function itemsOf(partition: string): Promise<Record<string, { S?: string; M?: unknown }>[]> {
    const found: Record<string, { S?: string; M?: unknown }>[] = [];
    for await (const item of platform.services.dynamodb.items(register()))
      if (item.pk?.S === partition) found.push(item);
    return found;
  }

  async function until(done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 500));
  }

  const exported = () => until(async () => (await itemsOf('OUTBOX')).length === 0);

  beforeAll(async () => {
    platform = await platformOn(join(folder, 'data'));
    const settings = {
      command: join(projectFolder, 'dist', 'nmip.cjs'),
      api: platform.addresses.frontDoor,
      homes: join(folder, 'homes'),
      signal: stop.signal,
    };
    const roles: Record<string, string[]> = {
      'officer-1': [],
      'applicant-1': ['--role', 'applicant', '--organisation', 'Research organisation A'],
      'reviewer-1': ['--role', 'reviewer', '--organisation', 'Organisation B'],
      'reviewer-2': ['--role', 'reviewer', '--organisation', 'Organisation C'],
      'auditor-1': ['--role', 'auditor'],
    };
    for (const [subject, words] of Object.entries(roles)) {
      people.set(subject, new DemoPerson(subject, settings));
      if (words.length > 0) await person('officer-1').record(['people', 'set', subject, ...words]);
      await person(subject).signIn();
    }
    project = await obtainProject(people, 'chest');

    const { stdout } = await person('applicant-1').run([
      'credentials',
      '--format',
      'process',
      '--project',
      project,
    ]);
    const issued = JSON.parse(stdout) as Record<string, string>;
    const credentials: Credentials = {
      accessKeyId: String(issued.AccessKeyId),
      secretAccessKey: String(issued.SecretAccessKey),
      sessionToken: String(issued.SessionToken),
    };
    const root = platform.variable('UID_ROOT');
    granted = `${root}.7.1.123456789`;
    other = `${root}.8.1.123456789`;
    const { development } = JSON.parse(platform.variable('DATASTORES')) as { development: string };
    for (const study of [granted, other])
      await signedRead(credentials, {
        endpoint: platform.addresses.vpcEndpoint,
        path: `/datastore/${development}/studies/${study}/series/${series}/metadata`,
      });
    await exported();
  }, 300_000);

  afterAll(async () => {
    stop.abort();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('verifies, and each event stands in a checkpoint under lock', async () => {
    const verified = await auditor().record(['audit', 'verify']);
    expect(verified).toMatchObject({ intact: true, findings: [], waiting: 0 });
    expect(Number(verified.events)).toBeGreaterThan(8);
    const bucket = platform.services.s3.bucket(platform.variable('AUDIT_BUCKET'));
    const keys = bucket.store.index.keys();
    expect(keys).toHaveLength(Number(verified.checkpoints));
    for (const key of keys)
      expect(bucket.store.index.current(key)).toMatchObject({ retention: { mode: 'COMPLIANCE' } });
  }, 60_000);

  it('verifies one chain, and is shown to auditors only', async () => {
    expect(await auditor().record(['audit', 'verify', '--project', project])).toMatchObject({
      intact: true,
      chains: 1,
    });
    expect((await person('officer-1').run(['audit', 'verify'])).code).toBe(3);
  }, 60_000);

  it('tells who read which study, by person, project and study, denied requests included', async () => {
    const { person: researcher } = await auditor().record(['audit', 'person', 'applicant-1']);
    const reads = (words: readonly string[]) => auditor().records(['audit', 'reads', ...words]);
    await until(async () => (await reads(['--person', String(researcher)])).length === 2);
    expect(await reads(['--project', project])).toEqual([
      expect.objectContaining({
        study: granted,
        series,
        person: researcher,
        projectId: project,
        operation: 'GetDICOMSeriesMetadata',
        outcome: 'failed',
        errorCode: 'ResourceNotFound',
      }),
      expect.objectContaining({ study: other, outcome: 'denied', errorCode: 'AccessDenied' }),
    ]);
    expect(await reads(['--study', other])).toHaveLength(1);
    expect(await reads(['--study', '1.2.3'])).toEqual([]);
  }, 120_000);

  it('tells who could have read a study', async () => {
    const { person: researcher } = await auditor().record(['audit', 'person', 'applicant-1']);
    expect(await auditor().record(['audit', 'access', granted])).toMatchObject({
      grants: [
        {
          projectId: project,
          status: 'active',
          everMembers: [researcher],
          issued: [{ person: researcher, credentials: 1 }],
        },
      ],
    });
    expect(await auditor().record(['audit', 'access', other])).toMatchObject({ grants: [] });
  }, 60_000);

  it('is exported as CSV with a heading, events and reads', async () => {
    const file = join(folder, 'project.csv');
    const counts = await auditor().record(['audit', 'export', file, '--project', project]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^kind,at,chain,sequence,what,person,/);
    expect(lines).toHaveLength(1 + Number(counts.events) + Number(counts.reads));
    expect(counts.reads).toBe(2);
  }, 60_000);

  it('names the event of the register that an engineer changed', async () => {
    const key = { pk: { S: `PROJECT#${project}` }, sk: { S: 'EVENT#000000002' } };
    const event = (await itemsOf(key.pk.S)).find(({ sk }) => sk?.S === key.sk.S);
    const put = (Item: unknown) =>
      platform.services.dynamodb.execute(anybody, 'PutItem', { TableName: register(), Item });
    await put({ ...event, actor: { S: `r-${'0'.repeat(26)}` } });
    const found = await auditor().record(['audit', 'verify'], [5]);
    expect(found.findings).toEqual([
      {
        side: 'register',
        reason: 'HASH_DIFFERS',
        chain: project,
        sequence: 2,
        checkpoint: expect.any(Number),
      },
    ]);
    await put(event);
    expect((await auditor().run(['audit', 'verify'])).code).toBe(0);
  }, 120_000);

  it('names the event of a copied checkpoint that was changed', async () => {
    const copies = join(folder, 'checkpoints');
    await auditor().record(['audit', 'checkpoints', '--to', copies]);
    const offline = ['audit', 'verify', '--checkpoints', copies];
    expect(await auditor().record(offline)).toMatchObject({ intact: true });
    const [first = ''] = readdirSync(copies).sort();
    const made = JSON.parse(readFileSync(join(copies, first), 'utf8'));
    made.events[0].actor = `r-${'0'.repeat(26)}`;
    writeFileSync(join(copies, first), JSON.stringify(made));
    const { findings } = await auditor().record(offline, [5]);
    expect(findings).toEqual([
      expect.objectContaining({
        reason: 'HASH_DIFFERS',
        chain: made.events[0].chain,
        sequence: made.events[0].sequence,
      }),
      expect.objectContaining({ reason: 'CHECKPOINT_HASH_DIFFERS', checkpoint: 1 }),
    ]);
  }, 60_000);
});
