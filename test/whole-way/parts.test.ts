import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DocumentTable } from '../../lambda/platform/document-table';
import { compositeDigest } from '../../lambda/submission/parts.contract';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { ctFile, writeNativeFile } from '../../scripts/bench/engine-inputs';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

const partBytes = 32 * 1024 ** 2;

interface PartUrls {
  readonly state: string;
  readonly received: number;
  readonly urls: readonly { part: number; url: string; headers: Record<string, string> }[];
}

describe('large files and submissions that are never completed, on the whole platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  const script = join(command.folder, 'nmip.cjs');
  const folder = join(command.folder, 'export');
  const file = join(folder, 'cine.dcm');
  let platform: Platform;
  let uploader: DemoPerson;
  let api: ApiClient;

  beforeAll(async () => {
    command.build();
    mkdirSync(folder);
    await writeNativeFile(file, 120);
    platform = await platformOn(data);
    const origin = platform.addresses.frontDoor;
    const officer = await ApiClient.signedIn(origin, 'officer-1');
    await officer.recordPerson('uploader-ry2', { roles: ['uploader'], trust: 'RY2' });
    api = await ApiClient.signedIn(origin, 'uploader-ry2');
    uploader = new DemoPerson('uploader-ry2', {
      command: script,
      api: origin,
      homes: join(command.folder, 'homes'),
      signal: new AbortController().signal,
    });
    await uploader.signIn();
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const landing = () => {
    const found = [...platform.services.s3.buckets()].find(({ definition }) =>
      definition.name.includes('-landing-ry2-'),
    );
    if (found === undefined) throw new Error('no landing bucket');
    return found;
  };
  const uploads = () => [...landing().uploads.all()];
  const landed = () => readdirSync(platform.services.s3.objectsFolder(landing().definition.name));

  const words = ['upload', folder, '--collection', 'chest', '--jobs', '1'];

  it('an upload killed half way leaves parts behind, and no object', async () => {
    const child: ChildProcess = spawn(process.execPath, [script, ...words], {
      env: { ...process.env, XDG_STATE_HOME: uploader.home },
      stdio: 'ignore',
    });
    const closed = new Promise((resolve) => child.once('close', resolve));
    while ((uploads()[0]?.parts.size ?? 0) < 1 && child.exitCode === null) await pause(2);
    child.kill('SIGKILL');
    await closed;
    expect(child.signalCode).toBe('SIGKILL');
    expect(uploads()).toHaveLength(1);
    expect(uploads()[0]?.parts.size).toBeLessThan(4);
    expect(landed()).toEqual([]);
  }, 60_000);

  it('a corrupted part is refused, and a completion without all parts', async () => {
    const { submissions } = await api.call<{ submissions: { id: string }[] }>('GET', '/submissions');
    const path = `/submissions/${submissions[0]?.id}/files/1`;
    const { urls, received } = await api.call<PartUrls>('POST', `${path}/part-urls`, {});
    expect(received).toBe(4 - urls.length);
    const last = urls.at(-1);
    if (last === undefined) throw new Error('no part is missing');
    const { 'content-length': length, ...headers } = last.headers;
    const body = new Uint8Array(Number(length));
    const answer = await fetch(last.url, { method: 'PUT', headers, body });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('BadDigest');
    expect(await api.ask('POST', `${path}/complete`)).toMatchObject({ status: 409, code: 'PARTS_MISSING' });
  });

  it('the same command sends the other parts, and the receipt has the digest of the parts', async () => {
    const record = await uploader.record(words);
    const id = String(record.submission);
    expect(await api.ended(id)).toMatchObject({ state: 'done', totals: { imported: 1 } });
    await uploader.record(['submission', id, '--to', command.folder]);
    const verified = await uploader.record([
      'receipt',
      'verify',
      join(command.folder, `nmip-receipt-${id}.json`),
    ]);
    const digests: string[] = [];
    const { size } = statSync(file);
    for (let start = 0; start < size; start += partBytes) digests.push(await digestOf(file, start));
    expect(verified.files).toEqual([
      {
        ordinal: 1,
        outcome: 'imported',
        bytes: size,
        sha256: compositeDigest(digests),
        digest: 'parts',
        partBytes,
      },
    ]);
    expect(uploads()).toEqual([]);
    expect(landed()).toEqual([]);
  }, 120_000);

  /** The ledger, as somebody who may write anything. */
  function writer() {
    const { registry } = platform.services;
    const arn = `arn:aws:iam::${registry.accountId}:role/test-writer`;
    registry.putRole({
      arn,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      inlinePolicies: {
        all: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      },
    });
    const credentials = registry.createRoleSession(arn, 'session', 3600);
    const client = new DynamoDBClient({
      endpoint: platform.addresses.aws,
      region: registry.region,
      credentials,
    });
    return {
      ledger: new DocumentTable(DynamoDBDocumentClient.from(client), platform.variable('LEDGER_TABLE')),
      caller: registry.callerForService(arn, 'lambda.amazonaws.com', 'session'),
      end: () => client.destroy(),
    };
  }

  it('a submission that is never completed ends with what came', async () => {
    const slice = ctFile();
    const sha256 = createHash('sha256').update(slice).digest('hex');
    const { id } = await api.call<{ id: string }>('POST', '/submissions', {
      collection: 'breast-screening',
      fileCount: 3,
      totalBytes: 3 * slice.length,
      idempotencyKey: randomUUID(),
    });
    const entries = [1, 3].map((ordinal) => ({ ordinal, bytes: slice.length, sha256, group: ordinal }));
    await api.call('PUT', `/submissions/${id}/manifest/1`, { entries });
    const { urls } = await api.call<PartUrls>('POST', `/submissions/${id}/upload-urls`, { ordinals: [3] });
    const { 'content-length': _, ...headers } = urls[0]?.headers ?? {};
    const put = await fetch(urls[0]?.url ?? '', { method: 'PUT', headers, body: new Uint8Array(slice) });
    expect(put.status).toBe(200);

    // The function goes by the clock of this machine: the submission has to look as if it were of last year.
    const { ledger, caller, end } = writer();
    await ledger.put({ pk: 'OPEN', sk: `2025-01-01T00:00:00.000Z#${id}` });
    const { functions, registry } = platform.services;
    const name = functions.status().find((each) => /expiresubmissions/i.test(each.name))?.name;
    const arn = `arn:aws:lambda:${registry.region}:${registry.accountId}:function:${name}`;
    const result = await functions.invoke(caller, arn, {});
    end();
    expect(result.payload).toEqual({ expired: 1, started: 0 });
    expect(await api.ended(id)).toMatchObject({
      state: 'done',
      expired: true,
      fileCount: 3,
      listedFiles: 2,
      totals: { imported: 1, missing: 1 },
    });
    expect(await api.ask('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 409,
      code: 'SUBMISSION_EXPIRED',
    });
    const shown = await uploader.run(['submission', id, '--to', command.folder]);
    expect(shown.stdout).toContain('Of 3 announced files 2 had been listed');
    const receipt = join(command.folder, `nmip-receipt-${id}.json`);
    expect((await uploader.record(['receipt', 'verify', receipt])).expired).toEqual({
      announcedFiles: 3,
      announcedBytes: 3 * slice.length,
    });
    expect(landed()).toEqual([]);
  }, 120_000);
});

/** SHA-256 of the part of a file that begins at `start`. */
async function digestOf(path: string, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { start, end: start + partBytes - 1 })) hash.update(chunk);
  return hash.digest('hex');
}
