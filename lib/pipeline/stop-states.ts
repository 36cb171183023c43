import type { Fail, Task } from './asl';
import { lambdaRetry, stepRetry } from './retry-policies';

/** The end of an execution that failed beyond its retries: recorded, then failed, also where it cannot be recorded. */
export function stopStates(recordFunctionArn: string): { readonly record: Task; readonly stopped: Fail } {
  return {
    record: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: recordFunctionArn, Payload: '{% $states.input %}' },
      TimeoutSeconds: 60,
      Retry: [lambdaRetry, stepRetry],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stopped', Output: '{% $states.input %}' }],
      Output: '{% $states.input %}',
      Next: 'Stopped',
    },
    stopped: {
      Type: 'Fail',
      Error: '{% $states.input.error %}',
      Cause: "{% 'Step ' & $states.input.step & ' failed beyond its retries: see docs/runbook.md' %}",
    },
  };
}
