import { CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import type { NmipFunction } from '../constructs/nmip-function';
import { Workflow } from '../constructs/workflow';
import { pipelineDefinition } from '../pipeline/definition';
import { LakeCompaction } from '../pipeline/lake-compaction';
import { LargeFiles } from '../pipeline/large-files';
import { PipelineFunctions, type PipelineFunctionsProps } from '../pipeline/pipeline-functions';
import { SubmissionExpiry } from '../pipeline/submission-expiry';

/** From a complete submission to its receipt: functions, state machine and the events that resume it. */
export class PipelineStack extends Stack {
  readonly workflow: Workflow;
  readonly functions: PipelineFunctions;
  /** Absent where large files are refused. */
  readonly largeFiles: LargeFiles | undefined;
  readonly deadLetterQueues: readonly IQueue[];

  constructor(scope: Construct, id: string, props: PipelineFunctionsProps) {
    super(scope, id, props);
    this.functions = new PipelineFunctions(this, 'Functions', props);
    const { storage, keys, records, settings } = props;
    this.largeFiles =
      props.configuration.pipeline.largeFiles === 'fargate'
        ? new LargeFiles(this, 'LargeFiles', {
            settings,
            storage,
            keys,
            records,
            environment: this.functions.offered,
          })
        : undefined;
    this.workflow = this.makeWorkflow(props);
    this.answerTasks();

    const expiry = new SubmissionExpiry(this, 'Expiry', {
      ...props,
      environment: this.functions.offered,
      stateMachine: this.workflow.stateMachine,
      stateKey: this.workflow.key,
    });
    new LakeCompaction(this, 'Compaction', {
      ...props,
      environment: this.functions.offered,
      deadLetterQueue: expiry.deadLetterQueue,
    });
    const { exchange } = props.storage;
    const { receiveClearance, importFinished, applyDemographics } = this.functions;
    this.deadLetterQueues = [
      this.deliver('ClearanceArrived', receiveClearance, {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [exchange.bucket.bucketName] },
          object: { key: Match.prefix('responses/') },
        },
      }),
      this.deliver('DemographicsArrived', applyDemographics, {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [exchange.bucket.bucketName] },
          object: { key: Match.prefix('demographics/rows/') },
        },
      }),
      this.deliver('ImportEnded', importFinished, {
        source: ['aws.medical-imaging'],
        detailType: ['Import Job Completed', 'Import Job Failed'],
        detail: {
          datastoreId: [props.imaging.development.datastoreId, props.imaging.heldOut.datastoreId],
        },
      }),
      expiry.deadLetterQueue,
    ];
    new CfnOutput(this, 'PipelineArn', { value: this.workflow.stateMachine.stateMachineArn });
  }

  /** Of the network for large files: named without asking the account, so that a synth needs none. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }

  private makeWorkflow({ configuration, settings, storage, imaging }: PipelineFunctionsProps): Workflow {
    const arn = ({ function: { functionArn } }: NmipFunction) => functionArn;
    const { functions } = this;
    const definition = pipelineDefinition({
      planSubmission: arn(functions.planSubmission),
      clearSubjects: arn(functions.clearSubjects),
      deidentifyBatch: arn(functions.deidentifyBatch),
      quarantineBatch: arn(functions.quarantineBatch),
      settleSubmission: arn(functions.settleSubmission),
      awaitImport: arn(functions.awaitImport),
      reconcileImport: arn(functions.reconcileImport),
      catalogueSubmission: arn(functions.catalogueSubmission),
      applyDemographics: arn(functions.applyDemographics),
      writeReceipt: arn(functions.writeReceipt),
      recordFailure: arn(functions.recordFailure),
      workBucket: storage.work.bucket.bucketName,
      importRole: imaging.importRole.roleArn,
      clearanceLimitSeconds: configuration.clearance.limitSeconds,
      batchesAtOnce: configuration.pipeline.batchesAtOnce,
      malwareScanning: configuration.malwareScanning,
      ...(this.largeFiles && { largeFiles: this.largeFiles.references }),
    });
    const workflow = new Workflow(this, 'StateMachine', {
      stateMachineName: `nmip-${configuration.environmentName}-pipeline`,
      definition,
      settings,
      keyDescription: 'NMIP state of pipeline executions',
      functions: [
        functions.planSubmission,
        functions.clearSubjects,
        functions.deidentifyBatch,
        functions.quarantineBatch,
        functions.settleSubmission,
        functions.awaitImport,
        functions.reconcileImport,
        functions.catalogueSubmission,
        functions.applyDemographics,
        functions.writeReceipt,
        functions.recordFailure,
      ],
    });
    // the list of batches and the results of the map
    workflow.allowMapRuns(
      storage.work,
      'submissions/*',
      'Keys begin with the id of a submission, which does not exist at synth.',
    );
    workflow.allow(
      ['medical-imaging:StartDICOMImportJob', 'medical-imaging:GetDICOMImportJob'],
      [imaging.development.datastoreArn, imaging.heldOut.datastoreArn],
    );
    workflow.allow(['iam:PassRole'], [imaging.importRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'medical-imaging.amazonaws.com' },
    });
    this.largeFiles?.allowRuns(workflow.role);
    return workflow;
  }

  /** Apart from the functions' own policies, on which the functions depend: it names the state machine, which names them. */
  private answerTasks(): void {
    const { clearSubjects, receiveClearance, awaitImport, importFinished } = this.functions;
    const answers = new Policy(this, 'TaskAnswers', {
      roles: [clearSubjects, receiveClearance, awaitImport, importFinished].map(({ role }) => role),
      statements: [
        new PolicyStatement({
          actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
          resources: [this.workflow.stateMachine.stateMachineArn],
        }),
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [this.workflow.key.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `states.${this.region}.amazonaws.com` } },
        }),
      ],
    });
    acknowledge(answers, {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to the roles of these four functions; a managed policy could be attached elsewhere.',
    });
  }

  /** Sends events to a function; those that it cannot take wait in its dead-letter queue. */
  private deliver(id: string, target: NmipFunction, eventPattern: EventPattern): IQueue {
    const queue = target.function.deadLetterQueue;
    if (queue === undefined) throw new Error(`${target.node.path} has no dead-letter queue`);
    new Rule(this, id, {
      eventPattern,
      targets: [
        new LambdaFunction(target.function, {
          deadLetterQueue: queue,
          retryAttempts: 8,
          maxEventAge: Duration.hours(6),
        }),
      ],
    });
    return queue;
  }
}
