import type { BusEvent } from '../service';
import type { ExecutionEnd, ExecutionIdentity } from './execution';

/** The EventBridge event `Step Functions Execution Status Change`. */
export function statusChangeEvent(
  identity: ExecutionIdentity,
  stateMachineArn: string,
  end?: ExecutionEnd,
): BusEvent {
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [identity.arn],
    detail: {
      executionArn: identity.arn,
      stateMachineArn,
      name: identity.name,
      status: end?.status ?? 'RUNNING',
      startDate: identity.startedAt,
      stopDate: end?.stoppedAt ?? null,
      input: JSON.stringify(identity.input),
      inputDetails: { included: true },
      output: end?.output === undefined ? null : JSON.stringify(end.output),
      outputDetails: end?.output === undefined ? null : { included: true },
      error: end?.error ?? null,
      cause: end?.cause ?? null,
      redriveCount: identity.redriveCount,
    },
  };
}
