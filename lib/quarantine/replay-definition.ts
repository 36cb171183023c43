import type { Choice, Definition, Fail, InlineMap, Pass, Succeed, Task } from '../pipeline/asl';
import { lambdaRetry, stepRetry } from '../pipeline/retry-policies';

/**
 * Parts of a release copied at once. S3 copies sixteen files of each at a time; more parts would only bring more
 * submissions to the opt-out service and HealthImaging at once.
 */
const PARTS_AT_ONCE = 4;

/** Seconds that the function has for a part, and the time in which Lambda answers that it ran out of them. */
export const partSeconds = 840;
const GRACE_SECONDS = 5;

/**
 * From a release to its replay submissions, as docs/architecture.md, "The replay of quarantined files", tells it. Input
 * `{releaseId, parts}`. A part that fails beyond its retries keeps no other from being made.
 */
export function replayDefinition(replayPart: string): Definition {
  const part: Task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: replayPart, Payload: '{% $states.input %}' },
    TimeoutSeconds: partSeconds + GRACE_SECONDS,
    Retry: [lambdaRetry, stepRetry],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'PartStopped', Output: '{% $states.input %}' }],
    Output: { part: '{% $states.input.part %}', stopped: false },
    End: true,
  };
  const stopped: Pass = {
    Type: 'Pass',
    Output: { part: '{% $states.input.part %}', stopped: true },
    End: true,
  };
  const parts: InlineMap = {
    Type: 'Map',
    Items: '{% $states.input.parts %}',
    ItemSelector: {
      releaseId: '{% $states.input.releaseId %}',
      part: '{% $states.context.Map.Item.Value %}',
    },
    MaxConcurrency: PARTS_AT_ONCE,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'ReplayPart',
      States: { ReplayPart: part, PartStopped: stopped },
    },
    Output: { stopped: '{% $count($states.result[stopped = true]) %}' },
    Next: 'AllMade',
  };
  const allMade: Choice = {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.stopped = 0 %}', Next: 'Made' }],
    Default: 'Stopped',
  };
  const made: Succeed = { Type: 'Succeed' };
  const fail: Fail = {
    Type: 'Fail',
    Error: 'PartsStopped',
    Cause: 'Some parts failed beyond their retries: see docs/runbook.md',
  };
  return {
    Comment: 'From a release of quarantined files to its replay submissions',
    QueryLanguage: 'JSONata',
    StartAt: 'ReplayParts',
    States: { ReplayParts: parts, AllMade: allMade, Made: made, Stopped: fail },
  };
}
