import { HeadObjectCommand, type HeadObjectCommandOutput, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { boundedMap } from './bounded-map';
import { type ByteRange, MultipartUpload } from './multipart-upload';
import type { ObjectPlace } from './object-store';

/** A part as S3 copies it well within the time that a silent connection is kept; 10,000 of them are 1.3 TB. */
const usualPartBytes = 128 * 1024 * 1024;

const partsAtOnce = 8;

/** Cuts an object into ranges of a size; the last one may be shorter. */
function rangesOf(bytes: number, partBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let start = 0; start < bytes; start += partBytes)
    ranges.push({ start, end: Math.min(start + partBytes, bytes) });
  return ranges;
}

async function headOf(s3: S3Client, { bucket, key }: ObjectPlace): Promise<HeadObjectCommandOutput | null> {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

/**
 * Copies an object inside S3 in parts, whatever its size; type and metadata stay, `tags` replace those of the source. The
 * copy appears whole or not at all. False where the source does not exist.
 * @param partBytes size of the parts: S3 keeps the digest of the digests of just these
 */
export async function copyLargeObject(
  s3: S3Client,
  from: ObjectPlace,
  to: ObjectPlace,
  tags: Readonly<Record<string, string>>,
  partBytes: number = usualPartBytes,
): Promise<boolean> {
  const head = await headOf(s3, from);
  if (head === null) return false;
  if (head.ETag === undefined) throw new Error('S3 gave no tag of an object');
  const source = { ...from, etag: head.ETag };
  const upload = await MultipartUpload.start(s3, to, {
    ContentType: head.ContentType,
    Metadata: head.Metadata,
    Tagging: new URLSearchParams(tags).toString(),
  });
  try {
    await boundedMap(rangesOf(head.ContentLength ?? 0, partBytes), partsAtOnce, (range, index) =>
      upload.copy(index + 1, source, range),
    );
    await upload.complete();
  } catch (error) {
    // What cannot be removed now, the bucket's rule for unfinished uploads removes.
    await upload.abort().catch(() => {});
    throw error;
  }
  return true;
}
