import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { seededUid } from '../../dicom/synthetic/seeded-values';
import type { RunningTask } from '../../local/aws/ecs/task-runner';
import type { Platform } from '../../local/platform';
import { ctFile, writeNativeFile } from '../../scripts/bench/engine-inputs';
import { ApiClient } from '../local/api-client';
import { newDataFolder, receiptsInBucket } from './demonstration';
import { platformOn } from './platform-on';

/** Files of 45 MB take the branch here; one of 40 MB and slices do not. Pixel data of both is copied, not read. */
const largeFileBytes = 42_000_000;

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The same image as another instance: its SOP Instance UID, in both places, with another digit at the end. */
function otherInstance(file: Buffer): Buffer {
  const uid = seededUid('bench', 'instance');
  for (let at = file.indexOf(uid); at >= 0; at = file.indexOf(uid, at + 1)) {
    const last = at + uid.length - 1;
    file[last] = file[last] === 0x31 ? 0x32 : 0x31;
  }
  return file;
}

describe('a large file, on the whole platform', () => {
  const data = newDataFolder();
  let platform: Platform;
  let uploader: ApiClient;
  let large: Buffer;
  let copied: Buffer;

  async function begin(): Promise<void> {
    platform = await platformOn(data, undefined, { largeFileBytes });
    const officer = await ApiClient.signedIn(platform.addresses.frontDoor, 'officer-1');
    await officer.recordPerson('uploader-ry2', { roles: ['uploader'], trust: 'RY2' });
    uploader = await ApiClient.signedIn(platform.addresses.frontDoor, 'uploader-ry2');
  }

  beforeAll(async () => {
    const path = `${dirname(data)}/large.dcm`;
    await writeNativeFile(path, 45);
    large = readFileSync(path);
    await writeNativeFile(path, 40);
    copied = otherInstance(readFileSync(path));
    await begin();
  }, 120_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  /** Sends the files and completes the submission. */
  async function send(collection: string, files: readonly Buffer[]): Promise<string> {
    const entries = files.map((file, index) => ({
      ordinal: index + 1,
      bytes: file.length,
      sha256: digestOf(file),
      group: index + 1,
    }));
    const { id } = await uploader.call<{ id: string }>('POST', '/submissions', {
      collection,
      fileCount: files.length,
      totalBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      idempotencyKey: randomUUID(),
    });
    await uploader.call('PUT', `/submissions/${id}/manifest/1`, { entries });
    const { urls } = await uploader.call<{
      urls: { ordinal: number; url: string; headers: Record<string, string> }[];
    }>('POST', `/submissions/${id}/upload-urls`, { ordinals: entries.map(({ ordinal }) => ordinal) });
    for (const { ordinal, url, headers } of urls) {
      const { 'content-length': _, ...others } = headers;
      const body = new Uint8Array(files[ordinal - 1] as Buffer);
      expect((await fetch(url, { method: 'PUT', headers: others, body })).status).toBe(200);
    }
    await uploader.call('POST', `/submissions/${id}/complete`);
    return id;
  }

  const fates = (id: string) => {
    const work = platform.services.s3.objectsFolder(platform.variable('WORK_BUCKET'));
    const receipt = receiptsInBucket(work).find((each) => each.submission === id);
    return receipt?.files.map(({ outcome }) => outcome);
  };

  const runs = () => {
    const [status] = platform.services.tasks.status();
    return { runs: status?.invocations, failures: status?.errors };
  };

  const nextTask = (): Promise<RunningTask> =>
    new Promise((resolve) => platform.services.tasks.observe(resolve));

  const functionRuns = () =>
    platform.services.functions.status().find(({ name }) => /deidentifybatch/i.test(name))?.invocations;

  /** Of each row of the catalogue that a submission brought: how its output was written. */
  function digestsInCatalogue(id: string): string[] {
    const folder = platform.services.s3.objectsFolder(platform.variable('CATALOGUE_BUCKET'));
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(`${id}.ndjson`))
      .flatMap((path) => readFileSync(join(folder, path), 'utf8').trim().split('\n'))
      .map((row) => JSON.parse(row) as { ordinal: number; digest?: string })
      .sort((one, other) => one.ordinal - other.ordinal)
      .map(({ digest }) => digest ?? 'whole');
  }

  it('goes through a container, and its neighbours through the function', async () => {
    const id = await send('chest', [ctFile(), copied, large]);
    expect(await uploader.ended(id)).toMatchObject({ state: 'done' });
    expect(fates(id)).toEqual(['imported', 'imported', 'imported']);
    expect(digestsInCatalogue(id)).toEqual(['whole', 'parts', 'parts']);
    expect(runs()).toEqual({ runs: 1, failures: 0 });
    expect(functionRuns()).toBe(1);
    const log = readFileSync(join(data, 'logs', 'nmip-local-deidentify-batch.log'), 'utf8');
    expect(log).toContain('batch de-identified');
    expect(log).not.toContain(fictitiousPatient('bench', 0).nhsNumber);
  }, 120_000);

  it('is imported where its container was killed and another came', async () => {
    const started = nextTask();
    const id = await send('breast-screening', [large]);
    process.kill((await started).pid as number, 'SIGKILL');
    expect(await uploader.ended(id)).toMatchObject({ state: 'done' });
    expect(fates(id)).toEqual(['imported']);
    expect(runs()).toEqual({ runs: 3, failures: 1 });
    expect(functionRuns()).toBe(1);
  }, 180_000);

  it('is imported where the platform stopped while its container ran', async () => {
    const started = nextTask();
    const id = await send('any-kind', [large]);
    await started;
    await platform.stop();
    await begin();
    expect(await uploader.ended(id)).toMatchObject({ state: 'done' });
    expect(fates(id)).toEqual(['imported']);
    expect(runs()).toEqual({ runs: 1, failures: 0 });
  }, 180_000);
});
