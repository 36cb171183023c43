import type { ServerResponse } from 'node:http';
import type { FaultPoints } from '../../faults/fault-points';
import type { Clock, SignedRequest } from '../service';
import type { Bucket } from './bucket';
import type { Encryption } from './encryption';
import type { ChangeCause, S3Events } from './s3-events';

/** What the operations of S3 share. */
export interface S3Platform {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly encryption: Encryption;
  readonly events: S3Events;
  readonly drill: Pick<FaultPoints, 'objectWritten'> | undefined;
  /** Throws `NoSuchBucket`. */
  bucket(name: string): Bucket;
  buckets(): Iterable<Bucket>;
}

/** A request for a bucket. */
export interface BucketRequest {
  readonly request: SignedRequest;
  readonly response: ServerResponse;
  readonly bucket: Bucket;
}

/** A request for an object. */
export interface ObjectRequest extends BucketRequest {
  readonly key: string;
}

export function causeOf(request: SignedRequest, reason: string): ChangeCause {
  return { requestId: request.requestId, reason, requester: request.caller.accountId };
}
