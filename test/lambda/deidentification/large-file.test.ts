import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  type LandedLargeFile,
  LargeFileRoom,
  type LargeFileRun,
} from '../../../scripts/bench/large-file-room';

/**
 * More than the function's memory, so that it cannot hold it. `npm run bench:copy` does the same with 3 GB, for which this
 * would take too long.
 */
const megabytes = 600;
const memoryMegabytes = 512;
const submissionId = 's-00000000000000000000000001';

describe('a native file that is larger than the memory of the function', () => {
  let room: LargeFileRoom;
  let file: LandedLargeFile;
  let run: LargeFileRun;

  beforeAll(async () => {
    room = await LargeFileRoom.open(memoryMegabytes);
    file = await room.land(submissionId, megabytes);
    run = await room.run(submissionId, file);
  }, 300_000);
  afterAll(() => room.close());

  it('is de-identified in its memory, and its pixels do not pass through it', () => {
    expect(file.bytes).toBeGreaterThan(memoryMegabytes * 2 ** 20);
    expect(run.result).toMatchObject({ outcome: 'staged', digest: 'parts' });
    expect(run.received + run.sent).toBeLessThanOrEqual(16e6);
    if (run.peakMebibytes !== null) expect(run.peakMebibytes).toBeLessThanOrEqual(memoryMegabytes);
  });

  it('has an output with the same pixels behind a new header', async () => {
    const { key, bytes } = run.result as { key: string; bytes: number };
    const bytesOf = async (Bucket: string, Key: string, from: number, end: number): Promise<Buffer> => {
      const Range = `bytes=${from}-${end - 1}`;
      const { Body } = await room.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };
    const grown = bytes - file.bytes;
    const output = await bytesOf('deidentified', key, 0, 4096);
    expect(output.toString('latin1')).not.toContain('Zztestwick');
    // Around the seams of segments, of the parts in which the file came, and at the end.
    const mebibyte = 2 ** 20;
    for (const behind of [
      2 * mebibyte,
      5 * mebibyte,
      8 * mebibyte,
      21 * mebibyte,
      72 * mebibyte,
      file.bytes - 8192,
    ]) {
      const [from, end] = [behind - 4096, behind + 8192];
      const source = await bytesOf('landing-rx1', `${submissionId}/000001`, from, Math.min(end, file.bytes));
      const copied = await bytesOf('deidentified', key, from + grown, Math.min(end, file.bytes) + grown);
      expect(copied.equals(source)).toBe(true);
    }
  });
});
