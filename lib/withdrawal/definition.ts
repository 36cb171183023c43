import type { Catch, Choice, Definition, DistributedMap, Retry, Succeed, Task, Wait } from '../pipeline/asl';
import { lakeBusyRetry, lambdaRetry, stepRetry } from '../pipeline/retry-policies';
import { stopStates } from '../pipeline/stop-states';

/** ARNs and names that the definition refers to; may be unresolved CDK tokens. */
export interface WithdrawalReferences {
  readonly prepareWithdrawal: string;
  readonly beginWithdrawal: string;
  readonly eraseSubmission: string;
  readonly deleteImageSets: string;
  readonly scrubLake: string;
  readonly endWithdrawal: string;
  readonly stopWithdrawal: string;
  readonly workBucket: string;
}

/** Seconds that the functions have; the state gives up a little later. */
export const withdrawalStepSeconds = 840;

/** Time in which Lambda answers that the function ran out of its own. */
const GRACE_SECONDS = 5;

/** Submissions erased at once: each lists and deletes with sixteen requests under way, and S3 takes 3,500 a second. */
const SUBMISSIONS_AT_ONCE = 10;

const withdrawalOnly = { withdrawalId: '{% $states.input.withdrawalId %}' } as const;
const payload = '{% $states.result.Payload %}';

/** Whatever is left after the retries goes here, with the name of the error and nothing of its message. */
function toStop(step: string): Catch {
  return {
    ErrorEquals: ['States.ALL'],
    Next: 'RecordStop',
    Output: { ...withdrawalOnly, step, error: '{% $states.errorOutput.Error %}' },
  };
}

function step(
  name: string,
  functionArn: string,
  input: unknown,
  output: unknown,
  next: string,
  ...retries: readonly Retry[]
): Task {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: input },
    TimeoutSeconds: withdrawalStepSeconds + GRACE_SECONDS,
    Retry: [lambdaRetry, ...retries, stepRetry],
    Catch: [toStop(name)],
    Output: output,
    Next: next,
  };
}

function choice(condition: string, next: string, otherwise: string, comment?: string): Choice {
  return {
    Type: 'Choice',
    ...(comment === undefined ? {} : { Comment: comment }),
    Choices: [{ Condition: condition, Next: next }],
    Default: otherwise,
  };
}

function erase(references: WithdrawalReferences): DistributedMap {
  return {
    Type: 'Map',
    Label: 'Erase',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: {
        Bucket: '{% $states.input.eraseList.bucket %}',
        Key: '{% $states.input.eraseList.key %}',
      },
    },
    MaxConcurrency: SUBMISSIONS_AT_ONCE,
    ItemProcessor: {
      // Standard: a submission of 100,000 files may take longer than the five minutes of an Express child
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'EraseSubmission',
      States: {
        EraseSubmission: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: references.eraseSubmission, Payload: '{% $states.input %}' },
          TimeoutSeconds: withdrawalStepSeconds + GRACE_SECONDS,
          Retry: [lambdaRetry, stepRetry],
          Output: payload,
          End: true,
        },
      },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Arguments: {
        Bucket: references.workBucket,
        Prefix: "{% 'withdrawals/' & $states.input.withdrawalId & '/map' %}",
      },
    },
    Catch: [toStop('Erase')],
    Output: { ...withdrawalOnly, phase: 'delete', position: 0 },
    Next: 'DeleteImageSets',
  };
}

/**
 * The state machine of withdrawals as docs/architecture.md, "The state machine of withdrawals", tells it. Input
 * `{withdrawalId}`; the state holds ids, counts and pointers and nothing that identifies a patient.
 */
export function withdrawalDefinition(references: WithdrawalReferences): Definition {
  const awaitSubmissions: Wait = {
    Type: 'Wait',
    Seconds: '{% $states.input.waitSeconds %}',
    Next: 'Begin',
  };
  const prepared: Succeed = { Type: 'Succeed', Comment: 'Counted; waits for somebody to confirm.' };
  const { record: recordStop, stopped } = stopStates(references.stopWithdrawal);
  const deleting = {
    ...withdrawalOnly,
    phase: '{% $states.input.phase %}',
    position: '{% $states.input.position %}',
  };
  const { Next: _, ...end } = step('End', references.endWithdrawal, withdrawalOnly, withdrawalOnly, '');
  return {
    Comment: 'From a request to withdraw to its certificate',
    QueryLanguage: 'JSONata',
    StartAt: 'Prepare',
    States: {
      Prepare: step(
        'Prepare',
        references.prepareWithdrawal,
        withdrawalOnly,
        { ...withdrawalOnly, confirmed: '{% $states.result.Payload.confirmed %}', round: 0 },
        'Confirmed',
      ),
      Confirmed: choice('{% $states.input.confirmed %}', 'Begin', 'Prepared'),
      Prepared: prepared,
      Begin: step(
        'Begin',
        references.beginWithdrawal,
        { ...withdrawalOnly, round: '{% $states.input.round %}' },
        payload,
        'AnySubmissionUnderWay',
      ),
      AnySubmissionUnderWay: choice(
        '{% $states.input.underWay > 0 %}',
        'AwaitSubmissions',
        'AnySubmission',
        'What a submission was about to keep when the mark was written is kept, and found when it has ended.',
      ),
      AwaitSubmissions: awaitSubmissions,
      AnySubmission: choice('{% $states.input.submissions > 0 %}', 'MarkLake', 'End'),
      MarkLake: step(
        'MarkLake',
        references.scrubLake,
        { ...withdrawalOnly, phase: 'mark', position: 0 },
        { ...withdrawalOnly, eraseList: '{% $states.input.eraseList %}' },
        'Erase',
        lakeBusyRetry,
      ),
      Erase: erase(references),
      DeleteImageSets: step('DeleteImageSets', references.deleteImageSets, deleting, payload, 'AnyImageSet'),
      AnyImageSet: choice("{% $states.input.phase = 'gone' %}", 'BeginScrub', 'DeleteImageSets'),
      BeginScrub: {
        Type: 'Pass',
        Output: { ...withdrawalOnly, phase: 'scrub', position: 0 },
        Next: 'ScrubLake',
      },
      ScrubLake: step('ScrubLake', references.scrubLake, deleting, payload, 'LakeScrubbed', lakeBusyRetry),
      LakeScrubbed: choice("{% $states.input.phase = 'done' %}", 'End', 'ScrubLake'),
      End: { ...end, End: true },
      RecordStop: recordStop,
      Stopped: stopped,
    },
  };
}
