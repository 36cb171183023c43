import type { EventPublisher } from '../service';
import type { Bucket } from './bucket';
import type { ObjectVersion } from './object-version';
import { NULL_VERSION } from './object-version';

/** Who or what changed an object. */
export interface ChangeCause {
  readonly requestId: string;
  /** `PutObject`, `CopyObject`, `CompleteMultipartUpload`, `DeleteObject`, `Lifecycle Expiration`. */
  readonly reason: string;
  readonly requester: string;
}

/** Sends the EventBridge events of S3 for buckets that have them switched on ("Object Created", "Object Deleted"). */
export class S3Events {
  constructor(private readonly publisher: EventPublisher) {}

  objectCreated(bucket: Bucket, version: ObjectVersion & { kind: 'object' }, cause: ChangeCause): void {
    this.publish(bucket, 'Object Created', cause, {
      key: version.key,
      size: version.bytes,
      etag: version.etag,
      ...versionOf(version),
      sequencer: version.sequencer,
    });
  }

  /** `version` is what was removed for ever, or the delete marker that was put. */
  objectDeleted(bucket: Bucket, version: ObjectVersion, marker: boolean, cause: ChangeCause): void {
    this.publish(
      bucket,
      'Object Deleted',
      cause,
      { key: version.key, ...versionOf(version), sequencer: version.sequencer },
      { 'deletion-type': marker ? 'Delete Marker Created' : 'Permanently Deleted' },
    );
  }

  private publish(
    bucket: Bucket,
    detailType: string,
    cause: ChangeCause,
    object: Readonly<Record<string, unknown>>,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    if (!bucket.definition.eventBridge) return;
    this.publisher.publish({
      source: 'aws.s3',
      detailType,
      resources: [bucket.arn],
      detail: {
        version: '0',
        bucket: { name: bucket.definition.name },
        object,
        'request-id': cause.requestId,
        requester: cause.requester,
        reason: cause.reason,
        ...more,
      },
    });
  }
}

function versionOf(version: ObjectVersion): Readonly<Record<string, string>> {
  return version.versionId === NULL_VERSION ? {} : { 'version-id': version.versionId };
}
