import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { allow, policy, type TestPlatform } from '../test-platform';
import { askerPolicy, CATALOGUE, engineOf, putListed, startLakePlatform } from './lake-platform';

const partition = { collection: 'chest', split: 'development' } as const;
const ordinals = z.object({ ordinal: z.number() });
const text = 'SELECT ordinal FROM instances ORDER BY ordinal';

let platform: TestPlatform;
let s3: S3Client;
/** The only file that the list names. */
let named: string;

beforeAll(async () => {
  platform = await startLakePlatform();
  s3 = platform.s3Client(platform.as('writer', policy(allow('*'))));
});
afterAll(() => platform.stop());
beforeEach(async () => {
  await replaceBy(1);
});
afterEach(() => jest.restoreAllMocks());

/** Puts one row into a file of its own, in place of what the partition had; what it had stays. */
async function replaceBy(ordinal: number): Promise<void> {
  named = await putListed(s3, 'instances', partition, [{ submission: 's-1', ordinal }]);
}

/** Has a file of the lake replaced and deleted when Athena, which has read the list, comes to it; gives how often it came. */
function replaceAt(
  moment: 'before-opening' | 'after-opening',
  isStruck: (time: number) => boolean,
): () => number {
  const getObject = platform.s3.getObject.bind(platform.s3);
  let times = 0;
  const strike = async () => {
    times += 1;
    if (!isStruck(times)) return;
    const old = named;
    await replaceBy(times + 1);
    await s3.send(new DeleteObjectCommand({ Bucket: CATALOGUE, Key: old }));
  };
  jest.spyOn(platform.s3, 'getObject').mockImplementation(async (caller, bucket, key) => {
    const isFile = key.endsWith('.parquet');
    if (isFile && moment === 'before-opening') await strike();
    const found = await getObject(caller, bucket, key);
    if (isFile && moment === 'after-opening') await strike();
    return found;
  });
  return () => times;
}

const asker = (name: string) => engineOf(platform, name, askerPolicy(['instances']));

it.each(['before-opening', 'after-opening'] as const)(
  'asks again with the files of now where one went between list and reading, %s',
  async (moment) => {
    const times = replaceAt(moment, (time) => time === 1);
    expect(await asker(moment).rows(text, ordinals)).toEqual([{ ordinal: 2 }]);
    expect(times()).toBe(2);
  },
);

it('gives up after five times, and says why by a reason of its own', async () => {
  const times = replaceAt('before-opening', () => true);
  await expect(asker('ever').rows(text, ordinals)).rejects.toMatchObject({
    name: 'QueryError',
    reason: 'FILES_CHANGED',
  });
  expect(times()).toBe(5);
});

it('does not unload again by itself: what has failed may have written', async () => {
  const times = replaceAt('before-opening', () => true);
  const unloaded = asker('unload').unload('SELECT ordinal FROM instances', 'lake/unloads/r/u/', []);
  await expect(unloaded).rejects.toMatchObject({ reason: 'FILES_CHANGED' });
  expect(times()).toBe(1);
});
