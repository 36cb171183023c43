import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { AwsError } from '../../../local/aws/service';
import type { FaultPoints, RequestFault, RequestPoint } from '../../../local/faults/fault-points';
import { allow, policy, TestPlatform } from '../aws/test-platform';

/** The platform with the faults that a test gives to the next requests. */
const next: RequestFault[] = [];
const seen: RequestPoint[] = [];
const killed: string[] = [];
let platformKills = 0;

const points: FaultPoints = {
  request: (point) => {
    seen.push(point);
    return next.shift();
  },
  invocation: () => undefined,
  invocationBegan: () => undefined,
  invocationEnded: () => undefined,
  deliveries: () => [0],
  importJobs: (actions) => actions,
  optOutAnswers: (_request, text) => [{ text, afterMilliseconds: 0 }],
  objectWritten: () => undefined,
  killPlatform: () => {
    platformKills += 1;
    // A killed process returns nothing to anybody; this one lives on.
    return undefined as never;
  },
};

let platform: TestPlatform;
let s3: S3Client;
let accessKeyId: string;

beforeAll(async () => {
  platform = await TestPlatform.start({ points, killProcess: (key) => killed.push(key) });
  platform.s3.createBucket({ name: 'drilled' });
  const credentials = platform.as('nmip/local/submission/write-receipt/role', policy(allow('s3:*')));
  accessKeyId = credentials.accessKeyId;
  s3 = platform.s3Client(credentials);
});
afterAll(() => platform.stop());
beforeEach(() => {
  next.length = 0;
  killed.length = 0;
  platformKills = 0;
});

const body = Buffer.alloc(20_000, 'x');
const put = (key: string) => s3.send(new PutObjectCommand({ Bucket: 'drilled', Key: key, Body: body }));
const isThere = (key: string): Promise<boolean> =>
  s3.send(new GetObjectCommand({ Bucket: 'drilled', Key: key })).then(
    async (answer) => (await answer.Body?.transformToByteArray())?.length === body.length,
    (error: unknown) => {
      if (error instanceof NoSuchKey) return false;
      throw error;
    },
  );

it('a request is told of with its function, and served as ever where no fault strikes', async () => {
  await put('calm');
  expect(seen.at(-1)).toMatchObject({
    service: 's3',
    method: 'PUT',
    functionName: 'submission/write-receipt',
    presigned: false,
  });
  expect(await isThere('calm')).toBe(true);
});

it('a refused request is refused in the words of its service, and nothing is done', async () => {
  next.push({ kind: 'refuse', error: new AwsError('SlowDown', 'Please reduce your request rate.', 503) });
  await expect(put('refused')).rejects.toMatchObject({
    name: 'SlowDown',
    $metadata: { httpStatusCode: 503 },
  });
  expect(await isThere('refused')).toBe(false);
});

it('a request whose answer is lost has been done', async () => {
  next.push({ kind: 'lose-answer' });
  await expect(put('lost')).rejects.toThrow();
  expect(await isThere('lost')).toBe(true);
});

it('a read whose answer is lost fails', async () => {
  await put('read');
  next.push({ kind: 'lose-answer' });
  await expect(isThere('read')).rejects.toThrow();
});

it('of a body that is cut off nothing is kept', async () => {
  next.push({ kind: 'cut-body' });
  await expect(put('cut')).rejects.toThrow();
  expect(await isThere('cut')).toBe(false);
});

it.each([
  ['before', false],
  ['during', false],
  ['after', true],
] as const)('the process that asks is killed %s the write: done is %p', async (when, done) => {
  next.push({ kind: 'kill', when });
  await expect(put(`killed-${when}`)).rejects.toThrow();
  expect(killed).toEqual([accessKeyId]);
  expect(await isThere(`killed-${when}`)).toBe(done);
});

it('the process that asks is killed when it has its answer', async () => {
  next.push({ kind: 'kill', when: 'answered' });
  await put('answered');
  expect(await isThere('answered')).toBe(true);
  expect(killed).toEqual([accessKeyId]);
});

it('the platform is killed when the write is done and nobody knows', async () => {
  next.push({ kind: 'kill-platform', when: 'after' });
  await expect(put('platform')).rejects.toThrow();
  expect(platformKills).toBe(1);
  expect(await isThere('platform')).toBe(true);
});
