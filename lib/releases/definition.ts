import { releaseStepSeconds } from '../../lambda/releases/steps.contract';
import type { Catch, Choice, Definition, Succeed, Task } from '../pipeline/asl';
import { lambdaRetry, stepRetry } from '../pipeline/retry-policies';
import { stopStates } from '../pipeline/stop-states';

/** ARNs that the definition refers to; may be unresolved CDK tokens. */
export interface ReleaseReferences {
  readonly takeSeries: string;
  readonly guardRelease: string;
  readonly commitHeldOut: string;
  readonly measureRelease: string;
  readonly writeDocuments: string;
  readonly publishRelease: string;
  readonly stopRelease: string;
}

/** Time in which Lambda answers that the function ran out of its own. */
const GRACE_SECONDS = 5;

const releaseOnly = { release: '{% $states.input.release %}' } as const;

/** Whatever is left after the retries goes here, with the name of the error and nothing of its message. */
function toStop(step: string): Catch {
  return {
    ErrorEquals: ['States.ALL'],
    Next: 'RecordStop',
    Output: { ...releaseOnly, step, error: '{% $states.errorOutput.Error %}' },
  };
}

function step(name: string, functionArn: string): Omit<Task, 'Next' | 'End' | 'Output'> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: releaseOnly },
    TimeoutSeconds: releaseStepSeconds + GRACE_SECONDS,
    Retry: [lambdaRetry, stepRetry],
    Catch: [toStop(name)],
  };
}

const outcome = { ...releaseOnly, held: '{% $states.result.Payload.held %}' };

function unlessHeld(next: string, comment: string): Choice {
  return {
    Type: 'Choice',
    Comment: comment,
    Choices: [{ Condition: '{% $states.input.held %}', Next: 'Held' }],
    Default: next,
  };
}

/**
 * The state machine of releases as docs/architecture.md, "The state machine of releases", tells it. Input `{release}`; the
 * state holds the version and nothing of what is found or counted.
 */
export function releaseDefinition(references: ReleaseReferences): Definition {
  const held: Succeed = { Type: 'Succeed', Comment: 'Recorded as stopped; waits for an officer.' };
  const { record: recordStop, stopped } = stopStates(references.stopRelease);
  return {
    Comment: 'From the rows of the lake to a published release',
    QueryLanguage: 'JSONata',
    StartAt: 'TakeSeries',
    States: {
      TakeSeries: { ...step('TakeSeries', references.takeSeries), Output: releaseOnly, Next: 'Guard' },
      Guard: { ...step('Guard', references.guardRelease), Output: outcome, Next: 'NothingOnBothSides' },
      NothingOnBothSides: unlessHeld(
        'Commit',
        'What stands on both sides of the split holds a release back.',
      ),
      Commit: { ...step('Commit', references.commitHeldOut), Output: releaseOnly, Next: 'Measure' },
      Measure: { ...step('Measure', references.measureRelease), Output: outcome, Next: 'GroupsRepresented' },
      GroupsRepresented: unlessHeld(
        'Document',
        'A group below the configured bound holds a release back until there is a reason on record.',
      ),
      Document: { ...step('Document', references.writeDocuments), Output: releaseOnly, Next: 'Publish' },
      Publish: { ...step('Publish', references.publishRelease), Output: releaseOnly, End: true },
      Held: held,
      RecordStop: recordStop,
      Stopped: stopped,
    },
  };
}
