import type { SFNClient } from '@aws-sdk/client-sfn';
import { startExecutionOnce } from '../platform/start-execution';
import type { PipelineStarter } from './complete-submission';

/** Starts the state machine under the submission's id: one execution a submission, ever. */
export class StepFunctionsPipelineStarter implements PipelineStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  start(submissionId: string): Promise<void> {
    return startExecutionOnce(this.stepFunctions, this.stateMachineArn, submissionId, { submissionId });
  }
}
