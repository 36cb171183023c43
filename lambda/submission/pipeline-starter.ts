import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { PipelineStarter } from './complete-submission';

/** Starts the state machine under the submission's id: one execution a submission, ever. */
export class StepFunctionsPipelineStarter implements PipelineStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  async start(submissionId: string): Promise<void> {
    try {
      await this.stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: this.stateMachineArn,
          name: submissionId,
          input: JSON.stringify({ submissionId }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
