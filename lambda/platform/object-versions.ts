import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';

/** A version or a delete marker. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly isLatest: boolean;
}

/** Keys of one DeleteObjects request, the service's limit. */
const deleteSize = 1_000;

/** Versions of objects, and their deletion. */
export class ObjectVersions {
  constructor(private readonly s3: S3Client) {}

  /** Deletes objects, as one request for each would: their former versions stay. */
  async deleteKeys(bucket: string, keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += deleteSize)
      await this.deleteEntries(
        bucket,
        keys.slice(start, start + deleteSize).map((Key) => ({ Key })),
      );
  }

  /** Deletes those versions and delete markers under a prefix that are doomed; gives their number. */
  async delete(bucket: string, prefix: string, doomed: (version: ListedVersion) => boolean): Promise<number> {
    let deleted = 0;
    for await (const page of this.list(bucket, prefix)) {
      const entries = page.filter(doomed).map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
      if (entries.length > 0) await this.deleteEntries(bucket, entries);
      deleted += entries.length;
    }
    return deleted;
  }

  /** Versions and delete markers under a prefix, by page of the listing. */
  async *list(bucket: string, prefix: string): AsyncGenerator<ListedVersion[]> {
    let keyMarker: string | undefined;
    let versionMarker: string | undefined;
    do {
      const answer = await this.s3.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          KeyMarker: keyMarker,
          VersionIdMarker: versionMarker,
        }),
      );
      yield [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])].flatMap(
        ({ Key, VersionId, IsLatest }) =>
          Key === undefined ? [] : [{ key: Key, versionId: VersionId, isLatest: IsLatest === true }],
      );
      keyMarker = answer.IsTruncated === true ? answer.NextKeyMarker : undefined;
      versionMarker = answer.IsTruncated === true ? answer.NextVersionIdMarker : undefined;
    } while (keyMarker !== undefined);
  }

  private async deleteEntries(
    bucket: string,
    entries: readonly { Key: string; VersionId?: string | undefined }[],
  ): Promise<void> {
    const answer = await this.s3.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Quiet: true, Objects: entries.map((entry) => ({ ...entry })) },
      }),
    );
    const refused = answer.Errors ?? [];
    if (refused.length > 0)
      throw new Error(`S3 refused to delete ${refused.length} objects: ${refused[0]?.Code ?? 'unknown'}`);
  }
}
