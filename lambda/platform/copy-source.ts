interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** An object as `x-amz-copy-source` names it. */
export function encodeCopySource({ bucket, key }: ObjectAddress): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
