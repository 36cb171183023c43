import { AwsError, type Caller } from '../service';
import { decodePath } from '../signature/canonical-request';
import { type Bucket, objectArn } from './bucket';
import { readAlgorithm } from './checksums';
import { writeEncryptionHeaders } from './encryption';
import { findReadable } from './get-object';
import { writeVersionHeader } from './object-headers';
import type { ObjectAttributes, StoredObject } from './object-version';
import { ConditionalWrite, checkCopyConditions, readWriteCondition } from './preconditions';
import { authoriseNewObject } from './put-object';
import { invalidArgument, invalidRequest } from './s3-errors';
import { causeOf, type ObjectRequest, type S3Platform } from './s3-platform';
import { LARGEST_PUT, storeObject } from './store-object';
import { sendXml } from './xml-document';

export async function copyObject(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const { headers } = request;
  const attributes = authoriseNewObject(platform, request.caller, bucket, key, headers);
  const source = findCopySource(platform, request.caller, String(headers['x-amz-copy-source']));
  checkCopyConditions(headers, source.object);
  if (source.object.bytes > LARGEST_PUT)
    throw invalidRequest(
      'The specified copy source is larger than the maximum allowable size for a copy source',
    );
  const merged = mergeAttributes(target, source, attributes);
  const algorithm = headers['x-amz-checksum-algorithm'];
  const kept = source.object.checksum?.type === 'FULL_OBJECT' ? source.object.checksum.algorithm : undefined;
  const wanted = typeof algorithm === 'string' ? readAlgorithm(algorithm) : kept;
  const object = await storeObject(platform, {
    bucket,
    key,
    attributes: merged,
    condition: new ConditionalWrite(bucket.store, key, readWriteCondition(headers)),
    body: source.bucket.store.readContent(source.object),
    expected: wanted === undefined ? {} : { checksum: { algorithm: wanted, inTrailer: false } },
    cause: causeOf(request, 'CopyObject'),
  });
  writeVersionHeader(response, object.versionId);
  response.setHeader('x-amz-copy-source-version-id', source.object.versionId);
  writeEncryptionHeaders(response, bucket, object.kmsKeyArn);
  sendXml(response, 'CopyObjectResult', {
    LastModified: new Date(object.modified).toISOString(),
    ETag: `"${object.etag}"`,
    ...(object.checksum && {
      ChecksumType: object.checksum.type,
      [`Checksum${object.checksum.algorithm}`]: object.checksum.value,
    }),
  });
}

/** What of the source's attributes the copy keeps, by the metadata and tagging directives. */
function mergeAttributes(
  { request, bucket, key }: ObjectRequest,
  source: CopySource,
  given: ObjectAttributes,
): ObjectAttributes {
  const { headers } = request;
  const metadataDirective = directive(headers['x-amz-metadata-directive'], 'x-amz-metadata-directive');
  const taggingDirective = directive(headers['x-amz-tagging-directive'], 'x-amz-tagging-directive');
  const sameObject = source.bucket === bucket && source.object.key === key;
  if (sameObject && metadataDirective === 'COPY' && headers['x-amz-server-side-encryption'] === undefined)
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  let { tags } = given;
  if (taggingDirective === 'COPY' && Object.keys(source.object.tags).length > 0) {
    request.caller.authorise('s3:GetObjectTagging', objectArn(source.bucket, source.object.key));
    request.caller.authorise('s3:PutObjectTagging', objectArn(bucket, key));
    tags = source.object.tags;
  }
  const kept = metadataDirective === 'COPY' ? source.object : given;
  return { ...given, headers: kept.headers, metadata: kept.metadata, tags };
}

function directive(value: string | string[] | undefined, name: string): 'COPY' | 'REPLACE' {
  if (value === undefined || value === 'COPY') return 'COPY';
  if (value === 'REPLACE') return 'REPLACE';
  throw invalidArgument(`Unknown ${name}.`, name);
}

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
}

/** The object that `x-amz-copy-source` names: `[/]bucket/key[?versionId=id]`, percent-encoded. */
export function findCopySource(platform: S3Platform, caller: Caller, header: string): CopySource {
  const [path = '', query = ''] = header.split('?');
  const decoded = decodePath(path.replace(/^\//, ''));
  const slash = decoded.indexOf('/');
  if (slash < 1)
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  const bucket = platform.bucket(decoded.slice(0, slash));
  const versionId = new URLSearchParams(query).get('versionId') ?? undefined;
  try {
    return { bucket, object: findReadable(platform, caller, bucket, decoded.slice(slash + 1), versionId) };
  } catch (error) {
    if (error instanceof AwsError && error.code === 'MethodNotAllowed')
      throw invalidRequest(
        'The source of a copy request may not specifically refer to a delete marker by version id.',
      );
    throw error;
  }
}
