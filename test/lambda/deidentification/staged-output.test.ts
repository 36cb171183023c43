import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { S3StagingArea } from '../../../lambda/deidentification/staged-output';

const mebibyte = 1024 * 1024;

/** As much of S3 as an upload needs: it records requests and can be told to refuse parts. */
class RecordingS3 {
  readonly requests: { method: string; target: string; bytes: number; sha256: string | undefined }[] = [];
  refuseParts = false;
  private readonly server: Server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    const target = request.url ?? '';
    this.requests.push({
      method: request.method ?? '',
      target: target.replace(/&?x-id=\w+/, ''),
      bytes,
      sha256: request.headers['x-amz-checksum-sha256']?.toString(),
    });
    if (target.includes('partNumber') && this.refuseParts) {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      return;
    }
    response.setHeader('etag', '"etag"');
    if (request.method === 'POST' && target.includes('uploads'))
      response.end('<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
    else if (request.method === 'POST')
      response.end('<CompleteMultipartUploadResult><ETag>"etag"</ETag></CompleteMultipartUploadResult>');
    else response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
  });

  async start(): Promise<S3Client> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return new S3Client({
      endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      region: 'eu-west-2',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  count(method: string, part: string): number {
    return this.requests.filter((each) => each.method === method && each.target.includes(part)).length;
  }
}

describe('a staged output', () => {
  let s3: RecordingS3;
  let client: S3Client;
  beforeEach(async () => {
    s3 = new RecordingS3();
    client = await s3.start();
  });
  afterEach(async () => {
    client.destroy();
    await s3.stop();
  });

  const place = { bucket: 'deidentified', key: 's/development/p-0001/000001.dcm' };
  const open = () => new S3StagingArea(client).open(() => place);

  async function fill(
    sink: { write(chunk: Buffer): void | Promise<void> },
    mebibytes: number,
  ): Promise<void> {
    for (let index = 0; index < mebibytes; index += 1) await sink.write(Buffer.alloc(mebibyte, index));
  }

  it('of a small file is one PUT with its digest, at commit and not before', async () => {
    const output = open();
    await fill(output.sink, 3);
    expect(s3.requests).toEqual([]);
    const body = Buffer.concat([0, 1, 2].map((value) => Buffer.alloc(mebibyte, value)));
    const digest = createHash('sha256').update(body);
    await output.commit(digest.copy().digest('hex'));
    expect(s3.requests).toHaveLength(1);
    expect(s3.requests[0]).toMatchObject({
      method: 'PUT',
      bytes: 3 * mebibyte,
      sha256: digest.digest('base64'),
    });
  });

  it('of a small file leaves nothing when it is discarded', async () => {
    const output = open();
    await fill(output.sink, 3);
    await output.discard();
    expect(s3.requests).toEqual([]);
  });

  it('of a large file goes out in parts and becomes an object only at commit', async () => {
    const output = open();
    await fill(output.sink, 40);
    expect(s3.count('POST', 'uploadId=u1')).toBe(0);
    await output.commit('0'.repeat(64));
    expect(s3.count('PUT', 'partNumber')).toBe(3);
    expect(s3.count('POST', 'uploadId=u1')).toBe(1);
  });

  it('of a large file is aborted when it is discarded, and never completed', async () => {
    const output = open();
    await fill(output.sink, 40);
    await output.discard();
    expect(s3.count('DELETE', 'uploadId=u1')).toBe(1);
    expect(s3.count('POST', 'uploadId=u1')).toBe(0);
  });

  it('tells of a part that S3 refuses, while it is written or at commit', async () => {
    s3.refuseParts = true;
    const output = open();
    await expect(
      (async () => {
        await fill(output.sink, 100);
        await output.commit('0'.repeat(64));
      })(),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await output.discard();
    expect(s3.count('POST', 'uploadId=u1')).toBe(0);
  });
});
