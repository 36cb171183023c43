import { S3Client } from '@aws-sdk/client-s3';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

/** The S3 client of a function: made once a process, connections kept alive. */
export function createS3Client(): S3Client {
  return withoutRequestLog(new S3Client(awsClientSettings));
}

/**
 * An S3 client for objects whose digest the caller takes itself and compares: by default the SDK would digest what it
 * reads a second time, against the checksum that S3 holds.
 */
export function createDigestingS3Client(): S3Client {
  return withoutRequestLog(
    new S3Client({ ...awsClientSettings, responseChecksumValidation: 'WHEN_REQUIRED' }),
  );
}

/**
 * An S3 client for presigning. By default the SDK would sign the CRC32 of an empty body into the URL, which S3 then
 * demands of the real one.
 */
export function createPresigningS3Client(): S3Client {
  return withoutRequestLog(
    new S3Client({ ...awsClientSettings, requestChecksumCalculation: 'WHEN_REQUIRED' }),
  );
}
