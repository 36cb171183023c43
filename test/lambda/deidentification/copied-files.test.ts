import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { pixelSegments } from '../../../dicom/deidentify/pixel-segments';
import { seededNoise } from '../../../dicom/synthetic/seeded-values';
import { S3CopyableFiles } from '../../../lambda/deidentification/copyable-files';
import { type DeidentifyFilePorts, deidentifyFile } from '../../../lambda/deidentification/deidentify-file';
import { instanceEngine } from '../../../lambda/deidentification/instance-engine';
import type { FileResult } from '../../../lambda/deidentification/pipeline.contract';
import { S3QuarantineStore } from '../../../lambda/deidentification/quarantine-store';
import { S3StagingArea } from '../../../lambda/deidentification/staged-output';
import { MultipartUpload } from '../../../lambda/platform/multipart-upload';
import { S3ObjectStore } from '../../../lambda/platform/object-store';
import { Withdrawn } from '../../../lambda/withdrawal/mark-store';
import { testContext } from '../../dicom/samples/engine';
import { ctElements, makeInstance, syntaxes, text } from '../../dicom/samples/make-instance';
import { accountKeyPolicy, allow, policy, TestPlatform } from '../../local/aws/test-platform';

const mebibyte = 1024 * 1024;

jest.setTimeout(120_000);
const submissionId = 's-00000000000000000000000000';
const landed = { Bucket: 'landing', Key: `${submissionId}/000001` };

/** The segments of the platform, but that a file of 16 MiB has three. */
const segments = { threshold: 11 * mebibyte, first: pixelSegments.first, each: 5 * mebibyte };

let platform: TestPlatform;
let client: S3Client;

beforeAll(async () => {
  platform = await TestPlatform.start();
  for (const name of ['landing', 'deidentified', 'quarantine']) {
    const kmsKeyArn = platform.kms.createKey({ name, policy: accountKeyPolicy }).arn;
    platform.s3.createBucket({ name, kmsKeyArn, versioned: true, bucketKey: true });
  }
  client = clientOf(new Wire());
});
afterAll(() => platform.stop());

type Handler = S3Client['config']['requestHandler'];
type Request = Parameters<Handler['handle']>[0];
type Answer = Awaited<ReturnType<Handler['handle']>>;

const isCopy = (request: Request): boolean => request.headers['x-amz-copy-source'] !== undefined;
const isPart = (request: Request): boolean => request.query?.partNumber !== undefined;

/** What goes over the wire, which may break at a request: `before` S3 sees it, or `after` it has answered. */
class Wire {
  /** `<method>`, with `copy`, `part` or `upload` where it is about one. */
  readonly requests: string[] = [];
  breakAt = Number.POSITIVE_INFINITY;
  when: 'before' | 'after' = 'before';

  async handle(request: Request, send: () => Promise<Answer>): Promise<Answer> {
    const upload = request.query?.uploadId !== undefined;
    const about = [...(isCopy(request) ? ['copy'] : []), isPart(request) ? 'part' : upload ? 'upload' : ''];
    this.requests.push([request.method, ...about].join(' ').trim());
    const number = this.requests.length;
    if (number > this.breakAt || (number === this.breakAt && this.when === 'before'))
      throw new Error('killed');
    const answer = await send();
    if (number === this.breakAt) throw new Error('killed');
    return answer;
  }

  count(request: string): number {
    return this.requests.filter((each) => each === request).length;
  }
}

let clients = 0;
function clientOf(wire: Wire): S3Client {
  clients += 1;
  const credentials = platform.as(`function-${clients}`, policy(allow(['s3:*', 'kms:*'])));
  const s3 = platform.s3Client(credentials, { responseChecksumValidation: 'WHEN_REQUIRED' });
  const { requestHandler } = s3.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) => wire.handle(request, () => handle(request, options));
  return s3;
}

interface FileParts {
  readonly rows?: number;
  readonly trailer?: Buffer;
  readonly changes?: Parameters<typeof ctElements>[1];
}

function fileOf({ rows = 4096, trailer, changes = [] }: FileParts = {}): Buffer {
  const { encoding } = syntaxes.explicit;
  const short = (tag: number, value: number) => makeUnsignedShort(tag, value, encoding);
  const file = makeInstance({
    syntax: 'explicit',
    elements: ctElements(encoding, [short(0x00280010, rows), short(0x00280011, 2048), ...changes]),
    pixelData: seededNoise('pixels', rows * 2048 * 2),
  });
  return trailer === undefined ? file : Buffer.concat([file, trailer]);
}

const padding = Buffer.concat([
  Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 4, 0, 0, 0]),
  Buffer.from([0, 0, 0, 0]),
]);

async function land(file: Buffer, sha256 = createHash('sha256').update(file).digest()): Promise<void> {
  const ChecksumSHA256 = sha256.toString('base64');
  await client.send(new PutObjectCommand({ ...landed, Body: file, ChecksumSHA256 }));
}

async function run(
  file: Buffer,
  wire = new Wire(),
  copies = true,
  inParts?: { readonly sha256: string },
): Promise<FileResult> {
  const s3 = clientOf(wire);
  const context = await testContext({ segments });
  const ports: DeidentifyFilePorts = {
    objects: new S3ObjectStore(s3),
    ...(copies && { copyable: new S3CopyableFiles(s3, segments.threshold) }),
    staging: new S3StagingArea(s3),
    quarantine: new S3QuarantineStore(new S3ObjectStore(s3), () => 'landing', 'quarantine'),
    engine: instanceEngine(context),
    gate: {
      admitStudies: async () => Withdrawn.nothing,
      admitQuarantined: async () => true,
      isWithdrawn: async () => false,
    },
    admit: () => 'admit',
    answered: true,
    landingBucket: 'landing',
    deidentifiedBucket: 'deidentified',
  };
  const sha256 = createHash('sha256').update(file).digest('hex');
  const digest = inParts === undefined ? {} : { digest: 'parts' as const, ...inParts };
  const entry = { ordinal: 1, bytes: file.length, sha256, group: 1, ...digest };
  return deidentifyFile(ports, { submissionId, trust: 'RX1', pack: 'p-0001', entry });
}

/** The object under the key of a result, its checksum as S3 holds it, and its parts. */
async function staged(result: FileResult) {
  if (result.outcome !== 'staged') throw new Error(JSON.stringify(result));
  const Key = result.key;
  const head = await client.send(
    new HeadObjectCommand({ Bucket: 'deidentified', Key, ChecksumMode: 'ENABLED' }),
  );
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'deidentified', Key }));
  return { checksum: head.ChecksumSHA256, body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
}

const objectsIn = (bucket: string): number =>
  [...platform.s3.bucket(bucket).store.index.all()].filter(({ kind }) => kind === 'object').length;
const uploadsIn = (bucket: string): string[] =>
  readdirSync(join(platform.dataFolder, 's3', bucket, 'uploads'));

describe('a large native file', () => {
  it.each([
    ['without anything behind its pixels', {}],
    ['with elements behind its pixels', { trailer: padding }],
    ['with a longer header', { changes: [text(0x00204000, 'LT', 'chest '.repeat(1500))] }],
  ])('%s becomes the same object and the same result, whether copied or read', async (_, parts) => {
    const file = fileOf(parts);
    await land(file);
    const wire = new Wire();
    const copied = await run(file, wire);
    const object = await staged(copied);
    expect(wire.count('PUT copy part')).toBe(2);
    expect(wire.count('PUT part')).toBe(1);
    const read = new Wire();
    const streamed = await run(file, read, false);
    expect(read.count('PUT copy part')).toBe(0);
    expect(streamed).toEqual(copied);
    expect(copied).toMatchObject({ digest: 'parts', bytes: object.body.length });
    const again = await staged(streamed);
    expect(again.body.equals(object.body)).toBe(true);
    expect(again.checksum).toBe(object.checksum);
    const composite = Buffer.from((copied as { sha256: string }).sha256, 'hex').toString('base64');
    expect(object.checksum?.replace(/-\d+$/, '')).toBe(composite);
    expect(uploadsIn('deidentified')).toEqual([]);
  });

  it('that came in parts is copied where their composite checksum is that of the manifest', async () => {
    const file = fileOf();
    await land(file);
    const expected = await staged(await run(file));
    const sha256 = createHash('sha256');
    const upload = await MultipartUpload.start(client, { bucket: landed.Bucket, key: landed.Key }, {});
    const cut = 6 * mebibyte;
    for (const [index, body] of [file.subarray(0, cut), file.subarray(cut)].entries()) {
      const part = createHash('sha256').update(body).digest();
      sha256.update(part);
      await upload.put(index + 1, body, part.toString('hex'));
    }
    await upload.complete();
    const composite = { sha256: sha256.digest('hex') };
    const wire = new Wire();
    expect((await staged(await run(file, wire, true, composite))).body.equals(expected.body)).toBe(true);
    expect(wire.count('PUT copy part')).toBe(2);
    const other = new Wire();
    expect(await run(file, other)).toMatchObject({ outcome: 'staged' });
    expect(other.count('PUT copy part')).toBe(0);
  });

  it.each([
    ['copied', true],
    ['read', false],
  ])(
    'that is %s ends as the same object when it was killed before or after any request, which until then nobody can read',
    async (_, copies) => {
      const file = fileOf({ trailer: padding });
      await land(file);
      const wire = new Wire();
      const expected = await run(file, wire, copies);
      const { body } = await staged(expected);
      const last = wire.requests.length;
      expect(wire.requests.at(-1)).toBe('POST upload');
      for (let breakAt = 1; breakAt <= last; breakAt += 1)
        for (const when of ['before', 'after'] as const) {
          const before = objectsIn('deidentified');
          const broken = Object.assign(new Wire(), { breakAt, when });
          // A request that goes out by itself is tried again by the SDK's client, and here the wire stays broken.
          await expect(run(file, broken, copies)).rejects.toThrow('killed');
          const completed = breakAt === last && when === 'after' ? 1 : 0;
          expect(objectsIn('deidentified')).toBe(before + completed);
        }
      const again = await run(file, new Wire(), copies);
      expect(again).toEqual(expected);
      expect((await staged(again)).body.equals(body)).toBe(true);
    },
  );

  it('is read where S3 does not vouch for what the manifest says, and quarantined where it is another', async () => {
    const file = fileOf();
    const other = Buffer.from(file);
    other[other.length - 1] = (other.at(-1) as number) ^ 1;
    await land(other);
    const wire = new Wire();
    const objects = objectsIn('deidentified');
    expect(await run(file, wire)).toMatchObject({ outcome: 'quarantined', code: 'CHECKSUM_MISMATCH' });
    expect(wire.count('PUT copy part')).toBe(0);
    await client.send(new PutObjectCommand({ ...landed, Body: file }));
    expect(await run(file)).toMatchObject({ outcome: 'staged' });
    expect(objectsIn('deidentified')).toBe(objects + 1);
  });

  it('is tried again where another stands in its place before it was copied', async () => {
    const file = fileOf();
    await land(file);
    const objects = objectsIn('deidentified');
    const uploads = uploadsIn('deidentified').length;
    class Replacing extends Wire {
      private replaced = false;
      override async handle(request: Request, send: () => Promise<Answer>): Promise<Answer> {
        if (isCopy(request) && !this.replaced) {
          this.replaced = true;
          await land(fileOf({ rows: 4095 }));
        }
        return super.handle(request, send);
      }
    }
    await expect(run(file, new Replacing())).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(objectsIn('deidentified')).toBe(objects);
    expect(uploadsIn('deidentified')).toHaveLength(uploads);
  });

  it('that is refused for what stands behind its pixels leaves no part', async () => {
    const file = fileOf({ trailer: Buffer.from('no element at all') });
    await land(file);
    const uploads = uploadsIn('deidentified').length;
    const wire = new Wire();
    expect(await run(file, wire)).toMatchObject({
      outcome: 'quarantined',
      code: 'MALFORMED',
      held: 'quarantine',
    });
    expect(wire.count('PUT copy part')).toBe(2);
    expect(wire.requests.at(-2)).toBe('DELETE upload');
    expect(uploadsIn('deidentified')).toHaveLength(uploads);
  });
});

describe('an object above what S3 copies at once', () => {
  const from = { bucket: 'landing', key: landed.Key };
  const to = { bucket: 'quarantine', key: 'RX1/large' };

  it('is copied in parts, with its type and new tags', async () => {
    const file = fileOf();
    await client.send(new PutObjectCommand({ ...landed, Body: file, ContentType: 'application/dicom' }));
    // The object here is small: the wire refuses in the place of S3.
    class Refusing extends Wire {
      override async handle(request: Request, send: () => Promise<Answer>): Promise<Answer> {
        if (!isCopy(request) || isPart(request)) return super.handle(request, send);
        const body = Readable.from(['<Error><Code>InvalidRequest</Code><Message>larger</Message></Error>']);
        return {
          response: { statusCode: 400, headers: { 'content-type': 'application/xml' }, body },
        } as Answer;
      }
    }
    const wire = new Refusing();
    const store = new S3ObjectStore(clientOf(wire));
    expect(await store.copy(from, to, { code: 'TOO_MUCH' })).toBe(true);
    expect(await store.copy({ ...from, key: 'nothing' }, to, {})).toBe(false);
    expect(uploadsIn('quarantine')).toEqual([]);
    const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: to.bucket, Key: to.key }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(file)).toBe(true);
    expect(ContentType).toBe('application/dicom');
    const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: to.bucket, Key: to.key }));
    expect(TagSet).toEqual([{ Key: 'code', Value: 'TOO_MUCH' }]);
  });
});
