import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { NmipFunction } from '../constructs/nmip-function';
import { Workflow } from '../constructs/workflow';
import { withdrawalDefinition } from '../withdrawal/definition';
import { WithdrawalFunctions, type WithdrawalFunctionsProps } from '../withdrawal/withdrawal-functions';

/** From a request to withdraw to its certificate: functions and state machine. */
export class WithdrawalStack extends Stack {
  readonly workflow: Workflow;
  readonly functions: WithdrawalFunctions;

  constructor(scope: Construct, id: string, props: WithdrawalFunctionsProps) {
    super(scope, id, props);
    this.functions = new WithdrawalFunctions(this, 'Functions', props);
    this.workflow = this.makeWorkflow(props);
    new CfnOutput(this, 'WithdrawalArn', { value: this.workflow.stateMachine.stateMachineArn });
  }

  private makeWorkflow({ configuration, settings, storage }: WithdrawalFunctionsProps): Workflow {
    const arn = ({ function: { functionArn } }: NmipFunction) => functionArn;
    const { functions } = this;
    const workflow = new Workflow(this, 'StateMachine', {
      stateMachineName: `nmip-${configuration.environmentName}-withdrawal`,
      definition: withdrawalDefinition({
        prepareWithdrawal: arn(functions.prepareWithdrawal),
        beginWithdrawal: arn(functions.beginWithdrawal),
        eraseSubmission: arn(functions.eraseSubmission),
        deleteImageSets: arn(functions.deleteImageSets),
        scrubLake: arn(functions.scrubLake),
        endWithdrawal: arn(functions.endWithdrawal),
        stopWithdrawal: arn(functions.stopWithdrawal),
        workBucket: storage.work.bucket.bucketName,
      }),
      settings,
      keyDescription: 'NMIP state of withdrawal executions',
      functions: [
        functions.prepareWithdrawal,
        functions.beginWithdrawal,
        functions.eraseSubmission,
        functions.deleteImageSets,
        functions.scrubLake,
        functions.endWithdrawal,
        functions.stopWithdrawal,
      ],
    });
    // the list of submissions and the results of the map
    workflow.allowMapRuns(
      storage.work,
      'withdrawals/*',
      'Keys begin with the id of a withdrawal, which does not exist at synth.',
    );
    return workflow;
  }
}
