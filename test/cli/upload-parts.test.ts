import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compositeDigest } from '../../lambda/submission/parts.contract';
import { writeNativeFile } from '../../scripts/bench/engine-inputs';
import type { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';
import { startUploader, type Uploader } from './uploader';

/** A file of 140 MB: five parts of 32 MiB. */
const megabytes = 140;
const partBytes = 32 * 1024 ** 2;
const parts = 5;

const command = new BuiltCommand();
let platform: FakePlatform;
let folder: string;
let file: string;
let person: string;
let upload: Uploader['upload'];

beforeAll(() => command.build());
afterAll(() => command.remove());

beforeEach(async () => {
  ({ platform, person, folder, upload } = await startUploader(command));
  file = join(folder, 'cine.dcm');
  await writeNativeFile(file, megabytes);
});
afterEach(() => platform.stop());

const uploadOf = () => platform.onlySubmission.uploads.get(1);

/** Changes one byte in a part. */
function corrupt(part: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, 'X', (part - 1) * partBytes + 1_000_000);
  closeSync(handle);
}

test('lists the digest of each part and of all of them, and sends each part once', async () => {
  const { code, stdout } = await upload();
  expect(code).toBe(0);
  expect(stdout).toContain('1 file received');
  const entry = platform.onlySubmission.entries.get(1);
  expect(entry?.parts?.bytes).toBe(partBytes);
  expect(entry?.parts?.sha256).toHaveLength(parts);
  expect(entry?.sha256).toBe(compositeDigest(entry?.parts?.sha256 ?? []));
  const received = [...(uploadOf()?.parts ?? [])].sort(([left], [right]) => left - right);
  expect(received.map(([, { sha256 }]) => sha256)).toEqual(entry?.parts?.sha256);
  expect(received.reduce((sum, [, { bytes }]) => sum + bytes, 0)).toBe(entry?.bytes);
  expect(uploadOf()?.completed).toBe(true);
  expect([...platform.partPuts.values()]).toEqual([1, 1, 1, 1, 1]);
  expect(platform.onlySubmission.state).toBe('done');
}, 60_000);

test('killed half way, the same command sends only the parts that are missing', async () => {
  platform.faults.onPart = (part) => (part > 2 ? 503 : null);
  let killed = false;
  const first = await upload(['--jobs', '1'], {
    onStderr: (_text: string, kill: (signal: NodeJS.Signals) => void) => {
      const poll = setInterval(() => {
        if ((platform.partPuts.get(3) ?? 0) > 0 && !killed) {
          killed = true;
          kill('SIGKILL');
        }
        if (killed) clearInterval(poll);
      }, 5);
      poll.unref();
    },
  });
  expect(first.code).not.toBe(0);
  expect(uploadOf()?.parts.size).toBe(2);
  platform.faults.onPart = () => null;
  platform.partPuts.clear();
  expect((await upload()).code).toBe(0);
  expect([...platform.partPuts.keys()].sort()).toEqual([3, 4, 5]);
  expect(platform.submissions.size).toBe(1);
}, 60_000);

test('asks again for URLs that have expired, and sends a part again where the store is busy', async () => {
  platform.faults.onPart = (part, attempt) => {
    if (part === 2 && attempt === 1) platform.expireUrls();
    return part === 4 && attempt === 1 ? 503 : null;
  };
  expect((await upload(['--jobs', '2'])).code).toBe(0);
  expect(uploadOf()?.parts.size).toBe(parts);
  expect(platform.calls.filter((call) => call.endsWith('part-urls')).length).toBeGreaterThan(1);
}, 60_000);

test('begins again where the store has deleted the unfinished upload', async () => {
  platform.faults.onPart = (part, attempt) => {
    if (part === 4 && attempt === 1) platform.onlySubmission.uploads.clear();
    return null;
  };
  expect((await upload(['--jobs', '1'])).code).toBe(0);
  expect(uploadOf()).toMatchObject({ uploadId: 'upload-2', completed: true });
  expect(uploadOf()?.parts.size).toBe(parts);
}, 60_000);

test.each<[string, () => void]>([
  ['in one of its parts', () => corrupt(2)],
  ['by what was written behind its end', () => appendFileSync(file, 'more')],
])(
  'a file that changes %s is an error of integrity, and nothing is completed',
  async (_how, change) => {
    platform.faults.onApi = (_method, route) => {
      if (route.endsWith('/part-urls')) change();
      return null;
    };
    const { code, stderr } = await upload();
    expect(code).toBe(5);
    expect(stderr).toContain('FILE_CHANGED');
    expect(stderr).toContain('cine.dcm');
    expect(platform.onlySubmission.state).toBe('open');
    expect(uploadOf()?.completed).toBe(false);
  },
  60_000,
);

test('a receipt says which digests are of parts', async () => {
  const { code, stdout } = await upload(['--watch']);
  expect(code).toBe(0);
  const path = /Receipt: (\S+) /.exec(stdout)?.[1] ?? '';
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify(platform.publicKeys));
  const text = await command.run(person, ['receipt', 'verify', path, '--keys', keys]);
  expect(text.stdout).toContain('1 file above 100 MB has the digest of its parts');
  const json = await command.run(person, ['receipt', 'verify', path, '--keys', keys, '--json']);
  expect(JSON.parse(json.stdout).files).toEqual([
    expect.objectContaining({ ordinal: 1, digest: 'parts', partBytes }),
  ]);
}, 60_000);
