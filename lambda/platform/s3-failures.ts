import { NoSuchKey, NotFound, S3ServiceException } from '@aws-sdk/client-s3';

/** Whether there is no such object. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof NoSuchKey ||
    error instanceof NotFound ||
    (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
  );
}

/** Whether S3 refused a request by a policy. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
}

/** Whether what stands there is not what a condition asked for. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
}

/** Whether another request about the object was under way. */
export function isConflict(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409;
}

/** How S3 refuses to copy an object above 5 GB at once, among others. */
export function isRefusedRequest(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'InvalidRequest';
}
