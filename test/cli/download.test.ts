import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import type * as z from 'zod';
import { singlePart } from '../../cli/download/multipart-related';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';
import { MOST_STUDIES } from '../../lambda/credentials/credentials.contract';
import type { projectView } from '../../lambda/register/project.contract';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const datastoreId = '0'.repeat(32);
const project = `p-${'0'.repeat(26)}`;

const study = {
  seed: 'download',
  name: 'ct',
  patient: fictitiousPatient('download', 0),
  nhsNumberPlace: { attribute: 'PatientID' },
} as const;
const slices = [1, 2, 3].map((slice) => {
  const { instance, pixels } = ctSlice(study, { series: 1, slice, size: 16 });
  return { file: part10File(instance, pixels), pixels };
});
const uidsOf = (file: Buffer) => {
  const dataSet = dicomParser.parseDicom(file);
  return {
    study: dataSet.string('x0020000d') ?? '',
    series: dataSet.string('x0020000e') ?? '',
    instance: dataSet.string('x00080018') ?? '',
  };
};
const first = uidsOf(slices[0]?.file ?? Buffer.alloc(0));

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hex = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whether the signature is that of the secret over this request (Signature Version 4). */
function isSigned(request: IncomingMessage, secret: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const [, scope = '', names = '', signature = ''] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(authorization) ?? [];
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    request.headers['x-amz-content-sha256'] ?? hex(''),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hex(canonical)].join('\n');
  return hmac(key, text).toString('hex') === signature && scope.includes('/medical-imaging/');
}

/** An image store that holds the three slices and answers only what is signed. */
class FakeImageStore {
  readonly requests: string[] = [];
  deny = false;
  /** Sends half of the next instance. */
  cutOff = 0;
  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(secret: string): Promise<FakeImageStore> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const store = new FakeImageStore(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => store.answer(request, response, secret));
    return store;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse, secret: string): void {
    const path = (request.url ?? '').slice(`/datastore/${datastoreId}`.length);
    this.requests.push(path);
    if (this.deny || !isSigned(request, secret))
      return void response
        .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
        .end('{"message":"not authorized"}');
    if (path.endsWith('/metadata'))
      return void response.writeHead(200, { 'content-type': 'application/dicom+json' }).end(
        JSON.stringify(
          slices.map(({ file }) => ({
            '00080018': { vr: 'UI', Value: [uidsOf(file).instance] },
            '00280010': { vr: 'US', Value: [16] },
            '7FE00010': { vr: 'OW', BulkDataURI: 'pixels' },
          })),
        ),
      );
    const slice = slices.find(({ file }) => path.includes(`/instances/${uidsOf(file).instance}`));
    if (slice === undefined) return void response.writeHead(404).end();
    if (path.endsWith('/frames/1')) {
      response.writeHead(200, { 'content-type': 'multipart/related; boundary=x' });
      response.write('--x\r\nContent-Type: application/octet-stream\r\n\r\n');
      response.write(slice.pixels);
      return void response.end('\r\n--x--');
    }
    const whole = this.cutOff-- > 0 ? slice.file.subarray(0, 300) : slice.file;
    response.writeHead(200, { 'content-type': 'application/dicom' }).end(whole);
  }
}

const command = new BuiltCommand();
let platform: FakePlatform;
let store: FakeImageStore;
let target: string;
let number = 0;
/** What the project's grant covers. */
let scope: ProjectView['grants'][number]['scope'];
/** Studies asked for with each request for credentials; null: all of the grant. */
let askedFor: (string[] | null)[];

type ProjectView = z.infer<typeof projectView>;

/** Further studies of the project; each has the three slices. */
let further: string[];

/** A project with one grant. */
const projectOf = (): ProjectView => {
  const times = { startsOn: '2026-01-01', endsOn: '2027-01-01' };
  const common = {
    ...times,
    applicationId: `a-${'0'.repeat(26)}`,
    collection: 'chest',
    accessMode: 'dae-only',
  } as const;
  return {
    ...common,
    id: project,
    title: 'Test',
    organisation: 'A',
    laySummary: 'A test.',
    aiUse: false,
    status: 'active',
    members: ['uploader-1'],
    grants: [
      {
        ...common,
        id: `g-${'0'.repeat(26)}`,
        projectId: project,
        arc: 7,
        split: 'development',
        scope,
        conditions: [],
        endsAt: '2027-01-01T23:59:59.000Z',
        status: 'active',
      },
    ],
    approvedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    daysLeft: 30,
    accessShut: null,
  };
};

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
  store = await FakeImageStore.start('the-secret');
  target = join(command.folder, `images-${++number}`);
  scope = { kind: 'collection' };
  further = [];
  askedFor = [];
  platform.faults.onApi = (_method, path, { body }) => {
    if (path.endsWith('/credentials')) {
      const { studies = null } = body as { studies?: string[] };
      askedFor.push(studies);
      return {
        status: 201,
        body: {
          accessKeyId: 'ASIATEST',
          secretAccessKey: 'the-secret',
          sessionToken: 'session',
          expiration: new Date(Date.now() + 3_600_000).toISOString(),
          region: 'eu-west-2',
          dicomwebEndpoint: store.address,
          datastoreId,
          grantId: `g-${'0'.repeat(26)}`,
        },
      };
    }
    if (path.endsWith('/studies'))
      return {
        status: 200,
        body: {
          studies: [
            {
              studyInstanceUid: first.study,
              collection: 'chest',
              datastoreId,
              series: [{ seriesInstanceUid: first.series, modality: 'CT', instances: 3 }],
              instances: 3,
            },
            ...further.map((studyInstanceUid) => ({
              studyInstanceUid,
              collection: 'chest',
              datastoreId,
              series: [{ seriesInstanceUid: `${studyInstanceUid}.1`, modality: 'CT', instances: 3 }],
              instances: 3,
            })),
          ],
        },
      };
    if (path.startsWith('/v1/projects/')) return { status: 200, body: projectOf() };
    return null;
  };
  await command.signIn('researcher', platform.address);
});
afterEach(async () => {
  await platform.stop();
  await store.stop();
  await rm(join(command.folder, 'state'), { recursive: true, force: true });
});

const download = (...words: string[]) =>
  command.run('researcher', ['download', '--project', project, '--to', target, ...words]);
const seriesFolder = () => join(target, first.study, first.series);

test('fetches every instance by signed requests into a folder a study and series, with a manifest', async () => {
  const { code, stdout } = await download();
  expect(stdout).toContain('Verified 3 files');
  expect(code).toBe(0);
  for (const { file } of slices)
    expect(await readFile(join(seriesFolder(), `${uidsOf(file).instance}.dcm`))).toEqual(file);
  const manifest = (await readFile(join(target, 'manifest.csv'), 'utf8')).trim().split('\n');
  expect(manifest).toHaveLength(4);
  expect(manifest[1]?.split(',').at(-1)).toMatch(/^[0-9a-f]{64}$/);
});

test('a second run fetches only what is missing or damaged', async () => {
  await download();
  const [missing = '', damaged = ''] = (await readdir(seriesFolder())).sort();
  await rm(join(seriesFolder(), missing));
  await writeFile(join(seriesFolder(), damaged), 'damaged');
  store.requests.length = 0;
  const { stdout, code } = await download();
  expect(code).toBe(0);
  expect(stdout).toContain('1 of them from an earlier run');
  expect(store.requests.filter((path) => /instances\/[\d.]+$/.test(path))).toHaveLength(2);
  expect(await readdir(seriesFolder())).toHaveLength(3);
});

test('an instance that arrives cut off is fetched again, and an answer that stays damaged is an error', async () => {
  store.cutOff = 1;
  expect((await download()).code).toBe(0);
  await rm(target, { recursive: true });
  store.cutOff = 1000;
  const { code, stderr } = await download();
  expect(code).toBe(5);
  expect(stderr).toContain('DOWNLOAD_INCOMPLETE');
  expect(await readdir(target)).toContain('manifest.csv');
  expect((await readdir(target, { recursive: true })).filter((name) => /\.(dcm|part)$/.test(name))).toEqual(
    [],
  );
});

test('a refusal exits with 3 and says where the project may read', async () => {
  store.deny = true;
  const { code, stderr } = await download();
  expect(code).toBe(3);
  expect(stderr).toContain('AccessDeniedException');
  expect(stderr).toContain(
    'Fix: Run this inside the Data Access Environment, or ask the committee for direct access.',
  );
});

test('frames are written as they are stored', async () => {
  expect((await download('--frames')).code).toBe(0);
  for (const { file, pixels } of slices)
    expect(await readFile(join(seriesFolder(), uidsOf(file).instance, 'frame-0001'))).toEqual(pixels);
});

test('a study that the project does not hold is refused before anything is fetched', async () => {
  const list = join(command.folder, 'list.txt');
  await writeFile(list, '1.2.3\n');
  expect(await download('--studies', list)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('STUDY_OUTSIDE_GRANT'),
  });
  expect(store.requests).toEqual([]);
});

test('a project that may read a collection downloads it by one credential', async () => {
  further = ['1.2.3.1', '1.2.3.2'];
  expect(await download('--frames')).toMatchObject({ code: 0 });
  expect(askedFor).toEqual([null]);
});

test('where the grant lists studies, there is one credential for each 20 of them, and none for all', async () => {
  scope = { kind: 'studies', count: 46, digest: '0'.repeat(64) };
  further = Array.from({ length: 45 }, (_, index) => `1.2.3.${index + 1}`);
  expect(await download('--frames')).toMatchObject({ code: 0 });
  expect(askedFor.map((studies) => studies?.length).sort()).toEqual([MOST_STUDIES, MOST_STUDIES, 6]);
  expect(askedFor.flatMap((studies) => studies ?? []).sort()).toEqual([first.study, ...further].sort());
});

test('the one part of a multipart answer is its body; several parts are not one', () => {
  const parts = (...bodies: string[]) =>
    Buffer.from(`${bodies.map((body) => `--b\r\nContent-Type: x/y\r\n\r\n${body}`).join('\r\n')}\r\n--b--`);
  expect(singlePart('multipart/related; boundary="b"', parts('data--b'))?.toString()).toBe('data--b');
  expect(singlePart('multipart/related; boundary=b', parts('one', 'two'))).toBeNull();
  expect(singlePart('multipart/related', parts('one'))).toBeNull();
  expect(singlePart('application/octet-stream', Buffer.from('raw'))?.toString()).toBe('raw');
});
