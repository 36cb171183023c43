import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { HealthImagingJobs, isThrottled } from '../imaging/import-jobs';
import { createMedicalImagingClient } from '../imaging/medical-imaging-client';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { deleteImageSets } from './delete-image-sets';
import { deleteImageSetsEnvironment } from './delete-image-sets.environment';
import { LedgerWithdrawalStore } from './withdrawal-store';
import { deleteImageSetsStep } from './work.contract';

const environment = readEnvironment(deleteImageSetsEnvironment);
const log = createLog('delete-image-sets');

/** Kept of the function's time: a call with the SDK's retries, and the looks at an image set that takes long. */
const reserveMilliseconds = 120_000;

const ports = {
  objects: new S3ObjectStore(createS3Client()),
  withdrawals: new LedgerWithdrawalStore(new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE)),
  images: new HealthImagingJobs(createMedicalImagingClient()),
  isThrottled,
  pause: (milliseconds: number) => pause(milliseconds),
  now: () => performance.now(),
  deletesPerSecond: environment.DELETES_PER_SECOND,
  workBucket: environment.WORK_BUCKET,
};

export async function handler(event: unknown, context: Context) {
  const { withdrawalId, ...position } = deleteImageSetsStep.parse(event);
  const hasTime = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const output = await deleteImageSets({ ...ports, hasTime }, withdrawalId, position);
  log.info('image sets deleted', { ...output });
  return output;
}
