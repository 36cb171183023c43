import type { ObjectPlace } from './object-store';

/** Bucket and key of `s3://<bucket>/<key>`. @throws Error for any other form */
export function placeOfUri(uri: string): ObjectPlace {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error('not the address of an S3 object');
  return { bucket: match[1], key: match[2] };
}
