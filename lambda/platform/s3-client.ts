import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
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

/** Seconds within which a request signed by `createQuerySigningS3Client` arrives. */
const requestLifetimeSeconds = 60;

/**
 * An S3 client that signs its requests in the query, as presigned URLs are: landing buckets take no other write
 * (lib/stacks/landing-stack.ts).
 */
export function createQuerySigningS3Client(settings: S3ClientConfig = {}): S3Client {
  const { region, credentials, sha256 } = new S3Client({ ...awsClientSettings, ...settings }).config;
  const presigner = new S3RequestPresigner({ region, credentials, sha256 });
  return withoutRequestLog(
    new S3Client({
      ...awsClientSettings,
      ...settings,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      signer: async () => ({
        sign: (request, options) =>
          presigner.presign(request as Parameters<typeof presigner.presign>[0], {
            ...options,
            expiresIn: requestLifetimeSeconds,
            // In the query S3 would not enforce them.
            unhoistableHeaders: new Set(Object.keys(request.headers).map((name) => name.toLowerCase())),
          }),
      }),
    }),
  );
}
