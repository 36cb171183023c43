import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ReplayStarter } from './release-files';

/** Starts the state machine under the release's id: one execution a release, ever. */
export class StepFunctionsReplayStarter implements ReplayStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  async start(releaseId: string, parts: readonly number[]): Promise<void> {
    try {
      await this.stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: this.stateMachineArn,
          name: releaseId,
          input: JSON.stringify({ releaseId, parts }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
