import { z } from 'zod';
import { AwsError } from '../service';

export const jobStatuses = ['SUBMITTED', 'IN_PROGRESS', 'COMPLETED', 'FAILED'] as const;

/** An import job as it is kept. Times in milliseconds since 1970. */
export interface ImportJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly jobStatus: (typeof jobStatuses)[number];
  readonly datastoreId: string;
  readonly dataAccessRoleArn: string;
  readonly inputS3Uri: string;
  readonly outputS3Uri: string;
  readonly submittedAt: number;
  readonly endedAt?: number;
  readonly message?: string;
  readonly clientToken?: string | undefined;
  readonly inputOwnerAccountId?: string | undefined;
}

/** Hard and default quotas (endpoints and quotas of HealthImaging). */
export const jobQuotas = { concurrent: 100, files: 5_000, bytes: 10_000_000_000 } as const;

const s3Uri = z
  .string()
  .max(1024)
  .regex(/^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](\/.*)?$/, 'an S3 URI');

/** Body of StartDICOMImportJob. */
export const startRequest = z.strictObject({
  datastoreId: z.string().optional(),
  dataAccessRoleArn: z.string().regex(/^arn:aws(-[^:]+)?:iam::[0-9]{12}:role\/.+/, 'the ARN of a role'),
  inputS3Uri: s3Uri,
  outputS3Uri: s3Uri,
  jobName: z
    .string()
    .regex(/^[A-Za-z0-9._/#-]{1,64}$/)
    .optional(),
  clientToken: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
  inputOwnerAccountId: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
});

/** A bucket and a prefix that ends in `/` or is empty. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

/** Bucket and key prefix of an S3 URI. */
export function placeOf(uri: string): S3Place {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

/**
 * AWS takes any prefix and imports whatever begins with it, which once swept a whole bucket into a store; here a prefix
 * has to end in `/`.
 * @throws AwsError `ValidationException`
 */
export function demandFolder(inputS3Uri: string): void {
  if (/^s3:\/\/[^/]+\/.+\/$/.test(inputS3Uri)) return;
  throw new AwsError('ValidationException', 'inputS3Uri must name a prefix that ends in "/"', 400);
}

/** Folder of a job's output, with a `/` at the end. */
export function outputFolder(job: ImportJob): S3Place {
  const { bucket, prefix } = placeOf(job.outputS3Uri);
  return { bucket, prefix: `${prefix}${job.datastoreId}-DicomImport-${job.jobId}/` };
}
