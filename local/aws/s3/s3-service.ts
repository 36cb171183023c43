import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { FaultPoints } from '../../faults/fault-points';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import type { IdentityRegistry } from '../iam/identity-registry';
import { type PolicyDocument, parsePolicy } from '../iam/policy';
import type { KeyUse } from '../kms/key-use';
import {
  AwsError,
  type AwsService,
  type Caller,
  type Clock,
  type EventPublisher,
  type ObjectStorage,
  type SignedRequest,
} from '../service';
import type { Bucket, BucketDefinition } from './bucket';
import * as bucketOperations from './bucket-operations';
import { BucketStore } from './bucket-store';
import { completeMultipartUpload } from './complete-multipart-upload';
import { copyObject } from './copy-object';
import { answerPreflight, writeCorsHeaders } from './cors';
import { deleteObject, deleteObjects } from './delete-objects';
import { Encryption } from './encryption';
import { findReadable, getObject } from './get-object';
import { applyBucketLifecycle, type LifecycleOutcome } from './lifecycle';
import { listObjectsV2, listObjectVersions } from './list-objects';
import * as multipart from './multipart';
import { MultipartStore } from './multipart-store';
import * as settings from './object-settings';
import { readOperation, readTarget, type S3Operation } from './operation';
import { ConditionalWrite } from './preconditions';
import { authoriseNewObject, putObject } from './put-object';
import { noSuchBucket } from './s3-errors';
import { S3Events } from './s3-events';
import type { ObjectRequest, S3Platform } from './s3-platform';
import { storeObject } from './store-object';
import { uploadPartCopy } from './upload-part-copy';
import { compareUtf8, firstNot } from './utf8-order';

/** An event follows its object within milliseconds; a minute covers a process that was stopped for a while and killed. */
const ANNOUNCED_MILLISECONDS = 60_000;

export interface S3ServiceOptions {
  readonly registry: IdentityRegistry;
  readonly keys: KeyUse;
  readonly events: EventPublisher;
  readonly clock: Clock;
  /** Buckets stand in `s3/` of this folder. */
  readonly dataFolder: string;
  /** Is told of what is written; absent: nobody is. */
  readonly drill?: Pick<FaultPoints, 'objectWritten'> | undefined;
}

const bucketFile = z.object({ createdAt: z.number(), versioned: z.boolean(), objectLock: z.boolean() });
const BUCKET_NAME = /^(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;

/** S3: buckets of the template, objects as plain files, addressed path-style. */
export class S3Service implements AwsService, ObjectStorage, S3Platform {
  readonly signingName = 's3';
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly encryption: Encryption;
  readonly events: S3Events;
  readonly drill: S3ServiceOptions['drill'];
  private readonly folder: string;
  private readonly bucketsByName = new Map<string, Bucket>();

  constructor(options: S3ServiceOptions) {
    this.accountId = options.registry.accountId;
    this.region = options.registry.region;
    this.clock = options.clock;
    this.encryption = new Encryption(options.keys, this.region);
    this.events = new S3Events(options.events);
    this.drill = options.drill;
    this.folder = join(options.dataFolder, 's3');
    options.registry.registerResourcePolicies('s3', (arn) => {
      const [, , , , , path = ''] = arn.split(':');
      const policy = this.bucketsByName.get(path.split('/', 1)[0] ?? '')?.policy;
      return policy && { policy, role: 'additional' };
    });
  }

  /**
   * Makes a bucket, or takes on what a redeployment changes; objects stay. Throws `InvalidBucketName`,
   * `InvalidBucketState` where versioning or Object Lock would be switched off, `MalformedPolicyDocument`.
   */
  createBucket(definition: BucketDefinition): Bucket {
    const { name } = definition;
    if (!BUCKET_NAME.test(name) || name.includes('..'))
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    const versioned = definition.versioned ?? false;
    if (definition.objectLock !== undefined && !versioned)
      throw new AwsError('InvalidBucketState', `Object Lock of ${name} demands versioning`);
    const existing = this.bucketsByName.get(name);
    const folder = join(this.folder, name);
    const stored = readJsonFile(join(folder, 'bucket.json'));
    const before = stored === undefined ? undefined : bucketFile.parse(stored);
    if ((before?.versioned && !versioned) || (before?.objectLock && definition.objectLock === undefined))
      throw new AwsError(
        'InvalidBucketState',
        `Versioning and Object Lock of ${name} cannot be switched off`,
      );
    const createdAt = before?.createdAt ?? this.clock.now().getTime();
    const bucket: Bucket = {
      definition,
      arn: `arn:aws:s3:::${name}`,
      policy:
        definition.policy === undefined
          ? undefined
          : parsePolicy(`bucket policy of ${name}`, definition.policy, 'resource'),
      createdAt,
      store: existing?.store ?? new BucketStore(folder),
      uploads: existing?.uploads ?? new MultipartStore(join(folder, 'uploads')),
    };
    writeJsonFile(join(folder, 'bucket.json'), {
      createdAt,
      versioned,
      objectLock: definition.objectLock !== undefined,
    });
    this.bucketsByName.set(name, bucket);
    return bucket;
  }

  /** Sets the policy of a bucket, which a template gives as a resource of its own. Throws `NoSuchBucket`. */
  putBucketPolicy(name: string, policy: PolicyDocument): void {
    this.createBucket({ ...this.bucket(name).definition, policy });
  }

  bucket(name: string): Bucket {
    const bucket = this.bucketsByName.get(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  buckets(): Iterable<Bucket> {
    return this.bucketsByName.values();
  }

  /** Folder in which people find the current objects of a bucket by key. */
  objectsFolder(name: string): string {
    return this.bucket(name).store.objectsFolder;
  }

  /** Applies the lifecycle rules of every bucket as of a time; returns what was done, by bucket. */
  applyLifecycle(now: Date): ReadonlyMap<string, LifecycleOutcome> {
    const outcomes = new Map<string, LifecycleOutcome>();
    for (const bucket of this.bucketsByName.values())
      outcomes.set(bucket.definition.name, applyBucketLifecycle(this, bucket, now.getTime()));
    return outcomes;
  }

  /**
   * Tells the bus once more of the last objects of an earlier run, which may have been killed between an object and its
   * event. Delivery is at least once, as on AWS.
   */
  announceLastObjects(): void {
    for (const bucket of this.bucketsByName.values()) {
      if (!bucket.definition.eventBridge) continue;
      const { index } = bucket.store;
      const objects = index.keys().flatMap((key) => index.current(key) ?? []);
      const newest = objects.reduce((latest, { modified }) => Math.max(latest, modified), 0);
      for (const object of objects.filter(({ modified }) => modified >= newest - ANNOUNCED_MILLISECONDS))
        this.events.objectCreated(bucket, object, {
          requestId: object.sequencer,
          reason: 'PutObject',
          requester: 's3.amazonaws.com',
        });
    }
  }

  beforeAuthentication(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.headers.origin === undefined) return false;
    const bucketName = (request.url ?? '').split(/[/?]/, 2)[1] ?? '';
    const rules = this.bucketsByName.get(bucketName)?.definition.cors;
    const preflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!this.bucketsByName.has(bucketName)) return false;
    if (!preflight) {
      writeCorsHeaders(rules ?? [], request, response);
      return false;
    }
    answerPreflight(rules ?? [], request, response);
    return true;
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    response.setHeader('x-amz-request-id', request.requestId);
    const target = readTarget(request.rawPath);
    const operation = readOperation(request.method, target, request.query, request.headers);
    if (target.bucket === undefined) {
      await bucketOperations.listBuckets(this, request, response);
      return;
    }
    const expectedOwner = request.headers['x-amz-expected-bucket-owner'];
    if (expectedOwner !== undefined && expectedOwner !== this.accountId)
      throw new AwsError('AccessDenied', 'Access Denied', 403);
    const bucket = this.bucket(target.bucket);
    await this.run(operation, { request, response, bucket, key: target.key ?? '' });
  }

  private run(operation: S3Operation, target: ObjectRequest): Promise<void> {
    switch (operation) {
      case 'ListBuckets':
        return bucketOperations.listBuckets(this, target.request, target.response);
      case 'HeadBucket':
        return bucketOperations.headBucket(this, target);
      case 'GetBucketLocation':
        return bucketOperations.getBucketLocation(this, target);
      case 'GetBucketVersioning':
        return bucketOperations.getBucketVersioning(target);
      case 'GetBucketTagging':
        return bucketOperations.getBucketTagging(target);
      case 'GetObjectLockConfiguration':
        return bucketOperations.getObjectLockConfiguration(target);
      case 'ListObjectsV2':
        return listObjectsV2(target);
      case 'ListObjectVersions':
        return listObjectVersions(target);
      case 'ListMultipartUploads':
        return multipart.listMultipartUploads(target);
      case 'DeleteObjects':
        return deleteObjects(this, target);
      case 'GetObject':
      case 'HeadObject':
        return getObject(this, target);
      case 'PutObject':
        return putObject(this, target);
      case 'CopyObject':
        return copyObject(this, target);
      case 'DeleteObject':
        return deleteObject(this, target);
      case 'GetObjectTagging':
        return settings.getObjectTagging(target);
      case 'PutObjectTagging':
        return settings.putObjectTagging(target);
      case 'DeleteObjectTagging':
        return settings.deleteObjectTagging(target);
      case 'GetObjectRetention':
        return settings.getObjectRetention(target);
      case 'PutObjectRetention':
        return settings.putObjectRetention(this, target);
      case 'GetObjectLegalHold':
        return settings.getObjectLegalHold(target);
      case 'PutObjectLegalHold':
        return settings.putObjectLegalHold(target);
      case 'CreateMultipartUpload':
        return multipart.createMultipartUpload(this, target);
      case 'UploadPart':
        return multipart.uploadPart(this, target);
      case 'UploadPartCopy':
        return uploadPartCopy(this, target);
      case 'CompleteMultipartUpload':
        return completeMultipartUpload(this, target);
      case 'AbortMultipartUpload':
        return multipart.abortMultipartUpload(target);
      case 'ListParts':
        return multipart.listParts(target);
    }
  }

  async getObject(caller: Caller, bucketName: string, key: string) {
    const bucket = this.bucket(bucketName);
    const object = findReadable(this, caller, bucket, key);
    return {
      get body() {
        return bucket.store.readContent(object);
      },
      bytes: object.bytes,
      etag: object.etag,
      contentPath: bucket.store.contentPath(object.content),
    };
  }

  async putObject(caller: Caller, bucketName: string, key: string, body: Buffer): Promise<void> {
    const bucket = this.bucket(bucketName);
    const attributes = authoriseNewObject(this, caller, bucket, key, {});
    await storeObject(this, {
      bucket,
      key,
      attributes,
      condition: new ConditionalWrite(bucket.store, key, undefined),
      body: Readable.from([body]),
      expectedBytes: body.length,
      expected: {},
      cause: { requestId: randomUUID(), reason: 'PutObject', requester: caller.accountId },
    });
  }

  async listKeys(caller: Caller, bucketName: string, prefix: string) {
    const bucket = this.bucket(bucketName);
    caller.authorise('s3:ListBucket', bucket.arn, { 's3:prefix': prefix });
    const { index } = bucket.store;
    const keys = index.keys();
    const found: { key: string; bytes: number }[] = [];
    for (
      let position = firstNot(keys, (key) => compareUtf8(key, prefix) < 0);
      position < keys.length;
      position++
    ) {
      const key = keys[position] as string;
      if (!key.startsWith(prefix)) break;
      const current = index.current(key);
      if (current !== undefined) found.push({ key, bytes: current.bytes });
    }
    return found;
  }

  async close(): Promise<void> {
    for (const bucket of this.bucketsByName.values()) bucket.store.close();
    this.bucketsByName.clear();
  }
}
