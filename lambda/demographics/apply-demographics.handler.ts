import * as z from 'zod';
import type { PseudonymKeys } from '../../dicom/deidentify/outcome';
import { LedgerStudyStore } from '../catalogue/study-store';
import { ResultStore } from '../deidentification/batch-results';
import { submissionId as submissionIdSchema } from '../deidentification/pipeline.contract';
import { submissionStep } from '../deidentification/plan.contract';
import { lakePorts } from '../lake/lake-ports';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { deriveKeysFromKms } from '../platform/pseudonym-keys';
import { createS3Client } from '../platform/s3-client';
import { LedgerMarkStore } from '../withdrawal/mark-store';
import { applyDemographics, type DemographicsOutcome } from './apply-demographics';
import { applyDemographicsEnvironment } from './apply-demographics.environment';
import { DemographicsAccount } from './demographics-account';
import { ExchangeDemographicsStore } from './demographics-store';

const environment = readEnvironment(applyDemographicsEnvironment);
const log = createLog('apply-demographics');
const kms = createKmsClient();
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const objects = new S3ObjectStore(createS3Client());
const ports = {
  ...lakePorts(objects, ledger, environment.CATALOGUE_BUCKET),
  demographics: new ExchangeDemographicsStore(ledger, objects, environment.EXCHANGE_BUCKET),
  account: new DemographicsAccount(ledger, objects, environment.WORK_BUCKET),
  results: new ResultStore(objects, environment.WORK_BUCKET),
  studies: new LedgerStudyStore(ledger),
  marks: new LedgerMarkStore(ledger),
  keys: oncePerProcess<PseudonymKeys>(() => deriveKeysFromKms(kms, environment.PSEUDONYM_KEY_ID)),
  trusts: environment.configuration.trusts,
  workBucket: environment.WORK_BUCKET,
  clock: systemClock,
};

/** `Object Created` of S3 as EventBridge delivers it. */
const objectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.literal(environment.EXCHANGE_BUCKET) }),
    object: z.object({ key: z.string() }),
  }),
});

const rowsKey = /^demographics\/rows\/(?<id>s-[0-9a-z]{26})\/u-[0-9a-z]{26}\.json$/;

/** Called by the pipeline for every submission, and by an event for rows that have arrived. */
export async function handler(event: unknown): Promise<DemographicsOutcome | null> {
  const step = submissionStep.safeParse(event);
  if (step.success) return apply(step.data.submissionId, 'pipeline');
  const { key } = objectCreated.parse(event).detail.object;
  const submissionId = submissionIdSchema.safeParse(rowsKey.exec(key)?.groups?.id);
  if (submissionId.success) return apply(submissionId.data, 'event');
  log.warn('object under another name ignored');
  return null;
}

async function apply(submissionId: string, caller: 'pipeline' | 'event'): Promise<DemographicsOutcome> {
  const outcome = await applyDemographics(ports, submissionId, caller);
  log.info('demographics looked after', { submissionId, caller, state: outcome.state });
  return outcome;
}
