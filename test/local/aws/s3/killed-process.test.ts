import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { REGION } from '../test-platform';

const folder = mkdtempSync(join(tmpdir(), 'nmip-killed-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function startProcess(): Promise<{ child: ChildProcess; client: S3Client }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 's3-process.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve);
    child.once('exit', () => reject(new Error('the S3 process ended before it listened')));
  });
  const { endpoint, credentials } = JSON.parse(line) as {
    endpoint: string;
    credentials: Record<string, string>;
  };
  const client = new S3Client({
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: {
      accessKeyId: credentials.accessKeyId ?? '',
      secretAccessKey: credentials.secretAccessKey ?? '',
      sessionToken: credentials.sessionToken,
    },
  });
  return { child, client };
}

/** Bytes that tell which write they are of: a mixture of two writes would be of neither. */
const contentOf = (write: number) =>
  Buffer.from(createHash('sha256').update(String(write)).digest('hex').repeat(3000));

it('a killed S3 has every object that it acknowledged, whole, and no half of another', async () => {
  const written = new Map<string, number[]>();
  const acknowledged = new Map<string, number>();
  let write = 0;
  for (const killAfter of [5, 23, 40]) {
    const { child, client } = await startProcess();
    let acknowledgedHere = 0;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const worker = async (name: number) => {
      for (;;) {
        const number = ++write;
        const Key = `worker-${name}/${number % 7}`;
        written.set(Key, [...(written.get(Key) ?? []), number]);
        await client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: contentOf(number) }));
        acknowledged.set(Key, number);
        if (++acknowledgedHere === killAfter) child.kill('SIGKILL');
      }
    };
    await Promise.all([0, 1, 2, 3].map((name) => worker(name).catch(() => undefined)));
    await ended;
    client.destroy();
  }

  const { child, client } = await startProcess();
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  const keys = Contents.map(({ Key }) => Key ?? '');
  expect(keys).toEqual(expect.arrayContaining([...acknowledged.keys()]));
  for (const key of keys) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const number = (written.get(key) ?? []).find((candidate) => contentOf(candidate).equals(bytes));
    expect(number).toBeGreaterThanOrEqual(acknowledged.get(key) ?? 0);
  }
  expect(readdirSync(join(folder, 's3', 'bucket', 'incoming'))).toEqual([]);
  client.destroy();
  child.kill('SIGKILL');
});
