import type { SFNClient } from '@aws-sdk/client-sfn';
import { startExecutionOnce } from '../platform/start-execution';
import type { ReplayStarter } from './release-files';

/** Starts the state machine under the release's id: one execution a release, ever. */
export class StepFunctionsReplayStarter implements ReplayStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  start(releaseId: string, parts: readonly number[]): Promise<void> {
    return startExecutionOnce(this.stepFunctions, this.stateMachineArn, releaseId, { releaseId, parts });
  }
}
