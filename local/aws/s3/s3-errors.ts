import { AwsError } from '../service';

/** Errors of S3 that more than one operation raises, with S3's codes and statuses. */
export const noSuchBucket = (bucket: string) =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });

export const noSuchKey = (key: string) =>
  new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });

export const noSuchVersion = (key: string, versionId: string) =>
  new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, {
    Key: key,
    VersionId: versionId,
  });

export const noSuchUpload = (uploadId: string) =>
  new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId },
  );

export const invalidArgument = (message: string, name?: string) =>
  new AwsError('InvalidArgument', message, 400, name === undefined ? {} : { ArgumentName: name });

export const invalidRequest = (message: string) => new AwsError('InvalidRequest', message, 400);

export const malformedXml = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  );

export const notImplemented = (what: string) =>
  new AwsError('NotImplemented', `${what} is not implemented by the embedded platform`, 501);

export const preconditionFailed = (condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });

export const conditionalRequestConflict = (condition: string) =>
  new AwsError(
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    409,
    { Condition: condition },
  );

export const protectedByObjectLock = () =>
  new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403);

const FULL_DISK = new Set(['ENOSPC', 'EDQUOT']);

export function isFullDisk(error: unknown): boolean {
  return FULL_DISK.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** A full disk is S3's `InternalError`: the client may try again. Other errors pass unchanged. */
export function storageError(error: unknown): unknown {
  if (!isFullDisk(error)) return error;
  return new AwsError('InternalError', 'We encountered an internal error: the disk is full.', 500);
}
