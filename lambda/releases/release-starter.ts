import type { SFNClient } from '@aws-sdk/client-sfn';
import { startExecutionOnce } from '../platform/start-execution';
import { executionName } from './release-decisions';
import type { ReleaseRecord } from './release-record.contract';

/** Starts the state machine of releases; an execution of the release's last attempt that exists already is left as it is. */
export interface ReleaseStarter {
  start(release: Pick<ReleaseRecord, 'release' | 'attempt'>): Promise<void>;
}

export class StepFunctionsReleaseStarter implements ReleaseStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  start(record: Pick<ReleaseRecord, 'release' | 'attempt'>): Promise<void> {
    return startExecutionOnce(this.stepFunctions, this.stateMachineArn, executionName(record), {
      release: record.release,
    });
  }
}
