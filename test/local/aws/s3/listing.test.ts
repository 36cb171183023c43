import { ListObjectsV2Command, type ListObjectsV2CommandInput, type S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { compareUtf8 } from '../../../../local/aws/s3/utf8-order';
import type { Caller } from '../../../../local/aws/service';
import { allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let client: S3Client;
let caller: Caller;

beforeAll(async () => {
  platform = await TestPlatform.start();
  client = platform.s3Client(platform.as('storage', policy(allow('s3:*'))));
  caller = platform.caller('storage', policy(allow('s3:*')));
});
afterAll(() => platform.stop());

/** All pages of a listing: keys and common prefixes in the order in which they came. */
async function list(input: ListObjectsV2CommandInput): Promise<string[]> {
  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    const entries = [
      ...(page.Contents ?? []).map(({ Key }) => Key ?? ''),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''),
    ];
    expect(page.KeyCount).toBe(entries.length);
    seen.push(...entries.sort(compareUtf8));
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
  } while (ContinuationToken !== undefined);
  return seen;
}

/** What S3 says a listing is, written without any regard to speed. */
function expected(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const entries = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    entries.add(cut < 0 ? key : key.slice(0, cut + delimiter.length));
  }
  return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

it('gives every key and common prefix once, in UTF-8 order, whatever the page size', async () => {
  let number = 0;
  const segment = fc.constantFrom('a', 'b', 'é', '\uff61', '😀', 'a b', '&', '');
  const key = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'))
    .filter((text) => text !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 12 }),
      fc.constantFrom('', 'a', 'a/', 'é/', '/'),
      fc.constantFrom('', '/'),
      fc.integer({ min: 1, max: 5 }),
      async (keys, Prefix, Delimiter, MaxKeys) => {
        const Bucket = `listing-${++number}`;
        platform.s3.createBucket({ name: Bucket });
        for (const each of keys) await platform.s3.putObject(caller, Bucket, each, Buffer.from('x'));
        const input = { Bucket, Prefix, Delimiter: Delimiter === '' ? undefined : Delimiter, MaxKeys };
        expect(await list(input)).toEqual(expected(keys, Prefix, Delimiter));
        const inProcess = await platform.s3.listKeys(caller, Bucket, Prefix);
        expect(inProcess.map(({ key: found }) => found)).toEqual(expected(keys, Prefix, ''));
      },
    ),
    { seed: 7, numRuns: 25 },
  );
});

it('starts after a key, and refuses a token that it did not give', async () => {
  platform.s3.createBucket({ name: 'started' });
  for (const key of ['a', 'b', 'c']) await platform.s3.putObject(caller, 'started', key, Buffer.from('x'));
  expect(await list({ Bucket: 'started', StartAfter: 'a' })).toEqual(['b', 'c']);
  await expect(
    client.send(new ListObjectsV2Command({ Bucket: 'started', ContinuationToken: 'nonsense' })),
  ).rejects.toMatchObject({ name: 'InvalidArgument' });
});

it('gives 1,000 entries a page at most', async () => {
  platform.s3.createBucket({ name: 'pages' });
  for (let index = 0; index < 1001; index++)
    await platform.s3.putObject(caller, 'pages', `k${index}`, Buffer.alloc(0));
  const page = await client.send(new ListObjectsV2Command({ Bucket: 'pages', MaxKeys: 5000 }));
  expect(page).toMatchObject({ KeyCount: 1000, IsTruncated: true });
  expect(await list({ Bucket: 'pages' })).toHaveLength(1001);
});
