import { createHash } from 'node:crypto';
import type { PerceptualHash } from '../pixels/perceptual-hash';
import type { PixelBlanker } from '../pixels/plan-pixels';
import type { PixelDataStart } from '../read/element-parser';
import type { InstanceReader } from '../read/instance-reader';
import type { OutputStream, SourceRange } from '../write/output-stream';
import { segmentedPixelDigest } from './pixel-segments';

/** The value of native pixel data, cut into segments; with the null that pads it where its length is odd. */
export interface SegmentedValue {
  readonly pixelData: PixelDataStart;
  readonly lengths: readonly number[];
}

export interface SegmentsCopy {
  readonly stream: OutputStream;
  readonly blanker: PixelBlanker | null;
  /** Null where no digest is wanted. */
  readonly key: Buffer | null;
  /** Sees what is written, or of what is copied unread the one frame that it wants. */
  readonly hash: PerceptualHash | null;
}

/**
 * Writes native pixel data segment by segment; all but the first are copied from the source unread, where source and
 * sink can do that, but for the frame that is looked at. Gives `segmentedPixelDigest` of the value as the source has it, the same either way.
 */
export async function copySegments(
  reader: InstanceReader,
  value: SegmentedValue,
  copy: SegmentsCopy,
): Promise<string | null> {
  const { stream, key } = copy;
  const digests = stream.inParts ? await inParts(reader, value, copy) : await inOne(reader, value, copy);
  return key === null ? null : segmentedPixelDigest(key, totalOf(value), digests);
}

const totalOf = ({ lengths }: SegmentedValue): number => lengths.reduce((sum, length) => sum + length, 0);

/** Segments are the parts of the output: each is digested once, for both. The first part begins with the header. */
async function inParts(
  reader: InstanceReader,
  { pixelData, lengths }: SegmentedValue,
  { stream, hash: look }: SegmentsCopy,
): Promise<string[]> {
  const [first = 0, ...others] = lengths;
  const start = stream.canCopy ? reader.startInSource(pixelData) : null;
  if (start !== null) reader.stopAt(start + first);
  const hash = createHash('sha256');
  for await (const piece of reader.readNative(pixelData, first)) {
    hash.update(piece);
    look?.push(piece);
    await stream.write(piece);
  }
  const digests = [hash.digest('hex')];
  await stream.endPart();
  if (start === null) {
    for (const length of others) {
      for await (const piece of reader.readNative(pixelData, length)) {
        look?.push(piece);
        await stream.write(piece);
      }
      digests.push(await stream.endPart());
    }
    return digests;
  }
  const wanted = look?.wanted ?? null;
  if (wanted !== null) {
    look?.pass(wanted.from - first);
    for await (const piece of reader.readAside(start + wanted.from, start + wanted.to)) look?.push(piece);
  }
  const ranges = rangesFrom(start + first, others);
  await reader.skipTo(ranges.at(-1)?.end ?? start + first);
  return [...digests, ...(await stream.copy(ranges))];
}

function rangesFrom(start: number, lengths: readonly number[]): SourceRange[] {
  let end = start;
  return lengths.map((length) => {
    const from = end;
    end += length;
    return { start: from, end };
  });
}

async function inOne(
  reader: InstanceReader,
  { pixelData, lengths }: SegmentedValue,
  { stream, blanker, key, hash: look }: SegmentsCopy,
): Promise<string[]> {
  const digests: string[] = [];
  let left = pixelData.length ?? 0;
  for (const length of lengths) {
    const hash = key === null ? null : createHash('sha256');
    const present = Math.min(length, left);
    left -= present;
    for await (const piece of reader.readNative(pixelData, present)) {
      hash?.update(piece);
      const output = blanker === null ? piece : blanker.push(piece);
      look?.push(output);
      if (output.length > 0) await stream.write(output);
    }
    if (present < length) hash?.update(Buffer.alloc(length - present));
    if (hash !== null) digests.push(hash.digest('hex'));
  }
  return digests;
}
