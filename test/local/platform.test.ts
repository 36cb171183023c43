import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';
import { type Platform, startPlatform } from '../../local/platform';
import { synthesise } from '../../local/stack/synthesise';
import { ApiClient } from './api-client';

const projectFolder = join(__dirname, '..', '..');
const collection = 'any-kind';

function slices(count: number, patient: number): Buffer[] {
  const study = {
    seed: 'platform',
    name: `ct-${patient}`,
    patient: fictitiousPatient('platform', patient),
    nhsNumberPlace: { attribute: 'PatientID' as const },
  };
  return Array.from({ length: count }, (_, index) => {
    const { instance, pixels } = ctSlice(study, { series: 1, slice: index + 1, size: 64 });
    return part10File(instance, pixels);
  });
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}

describe('the embedded platform on the synthesized app', () => {
  let assembly: string;
  let folder: string;

  beforeAll(async () => {
    const assembliesFolder = join(projectFolder, 'cdk.out', 'embedded');
    const synthesis = { projectFolder, assembliesFolder, environment: 'local', today: new Date() };
    ({ assembly } = await synthesise(synthesis));
  }, 60_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-platform-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (ports = { frontDoor: 0, aws: 0, vpcEndpoint: 0 }): Promise<Platform> =>
    startPlatform({ assembly, dataFolder: join(folder, 'data'), ports, optOutDelayMilliseconds: 20 });

  const uploader = async (origin: string): Promise<ApiClient> => {
    const officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('uploader-rx1', { roles: ['uploader'], trust: 'RX1' });
    return ApiClient.signedIn(origin, 'uploader-rx1');
  };

  it('takes a submission through the pipeline, and keeps everything between two starts', async () => {
    const first = await start();
    const before = first.stacks.map(({ outputs }) => outputs);
    const datastores = first.variable('DATASTORES');
    let id: string;
    try {
      const person = await uploader(first.addresses.frontDoor);
      id = await person.submit(collection, slices(3, 1));
      expect(await person.ended(id)).toMatchObject({ state: 'done', totals: { imported: 3 } });
      const status = await (await fetch(`${first.addresses.frontDoor}/status.json`)).json();
      expect(status).toMatchObject({ submissions: { done: 1 } });
    } finally {
      await first.stop();
    }
    const second = await start({
      frontDoor: Number(new URL(first.addresses.frontDoor).port),
      aws: Number(new URL(first.addresses.aws).port),
      vpcEndpoint: Number(new URL(first.addresses.vpcEndpoint).port),
    });
    try {
      expect(second.stacks.map(({ outputs }) => outputs)).toEqual(before);
      expect(second.variable('DATASTORES')).toBe(datastores);
      // A connection kept from the first start may be broken.
      await fetch(second.addresses.frontDoor).catch(() => undefined);
      const person = await ApiClient.signedIn(second.addresses.frontDoor, 'uploader-rx1');
      expect(await person.ended(id)).toMatchObject({ state: 'done', totals: { imported: 3 } });
      const invocations = (await second.status()).functions.find(({ name }) =>
        name.includes('DatastoreResource'),
      );
      expect(invocations?.invocations).toBe(0);
    } finally {
      await second.stop();
    }
  }, 120_000);

  it('shows a status page that needs no script, and no page under another name of this machine', async () => {
    const platform = await start();
    try {
      const page = await (await fetch(platform.addresses.frontDoor)).text();
      expect(page).toContain('<html lang="en-GB">');
      expect(page).toContain('<h1>Status</h1>');
      expect(page).not.toContain('<script');
      expect((await fetch(`${platform.addresses.frontDoor}/elsewhere`)).status).toBe(404);
    } finally {
      await platform.stop();
    }
  }, 60_000);

  it('names the port that is taken, and leaves nothing running', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = start({ frontDoor: 0, aws: port, vpcEndpoint: 0 });
    await expect(taken).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`${port}.*--aws-port`)),
    });
    other.close();
    await (await start()).stop();
  }, 60_000);

  it('finishes after a kill in mid-pipeline what was begun before it', async () => {
    const [port = 0, awsPort = 0, vpcEndpointPort = 0] = await freePorts(3);
    const origin = `http://127.0.0.1:${port}`;
    const run = async (): Promise<ChildProcess> => {
      const ports = ['--port', port, '--aws-port', awsPort, '--vpc-endpoint-port', vpcEndpointPort].map(
        String,
      );
      const options = ['--no-demo', '--data', join(folder, 'data'), ...ports];
      const child = spawn(process.execPath, ['--import', 'tsx', join('local', 'start.ts'), ...options], {
        cwd: projectFolder,
        stdio: 'ignore',
      });
      const gone = new Promise<never>((_resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`The platform ended with ${code}.`)));
      });
      gone.catch(() => undefined);
      const up = async (): Promise<void> => {
        while (!(await fetch(`${origin}/status.json`).catch(() => undefined))?.ok) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      };
      await Promise.race([up(), gone]);
      return child;
    };
    const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code));
        child.kill(signal);
      });

    let child = await run();
    const person = await uploader(origin);
    const id = await person.submit(collection, slices(40, 2));
    expect(await ended(child, 'SIGKILL')).toBeNull();
    child = await run();
    try {
      const again = await ApiClient.signedIn(origin, 'uploader-rx1');
      expect(await again.ended(id)).toMatchObject({ state: 'done', totals: { imported: 40 } });
    } finally {
      expect(await ended(child, 'SIGTERM')).toBe(0);
    }
    expect(readdirSync(join(folder, 'data'))).not.toContain('lock');
  }, 120_000);
});
