import type { SFNClient } from '@aws-sdk/client-sfn';
import { startExecutionOnce } from '../platform/start-execution';

/** Starts the state machine of withdrawals; an execution of that name that exists already is left as it is. */
export interface WithdrawalStarter {
  /** Counts what would be deleted, under the name `<id>-plan`. */
  prepare(withdrawalId: string): Promise<void>;
  /** Deletes, under the withdrawal's id. */
  withdraw(withdrawalId: string): Promise<void>;
}

export class StepFunctionsWithdrawalStarter implements WithdrawalStarter {
  constructor(
    private readonly stepFunctions: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  prepare(withdrawalId: string): Promise<void> {
    return this.start(withdrawalId, `${withdrawalId}-plan`);
  }

  withdraw(withdrawalId: string): Promise<void> {
    return this.start(withdrawalId, withdrawalId);
  }

  private start(withdrawalId: string, name: string): Promise<void> {
    return startExecutionOnce(this.stepFunctions, this.stateMachineArn, name, { withdrawalId });
  }
}
