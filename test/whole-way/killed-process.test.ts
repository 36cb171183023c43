import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { filesBelow } from '../../local/drill/leak-search';
import type { Platform } from '../../local/platform';
import { newDataFolder, type Receipt, receiptsInBucket, runOnce, start } from './demonstration';
import { platformOn } from './platform-on';

/** Long enough for a start and two submissions on a busy machine; the tests end as soon as what they wait for is there. */
const patienceMilliseconds = 120_000;

async function until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + patienceMilliseconds;
  while (!(await reached())) {
    if (Date.now() > limit) throw new Error(`waited in vain for ${what}`);
    await pause(20);
  }
}

/** What a receipt says of each file, without what differs from run to run: ids and times. */
const fates = (receipts: readonly Receipt[]) =>
  receipts.map(({ trust, files }) => ({
    trust,
    files: files.map(({ ordinal, sha256, outcome, code }) => ({ ordinal, sha256, outcome, code })),
  }));

/** The folder of the bucket whose physical name holds `part`. */
function bucketFolder(data: string, part: string): string | null {
  const buckets = join(data, 's3');
  const name = existsSync(buckets) ? readdirSync(buckets).find((each) => each.includes(part)) : undefined;
  return name === undefined ? null : join(buckets, name, 'objects');
}

const filesWith = (data: string, bucket: string, ending: RegExp): number => {
  const folder = bucketFolder(data, bucket);
  if (folder === null) return 0;
  return [...filesBelow(folder, () => false)].filter((path) => ending.test(path)).length;
};

/** Moments in the middle of the pipeline, each known by what then lies in a bucket. */
const moments: [string, (data: string) => boolean][] = [
  ['the plan is written', (data) => filesWith(data, 'workbucket', /plan\.json$/) > 0],
  ['the first images are staged', (data) => filesWith(data, 'deidentifiedbucket', /\.dcm$/) > 0],
  ['a submission is settled', (data) => filesWith(data, 'workbucket', /settlement\.json$/) > 0],
  ['an import has been reconciled', (data) => filesWith(data, 'workbucket', /imports\/.*\.json$/) > 0],
];

describe('a platform killed in the middle of its work', () => {
  const folders: string[] = [];
  let expected: ReturnType<typeof fates>;

  const dataFolder = () => {
    const folder = newDataFolder();
    folders.push(dirname(folder));
    return folder;
  };

  beforeAll(async () => {
    const data = dataFolder();
    const run = await runOnce(data, ['--fresh']);
    if (run.code !== 0) throw new Error(run.said);
    expected = fates(receiptsInBucket(bucketFolder(data, 'workbucket') as string));
  }, 2 * patienceMilliseconds);

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('gives receipts of two trusts when nothing happens to it', () => {
    expect(expected.map(({ trust }) => trust)).toEqual(['RX1', 'RY2']);
  });

  it.each(moments)(
    'finishes with the same receipts when it was killed as %s',
    async (_moment, reached) => {
      const data = dataFolder();
      const child = start(data, ['--fresh', '--once']);
      const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.stdout?.resume();
      child.stderr?.resume();
      await until('the moment to kill it', () => reached(data) || child.exitCode !== null);
      expect(child.exitCode).toBeNull();
      // The process group: the platform, its functions and the commands of the demonstration.
      process.kill(-(child.pid as number), 'SIGKILL');
      await closed;
      const work = bucketFolder(data, 'workbucket') as string;
      expect(receiptsInBucket(work)).toHaveLength(0);

      // A trust whose upload was cut off by the kill has not completed its submission: it is open, not processed.
      const completed = readdirSync(join(data, 'states', 'machines', 'nmip-local-pipeline', 'executions'));
      expect(completed.length).toBeGreaterThan(0);
      let platform: Platform | undefined;
      try {
        platform = await platformOn(data);
        await until('the receipts', () => receiptsInBucket(work).length === completed.length);
        const received = fates(receiptsInBucket(work));
        for (const receipt of received) {
          expect(receipt).toEqual(expected.find(({ trust }) => trust === receipt.trust));
        }
      } finally {
        await platform?.stop();
      }
    },
    2 * patienceMilliseconds,
  );
});
