import { find, valueBytes } from '../data-set/data-element';
import { formatTag, tags } from '../data-set/tag';
import type { IdentifyingValues } from '../identifiers/identifying-values';
import { FragmentCleaner } from '../pixels/fragment-cleaner';
import type { PerceptualHash } from '../pixels/perceptual-hash';
import type { PixelPlan } from '../pixels/plan-pixels';
import { StreamSearch } from '../prove/stream-search';
import type { PixelDataStart } from '../read/element-parser';
import type { InstanceHeader, InstanceReader } from '../read/instance-reader';
import { framesOf, validateFragments } from '../validate/validate-pixel-data';
import type { WarningCode } from '../validate/warning-codes';
import { encodeElementHeader } from '../write/encode-data-set';
import type { OutputStream } from '../write/output-stream';
import { copySegments } from './copy-segments';
import { PixelDigest } from './pixel-digest';

export interface CopiedPixelData {
  /**
   * Of the value as the source has it, of odd length with the null that pads it, since other writers have padded the same
   * pixels: `segmentedPixelDigest` where it is cut into segments, else `PixelDigest`; null where none is wanted.
   */
  readonly digest: string | null;
  readonly warnings: readonly WarningCode[];
}

/** What becomes of the pixel data, and who sees it on its way. */
export interface PixelDataCopy {
  readonly plan: PixelPlan;
  readonly stream: OutputStream;
  /** Key of the digest; null where none is wanted. */
  readonly key: Buffer | null;
  /** Of a native value that is digested in segments: their lengths, padding included. */
  readonly segments: readonly number[] | null;
  readonly identifying: IdentifyingValues;
  /** Sees what is written; of a value whose segments are copied unread, the one frame that it wants. */
  readonly hash: PerceptualHash | null;
}

/**
 * Writes the pixel data: byte for byte where nothing is to be blanked and no compressed frame holds text. A native value
 * of odd length is padded. Throws `Quarantine` where fragments do not fit the frames, `ProofFailure` where a video, which
 * nothing here can clean, holds something identifying.
 */
export async function copyPixelData(
  reader: InstanceReader,
  header: InstanceHeader,
  pixelData: PixelDataStart,
  { plan, stream, key, segments, identifying, hash }: PixelDataCopy,
): Promise<CopiedPixelData> {
  const { transferSyntax } = header;
  const { tag, length } = pixelData;
  // OB is the VR of all encapsulated pixel data (PS3.5 annex A.4).
  const vr = length === null ? 'OB' : pixelData.vr === 'UN' ? 'OW' : pixelData.vr;
  const padding = length === null ? 0 : length & 1;
  const written = length === null ? 0xffffffff : length + padding;
  await stream.write(encodeElementHeader(tag, vr, written, transferSyntax.encoding));
  const blanker = plan.kind === 'blank' ? plan.blanker : null;
  if (segments !== null) {
    const value = { pixelData, lengths: segments };
    const digest = await copySegments(reader, value, { stream, blanker, key, hash });
    if (padding === 1) await stream.write(Buffer.alloc(1));
    return { digest, warnings: [] };
  }
  const digest = key === null ? null : new PixelDigest(key);
  const cleaner = length === null ? new FragmentCleaner(transferSyntax.frames) : null;
  const search =
    transferSyntax.frames === 'video' ? new StreamSearch(identifying, formatTag(pixelData.tag)) : null;
  for await (const piece of reader.readPixelData(pixelData)) {
    digest?.update(piece);
    search?.push(piece);
    const cleaned = cleaner === null ? piece : cleaner.push(piece);
    const output = blanker === null ? cleaned : blanker.push(cleaned);
    hash?.push(output);
    if (output.length > 0) await stream.write(output);
  }
  const rest = cleaner?.finish() ?? Buffer.alloc(0);
  if (rest.length > 0) {
    const output = blanker === null ? rest : blanker.push(rest);
    hash?.push(output);
    await stream.write(output);
  }
  if (padding === 1) {
    digest?.update(Buffer.alloc(1));
    await stream.write(Buffer.alloc(1));
  }
  if (cleaner === null) return { digest: digest?.digest() ?? null, warnings: [] };
  const warnings = validateFragments(
    { ...reader.fragments, extendedTable: extendedTable(header), signatures: cleaner.signatures },
    framesOf(header.dataSet),
    transferSyntax.frames,
  );
  if (cleaner.changed) warnings.push('COMMENTS_BLANKED');
  return { digest: digest?.digest() ?? null, warnings };
}

/** Extended Offset Table, where it has an entry for each frame: one of another length does not reach the output. */
function extendedTable(header: InstanceHeader): Buffer | null {
  const element = find(header.dataSet, tags.extendedOffsetTable);
  if (element === undefined || element.length !== framesOf(header.dataSet) * 8) return null;
  return valueBytes(element);
}
