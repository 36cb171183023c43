import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';
import { startUploader, type Uploader, writeExport } from './uploader';

const command = new BuiltCommand();
let platform: FakePlatform;
let folder: string;
let person: string;
let upload: Uploader['upload'];

beforeAll(() => command.build());
afterAll(() => command.remove());

beforeEach(async () => {
  ({ platform, person, folder, upload } = await startUploader(command));
  await writeExport(folder, 'upload');
});
afterEach(() => platform.stop());

/** Of the 27 files of the folder, text files (2) and the DICOMDIR stay at home. */
const sentFiles = 24;

test('sends every DICOM file, even one that cannot be read, and names the others', async () => {
  const { code, stdout, stderr } = await upload();
  expect(stderr).toContain('export-notes.txt');
  expect(stderr).toContain('odd/DICOMDIR');
  expect(stdout).toMatch(/^Submission s-\S+: 24 files received, 3 skipped\./);
  expect(code).toBe(0);
  const submission = platform.onlySubmission;
  expect(submission.fileCount).toBe(sentFiles);
  expect(submission.received.size).toBe(sentFiles);
  expect(submission.state).toBe('done');
  for (const [ordinal, bytes] of submission.received)
    expect(submission.entries.get(ordinal)?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('numbers files from 1 without gaps and groups them by series', async () => {
  await upload();
  const entries = [...platform.onlySubmission.entries.values()].sort((a, b) => a.ordinal - b.ordinal);
  expect(entries.map((entry) => entry.ordinal)).toEqual(Array.from({ length: sentFiles }, (_, i) => i + 1));
  const groups = new Set(entries.map((entry) => entry.group));
  const sizes = [...groups].map((group) => entries.filter((entry) => entry.group === group).length);
  expect(sizes.sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 3, 4, 4, 6]);
});

test('sends each NHS number once, beside the manifest and nowhere else', async () => {
  await upload();
  const lines = platform.onlySubmission.subjects?.split('\n') ?? [];
  expect(lines.pop()).toBe('');
  expect(lines).toHaveLength(9);
  expect(new Set(lines).size).toBe(9);
  for (const line of lines) expect(line).toMatch(/^999\d{7}$/);
});

test('a dry run sends nothing', async () => {
  const { code, stdout } = await upload(['--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toContain('Nothing was sent.');
  expect(stdout).toContain('will be refused');
  expect(platform.calls.filter((call) => call.includes('submissions'))).toEqual([]);
});

test('after Ctrl-C the same command sends the rest only', async () => {
  platform.faults.putDelayMs = 40;
  let stopped = false;
  const first = await upload(['--jobs', '2'], {
    onStderr: (_text: string, kill: (signal: NodeJS.Signals) => void) => {
      const poll = setInterval(() => {
        if (platform.submissions.size === 1 && platform.onlySubmission.received.size >= 6 && !stopped) {
          stopped = true;
          kill('SIGINT');
        }
        if (stopped) clearInterval(poll);
      }, 5);
      poll.unref();
    },
  });
  expect(first.code).toBe(130);
  expect(first.stderr).toMatch(
    /Stopped\. \d+ files are safely received\. Run the same command to continue\./,
  );
  const receivedFirst = platform.onlySubmission.received.size;
  expect(receivedFirst).toBeGreaterThanOrEqual(6);
  expect(receivedFirst).toBeLessThan(sentFiles);
  platform.faults.putDelayMs = 0;
  const second = await upload();
  expect(second.code).toBe(0);
  expect(platform.onlySubmission.received.size).toBe(sentFiles);
  const sentTwice = [...platform.puts.values()].filter((times) => times > 1).length;
  // Only what was on its way at the stop may be sent again: two jobs.
  expect(sentTwice).toBeLessThanOrEqual(2);
});

test('the same folder again sends nothing', async () => {
  await upload();
  const puts = [...platform.puts.values()].reduce((a, b) => a + b, 0);
  const { code, stdout } = await upload();
  expect(code).toBe(0);
  expect(stdout).toContain('Nothing was sent.');
  expect([...platform.puts.values()].reduce((a, b) => a + b, 0)).toBe(puts);
});

test('tries again where the store is busy, and signs again where URLs have expired', async () => {
  platform.faults.onPut = (ordinal, attempt) => {
    if (ordinal === 3 && attempt === 1) platform.expireUrls();
    return ordinal % 4 === 0 && attempt === 1 ? 503 : null;
  };
  const { code } = await upload();
  expect(code).toBe(0);
  expect(platform.onlySubmission.received.size).toBe(sentFiles);
  expect(platform.calls.filter((call) => call.endsWith('upload-urls')).length).toBeLessThanOrEqual(3);
});

test('does not try again what the store refuses for good; the others go on', async () => {
  platform.faults.onPut = (ordinal) => (ordinal === 5 ? 400 : null);
  const { code, stderr } = await upload();
  expect(code).toBe(4);
  expect(stderr).toContain('UPLOAD_REFUSED');
  expect(platform.puts.get(5)).toBe(1);
  expect(platform.onlySubmission.received.size).toBe(sentFiles - 1);
  expect(platform.onlySubmission.state).toBe('open');
});

test('a file that changes during the upload is an error of integrity, and nothing is completed', async () => {
  const path = join(folder, 'us-2', 'IM0001');
  const whole = await readFile(path);
  platform.faults.onApi = (_method, route) => {
    if (route.endsWith('/upload-urls')) writeFileSync(path, whole.fill(7, whole.length - 64));
    return null;
  };
  const { code, stderr } = await upload();
  expect(code).toBe(5);
  expect(stderr).toContain('FILE_CHANGED');
  expect(stderr).toContain('us-2/IM0001');
  expect(platform.onlySubmission.state).toBe('open');
  platform.faults.onApi = () => null;
  expect((await upload()).code).toBe(0);
  expect(platform.submissions.size).toBe(2);
});

test('without a terminal there are no control characters, and every line of --json parses', async () => {
  platform.outcomes.set(2, { outcome: 'quarantined', code: 'BURNED_IN_TEXT' });
  const plain = await upload(['--watch']);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(plain.stdout + plain.stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  const json = await upload(['--watch', '--json']);
  const records = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.at(-1).rejected).toEqual([
    expect.objectContaining({ ordinal: 2, code: 'BURNED_IN_TEXT', path: 'cr-2/IM0001' }),
  ]);
  expect(json.code).toBe(1);
});

test('saves the receipt after it has been verified, and exits with 1 for rejections', async () => {
  platform.outcomes.set(1, { outcome: 'withheld' });
  const { code, stdout, stderr } = await upload(['--watch']);
  expect({ code, stderr: code === 1 ? '' : stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('cr-1/IM0001');
  expect(stdout).toContain('remove it from your export');
  const path = /Receipt: (\S+) /.exec(stdout)?.[1] ?? '';
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify(platform.publicKeys));
  expect((await command.run(person, ['receipt', 'verify', path, '--keys', keys])).code).toBe(0);

  const receipt = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...receipt, payload: `${receipt.payload.slice(0, -2)}AA` }));
  const forged = await command.run(person, ['receipt', 'verify', path, '--keys', keys]);
  expect(forged.code).toBe(5);

  const unbalanced = await platform.receipt(platform.onlySubmission, (payload) => {
    (payload.files as unknown[]).pop();
  });
  await writeFile(path, JSON.stringify(unbalanced));
  const short = await command.run(person, ['receipt', 'verify', path, '--keys', keys]);
  expect(short.stderr).toContain('NOT_BALANCED');
  expect(short.code).toBe(5);
});

test('after a submission has expired, the same command makes a new one and says so', async () => {
  platform.faults.onApi = (_method, route) =>
    route.endsWith('/complete') ? { status: 409, body: { title: 'Not now.', code: 'NOT_NOW' } } : null;
  expect((await upload()).code).not.toBe(0);
  platform.faults.onApi = () => null;
  const first = platform.onlySubmission;
  Object.assign(first, { state: 'done', expired: true });
  for (const ordinal of [3, 5]) first.entries.delete(ordinal);
  platform.outcomes.set(2, { outcome: 'missing' });

  const shown = await command.run(person, ['submission', first.id, '--to', folder]);
  expect(shown.stdout).toContain('It was not completed in time and ended with what had come.');
  expect(shown.stdout).toContain('Of 24 announced files 22 had been listed');
  expect(shown.code).toBe(1);
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify(platform.publicKeys));
  const receipt = join(folder, `nmip-receipt-${first.id}.json`);
  const verified = await command.run(person, ['receipt', 'verify', receipt, '--keys', keys]);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('22 had been listed') });

  platform.outcomes.clear();
  const { code, stderr } = await upload();
  expect(code).toBe(0);
  expect(stderr).toContain(`Submission ${first.id} of these files was not completed in time`);
  expect(platform.submissions.size).toBe(2);
  expect((await upload()).stdout).toContain('Nothing was sent.');
  expect(platform.submissions.size).toBe(2);
});

test('a receipt with a gap holds for an expired submission only', async () => {
  await upload();
  const submission = platform.onlySubmission;
  submission.entries.delete(3);
  const path = join(folder, 'receipt.json');
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify(platform.publicKeys));
  const verify = () => command.run(person, ['receipt', 'verify', path, '--keys', keys]);
  await writeFile(path, JSON.stringify(await platform.receipt(submission)));
  expect(await verify()).toMatchObject({ code: 5, stderr: expect.stringContaining('NOT_BALANCED') });
  submission.expired = true;
  await writeFile(path, JSON.stringify(await platform.receipt(submission)));
  expect((await verify()).code).toBe(0);
  const beyond = await platform.receipt(submission, (payload) => {
    payload.expired = { announcedFiles: 10, announcedBytes: 1 };
  });
  await writeFile(path, JSON.stringify(beyond));
  expect((await verify()).code).toBe(5);
});

test('a refusal of the API is printed with its fix and reference', async () => {
  platform.faults.onApi = (method, route) =>
    method === 'POST' && route === '/v1/submissions'
      ? {
          status: 404,
          body: {
            title: 'There is no such collection.',
            code: 'UNKNOWN_COLLECTION',
            fix: 'Check the name.',
            ref: 'r-1',
          },
        }
      : null;
  const { code, stderr } = await upload();
  expect(stderr).toContain(
    'There is no such collection. (UNKNOWN_COLLECTION)\nFix: Check the name.\nReference: r-1\n',
  );
  expect(code).toBe(2);
});

test('a folder without DICOM files, and one that is not there, are errors of usage', async () => {
  const empty = join(folder, 'none');
  await mkdir(empty);
  await appendFile(join(empty, 'a.txt'), 'text');
  const send = (path: string) => command.run(person, ['upload', path, '--collection', 'chest']);
  expect(await send(empty)).toMatchObject({ code: 2, stderr: expect.stringContaining('NOTHING_TO_SEND') });
  expect(await send(join(empty, 'nowhere'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('FOLDER_NOT_READABLE'),
  });
});
