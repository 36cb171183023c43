import type { Catch, Choice, Definition, DistributedMap, InlineMap, Task, Wait } from './asl';
import { deidentifyLarge, type LargeFileReferences, largeFileChoices } from './large-file-states';
import {
  batchFaultRetry,
  batchRetry,
  importRetry,
  importTurnRetry,
  lambdaRetry,
  mapRetry,
  overdueBatchRetry,
  stepRetry,
  tokenRetry,
} from './retry-policies';
import { stopStates } from './stop-states';

/** ARNs and numbers that the definition refers to; may be unresolved CDK tokens. */
export interface PipelineReferences {
  readonly planSubmission: string;
  readonly clearSubjects: string;
  readonly deidentifyBatch: string;
  readonly quarantineBatch: string;
  readonly settleSubmission: string;
  readonly awaitImport: string;
  readonly reconcileImport: string;
  readonly catalogueSubmission: string;
  readonly applyDemographics: string;
  readonly writeReceipt: string;
  readonly recordFailure: string;
  readonly workBucket: string;
  readonly importRole: string;
  readonly clearanceLimitSeconds: number;
  readonly batchesAtOnce: number;
  /** Whether GuardDuty scans the landing buckets, which nobody may read before. */
  readonly malwareScanning: boolean;
  /** Absent where large files are refused. */
  readonly largeFiles?: LargeFileReferences;
}

/** Seconds that the functions of the state machine have; the state gives up a little later. */
export const stepSeconds = {
  step: 840,
  /** With `quarantine` and their retries, within the five minutes of an Express child. */
  deidentify: 210,
  quarantine: 40,
} as const;

/** Time in which Lambda answers that the function ran out of its own. */
const GRACE_SECONDS = 5;

/** Pauses before attempts at QuarantineBatch: half of the longest ones of `batchRetry`, since full jitter draws them. */
const BATCH_PAUSES_SECONDS = 20;

/**
 * An import job takes about five minutes and its end is an event, delivered on best effort. After a quarter of an hour
 * without it the pipeline asks HealthImaging itself.
 */
const IMPORT_EVENT_SECONDS = 900;

/**
 * GuardDuty scans an object within minutes of its arrival and promises no time. A file without a verdict cannot be read
 * and would be quarantined, so the pipeline leaves it a quarter of an hour.
 */
const SCAN_SECONDS = 900;

/** Jobs of one submission at once: a twentieth of the 100 that a data store runs, so that twenty trusts share it. */
const IMPORTS_AT_ONCE = 5;

const submissionOnly = { submissionId: '{% $states.input.submissionId %}' } as const;

/** Whatever is left after the retries goes here, with the name of the error and nothing of its message. */
function toRecordFailure(step: string): Catch {
  return {
    ErrorEquals: ['States.ALL'],
    Next: 'RecordFailure',
    Output: { ...submissionOnly, step, error: '{% $states.errorOutput.Error %}' },
  };
}

/** A step of the submission: one function, called with the submission's id alone. */
function step(name: string, functionArn: string, output: unknown, next: string): Task {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: submissionOnly },
    TimeoutSeconds: stepSeconds.step + GRACE_SECONDS,
    Retry: [lambdaRetry, stepRetry],
    Catch: [toRecordFailure(name)],
    Output: output,
    Next: next,
  };
}

function clear(references: PipelineReferences): Task {
  const next = references.largeFiles === undefined ? 'Deidentify' : 'AnySmallBatch';
  return {
    Type: 'Task',
    Comment:
      'National Data Opt-out. Without an answer in time nobody is cleared, and the submission goes on.',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: references.clearSubjects,
      Payload: { ...submissionOnly, taskToken: '{% $states.context.Task.Token %}' },
    },
    TimeoutSeconds: references.clearanceLimitSeconds,
    Retry: [lambdaRetry, tokenRetry],
    Catch: [
      { ErrorEquals: ['States.Timeout'], Next: next, Output: '{% $states.input %}' },
      toRecordFailure('Clear'),
    ],
    Output: '{% $states.input %}',
    Next: next,
  };
}

/**
 * Another attempt at a batch has what is left of the five minutes of its Express child once QuarantineBatch and the
 * pauses have theirs, and never more than the first.
 */
const batchLimit = (() => {
  const whole = stepSeconds.deidentify + GRACE_SECONDS;
  const all = 300 - (stepSeconds.quarantine + GRACE_SECONDS) - BATCH_PAUSES_SECONDS;
  const passed = '($toMillis($now()) - $toMillis($states.context.State.EnteredTime)) / 1000';
  return `{% $max([1, $min([${whole}, ${all} - $ceil(${passed})])]) %}`;
})();

function deidentify(references: PipelineReferences): DistributedMap {
  const call = (functionArn: string, seconds: number) => ({
    Type: 'Task' as const,
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: '{% $states.input %}' },
    TimeoutSeconds: seconds + GRACE_SECONDS,
    Retry: [batchRetry, overdueBatchRetry, batchFaultRetry],
    Output: '{% $states.result.Payload %}',
    End: true as const,
  });
  return {
    Type: 'Map',
    Label: 'Deidentify',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: {
        Bucket: '{% $states.input.workList.bucket %}',
        Key: '{% $states.input.workList.key %}',
      },
    },
    MaxConcurrency: references.batchesAtOnce,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: 'DeidentifyBatch',
      States: {
        DeidentifyBatch: {
          ...call(references.deidentifyBatch, stepSeconds.deidentify),
          TimeoutSeconds: batchLimit,
          Catch: [
            { ErrorEquals: batchRetry.ErrorEquals, Next: 'NoCapacity' },
            { ErrorEquals: ['States.ALL'], Next: 'QuarantineBatch', Output: '{% $states.input %}' },
          ],
        },
        QuarantineBatch: {
          ...call(references.quarantineBatch, stepSeconds.quarantine),
          Comment: 'What the batch left without a result: a file that breaks the engine stops no other file.',
        },
        NoCapacity: {
          Type: 'Fail',
          Comment: 'Says nothing about the files: the run of the map ends and is tried again.',
          Error: 'NoCapacity',
          Cause: 'Lambda had no room for the batch.',
        },
      },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Arguments: {
        Bucket: references.workBucket,
        Prefix: "{% 'submissions/' & $states.input.submissionId & '/map' %}",
      },
    },
    Retry: [mapRetry],
    Catch: [toRecordFailure('Deidentify')],
    ...(references.largeFiles === undefined
      ? { Output: submissionOnly, Next: 'Settle' }
      : {
          Output: { ...submissionOnly, largeBatches: '{% $states.input.largeBatches %}' },
          Next: 'AnyLargeBatch',
        }),
  };
}

function importPacks(references: PipelineReferences): InlineMap {
  const ended: Choice = {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $states.input.jobStatus in ['COMPLETED', 'FAILED'] %}", Next: 'ReconcileImport' },
    ],
    Default: 'AwaitImport',
  };
  const job = {
    submissionId: '{% $states.input.submissionId %}',
    pack: '{% $states.input.pack %}',
    split: '{% $states.input.split %}',
    jobId: '{% $states.input.jobId %}',
    datastoreId: '{% $states.input.datastoreId %}',
  };
  return {
    Type: 'Map',
    Items: '{% $states.input.packs %}',
    ItemSelector: {
      submissionId: '{% $states.input.submissionId %}',
      pack: '{% $states.context.Map.Item.Value %}',
    },
    MaxConcurrency: IMPORTS_AT_ONCE,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'StartImport',
      States: {
        StartImport: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:medicalimaging:startDICOMImportJob',
          Arguments: {
            DatastoreId: '{% $states.input.pack.datastoreId %}',
            DataAccessRoleArn: references.importRole,
            InputS3Uri: '{% $states.input.pack.inputS3Uri %}',
            OutputS3Uri: '{% $states.input.pack.outputS3Uri %}',
            JobName: '{% $states.input.pack.jobName %}',
            ClientToken: '{% $states.input.pack.clientToken %}',
          },
          TimeoutSeconds: 60,
          Retry: [importTurnRetry, importRetry],
          Output: {
            submissionId: '{% $states.input.submissionId %}',
            pack: '{% $states.input.pack.pack %}',
            split: '{% $states.input.pack.split %}',
            datastoreId: '{% $states.input.pack.datastoreId %}',
            jobId: '{% $states.result.JobId %}',
          },
          Next: 'AwaitImport',
        },
        AwaitImport: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Arguments: {
            FunctionName: references.awaitImport,
            Payload: { ...job, taskToken: '{% $states.context.Task.Token %}' },
          },
          TimeoutSeconds: IMPORT_EVENT_SECONDS,
          Retry: [lambdaRetry, tokenRetry],
          Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'CheckImport', Output: '{% $states.input %}' }],
          Output: '{% $states.input %}',
          Next: 'ReconcileImport',
        },
        CheckImport: {
          Type: 'Task',
          Comment: 'The backstop for a lost event.',
          Resource: 'arn:aws:states:::aws-sdk:medicalimaging:getDICOMImportJob',
          Arguments: {
            DatastoreId: '{% $states.input.datastoreId %}',
            JobId: '{% $states.input.jobId %}',
          },
          TimeoutSeconds: 60,
          Retry: [importTurnRetry, importRetry],
          Output: { ...job, jobStatus: '{% $states.result.JobProperties.JobStatus %}' },
          Next: 'ImportEnded',
        },
        ImportEnded: ended,
        ReconcileImport: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: references.reconcileImport, Payload: job },
          TimeoutSeconds: stepSeconds.step + GRACE_SECONDS,
          Retry: [lambdaRetry, stepRetry],
          Output: '{% $states.result.Payload %}',
          End: true,
        },
      },
    },
    Catch: [toRecordFailure('Import')],
    Output: submissionOnly,
    Next: 'Catalogue',
  };
}

/**
 * The pipeline of a submission as docs/architecture.md, "The state machine", tells it. Input `{submissionId}`; the state
 * holds ids, counts and pointers and nothing that identifies a patient.
 */
export function pipelineDefinition(references: PipelineReferences): Definition {
  const first = references.malwareScanning ? 'AwaitScan' : 'Clear';
  const awaitScan: Wait = { Type: 'Wait', Seconds: SCAN_SECONDS, Next: 'Clear' };
  const anyBatch: Choice = {
    Type: 'Choice',
    Comment: 'Where no file came there is nobody to clear and nothing to read.',
    Choices: [{ Condition: '{% $states.input.batches > 0 %}', Next: first }],
    Default: 'Settle',
  };
  const { record: recordFailure, stopped } = stopStates(references.recordFailure);
  const payload = '{% $states.result.Payload %}';
  return {
    Comment: 'From a complete submission to its receipt',
    QueryLanguage: 'JSONata',
    StartAt: 'Plan',
    States: {
      Plan: step('Plan', references.planSubmission, payload, 'AnyBatch'),
      AnyBatch: anyBatch,
      ...(references.malwareScanning && { AwaitScan: awaitScan }),
      Clear: clear(references),
      Deidentify: deidentify(references),
      ...(references.largeFiles !== undefined && {
        ...largeFileChoices,
        DeidentifyLarge: {
          ...deidentifyLarge(
            references.largeFiles,
            references.quarantineBatch,
            stepSeconds.quarantine + GRACE_SECONDS,
          ),
          Catch: [toRecordFailure('DeidentifyLarge')],
        },
      }),
      Settle: step('Settle', references.settleSubmission, payload, 'Import'),
      Import: importPacks(references),
      Catalogue: step('Catalogue', references.catalogueSubmission, submissionOnly, 'Demographics'),
      Demographics: step('Demographics', references.applyDemographics, submissionOnly, 'Receipt'),
      Receipt: receipt(references),
      RecordFailure: recordFailure,
      Stopped: stopped,
    },
  };
}

function receipt(references: PipelineReferences): Task {
  const { Next: _, ...task } = step(
    'Receipt',
    references.writeReceipt,
    { outcomes: '{% $states.result.Payload.outcomes %}' },
    '',
  );
  return { ...task, End: true };
}
