import { S3Client } from '@aws-sdk/client-s3';
import { awsClientSettings } from './aws-client-settings';

/** The S3 client of a function: made once a process, connections kept alive. */
export function createS3Client(): S3Client {
  return new S3Client({
    ...awsClientSettings,
    requestHandler: {
      ...awsClientSettings.requestHandler,
      /** Planning heads 64 objects at once; the SDK's default of 50 sockets would queue them. */
      httpsAgent: { maxSockets: 128, keepAlive: true },
      httpAgent: { maxSockets: 128, keepAlive: true },
    },
  });
}

/**
 * An S3 client for presigning. By default the SDK would sign the CRC32 of an empty body into the URL, which S3 then
 * demands of the real one.
 */
export function createPresigningS3Client(): S3Client {
  return new S3Client({ ...awsClientSettings, requestChecksumCalculation: 'WHEN_REQUIRED' });
}
