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
import { LedgerMarkStore } from '../withdrawal/mark-store';
import { ResultStore } from './batch-results';
import { clearSubjects } from './clear-subjects';
import { clearSubjectsEnvironment } from './clear-subjects.environment';
import { clearStep } from './clearance.contract';
import { ExchangeClearanceStore } from './clearance-store';
import { scanHeaders } from './scan-headers';

const environment = readEnvironment(clearSubjectsEnvironment);
const log = createLog('clear-subjects');
const objects = new S3ObjectStore(createS3Client());
const kms = createKmsClient();
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const scanPorts = {
  objects,
  results: new ResultStore(objects, environment.WORK_BUCKET),
  workBucket: environment.WORK_BUCKET,
  landingBucketOf: environment.LANDING_BUCKET,
  nhsNumbersOf: (trust: string) =>
    environment.configuration.trusts.find((each) => each.odsCode === trust)?.nhsNumbers ?? [],
};
const ports = {
  clearances: new ExchangeClearanceStore(ledger, objects, {
    exchange: environment.EXCHANGE_BUCKET,
    work: environment.WORK_BUCKET,
  }),
  tasks: new StepFunctionsTaskAnswers(createStepFunctionsClient()),
  scanHeaders: (submissionId: string) => scanHeaders(scanPorts, submissionId),
  patientKey: oncePerProcess(() => derivePatientKeyFromKms(kms, environment.PSEUDONYM_KEY_ID)),
  marks: new LedgerMarkStore(ledger),
  clock: systemClock,
  limitSeconds: environment.CLEARANCE_LIMIT_SECONDS,
  answerSeconds: environment.CLEARANCE_ANSWER_SECONDS,
};

export async function handler(event: unknown): Promise<void> {
  const { submissionId, taskToken } = clearStep.parse(event);
  const outcome = await clearSubjects(ports, submissionId, taskToken);
  log.info('subjects sent for clearance', {
    submissionId,
    state: outcome.state,
    numbers: outcome.state === 'asked' ? outcome.numbers : null,
  });
}
