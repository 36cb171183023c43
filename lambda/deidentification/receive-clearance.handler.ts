import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { derivePatientKeyFromKms } from '../platform/pseudonym-keys';
import { createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { StepFunctionsTaskAnswers } from '../platform/task-tokens';
import { ExchangeClearanceStore } from './clearance-store';
import { submissionId as submissionIdSchema } from './pipeline.contract';
import { receiveClearance } from './receive-clearance';
import { receiveClearanceEnvironment } from './receive-clearance.environment';

const environment = readEnvironment(receiveClearanceEnvironment);
const log = createLog('receive-clearance');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'receive-clearance' });
const kms = createKmsClient();
const patientKey = oncePerProcess(() => derivePatientKeyFromKms(kms, environment.PSEUDONYM_KEY_ID));
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const clearances = new ExchangeClearanceStore(ledger, new S3ObjectStore(createS3Client()), {
  exchange: environment.EXCHANGE_BUCKET,
  work: environment.WORK_BUCKET,
});
const tasks = new StepFunctionsTaskAnswers(createStepFunctionsClient());

/** `Object Created` of S3 as EventBridge delivers it. */
const objectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.literal(environment.EXCHANGE_BUCKET) }),
    object: z.object({ key: z.string() }),
  }),
});

const responseKey = /^responses\/(?<id>s-[0-9a-z]{26})\.txt$/;

export async function handler(event: unknown): Promise<void> {
  const { key } = objectCreated.parse(event).detail.object;
  const submissionId = submissionIdSchema.safeParse(responseKey.exec(key)?.groups?.id);
  if (!submissionId.success) {
    log.warn('object under another name ignored');
    return;
  }
  const received = await receiveClearance(
    {
      clearances,
      tasks,
      patientKey,
      clock: systemClock,
      answerSeconds: environment.CLEARANCE_ANSWER_SECONDS,
    },
    submissionId.data,
  );
  if (received.accepted) {
    log.info('clearance received', { submissionId: submissionId.data, resumed: received.resumed });
    return;
  }
  log.error('clearance refused', { submissionId: submissionId.data, code: received.code });
  metrics.addMetric('ClearanceRefused', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
