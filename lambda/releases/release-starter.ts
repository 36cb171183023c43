import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
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

  async start(record: Pick<ReleaseRecord, 'release' | 'attempt'>): Promise<void> {
    try {
      await this.stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: this.stateMachineArn,
          name: executionName(record),
          input: JSON.stringify({ release: record.release }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
