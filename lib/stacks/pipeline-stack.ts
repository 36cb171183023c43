import { ArnFormat, CfnOutput, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../constructs/acknowledge';
import { dataKey } from '../constructs/data-key';
import type { NmipFunction } from '../constructs/nmip-function';
import { pipelineDefinition } from '../pipeline/definition';
import { LargeFiles } from '../pipeline/large-files';
import { PipelineFunctions, type PipelineFunctionsProps } from '../pipeline/pipeline-functions';
import { SubmissionExpiry } from '../pipeline/submission-expiry';

/** From a complete submission to its receipt: functions, state machine and the events that resume it. */
export class PipelineStack extends Stack {
  readonly stateMachine: StateMachine;
  /** Key of the executions' state: who starts or answers one uses it. */
  readonly key: Key;
  readonly functions: PipelineFunctions;
  /** Absent where large files are refused. */
  readonly largeFiles: LargeFiles | undefined;
  readonly deadLetterQueues: readonly IQueue[];

  constructor(scope: Construct, id: string, props: PipelineFunctionsProps) {
    super(scope, id, props);
    this.key = dataKey(this, 'Key', 'NMIP state of pipeline executions');
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
    this.stateMachine = this.makeStateMachine(props);
    this.answerTasks();

    const expiry = new SubmissionExpiry(this, 'Expiry', {
      ...props,
      environment: this.functions.offered,
      stateMachine: this.stateMachine,
      stateKey: this.key,
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
    new CfnOutput(this, 'PipelineArn', { value: this.stateMachine.stateMachineArn });
  }

  /** Of the network for large files: named without asking the account, so that a synth needs none. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }

  private makeStateMachine({
    configuration,
    settings,
    storage,
    imaging,
  }: PipelineFunctionsProps): StateMachine {
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
    const role = new Role(this, 'StateMachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const machine = new StateMachine(this, 'StateMachine', {
      // CDK's grant of the key names the state machine by this; without it the grant fits nothing
      stateMachineName: `nmip-${configuration.environmentName}-pipeline`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(this.toJsonString(definition)),
      role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(this.key, Duration.minutes(5)),
      logs: {
        destination: new LogGroup(this, 'Logs', {
          encryptionKey: settings.logKey,
          retention: settings.logRetention,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.allowStateMachine(machine, role, { storage, imaging });
    this.largeFiles?.allowRuns(role);
    return machine;
  }

  private allowStateMachine(
    machine: StateMachine,
    role: Role,
    { storage: { work }, imaging }: Pick<PipelineFunctionsProps, 'storage' | 'imaging'>,
  ): void {
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
    const steps = [
      this.functions.planSubmission,
      this.functions.clearSubjects,
      this.functions.deidentifyBatch,
      this.functions.quarantineBatch,
      this.functions.settleSubmission,
      this.functions.awaitImport,
      this.functions.reconcileImport,
      this.functions.catalogueSubmission,
      this.functions.applyDemographics,
      this.functions.writeReceipt,
      this.functions.recordFailure,
    ];
    allow(
      ['lambda:InvokeFunction'],
      steps.map((step) => step.function.functionArn),
    );
    const objects = work.bucket.arnForObjects('submissions/*');
    // the list of batches and the results of the map
    allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      [objects],
    );
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [work.key.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${this.region}.amazonaws.com` },
    });
    allow(
      ['medical-imaging:StartDICOMImportJob', 'medical-imaging:GetDICOMImportJob'],
      [imaging.development.datastoreArn, imaging.heldOut.datastoreArn],
    );
    allow(['iam:PassRole'], [imaging.importRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'medical-imaging.amazonaws.com' },
    });

    // apart from the role's own policy, on which the state machine depends: it names the state machine
    const executions = (separator: string) =>
      this.formatArn({
        service: 'states',
        resource: 'execution',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        resourceName: `${machine.stateMachineName}${separator}*`,
      });
    const runs = [executions(':'), executions('/')];
    const map = new Policy(this, 'MapRuns', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: runs,
        }),
      ],
    });
    for (const run of runs)
      acknowledgeWildcard(map, run, 'Step Functions names the children of a run of the map.');
    acknowledgeWildcard(
      role,
      objects,
      'Keys begin with the id of a submission, which does not exist at synth.',
    );
    const inline = {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
    };
    acknowledge(map, inline);
    acknowledge(role, {
      ...inline,
      'AwsSolutions-IAM5[Resource::*]':
        'The actions that deliver logs and traces (logs:*LogDelivery, xray:Put*) have no resources to name.',
    });
  }

  /** Apart from the functions' own policies, on which the functions depend: it names the state machine, which names them. */
  private answerTasks(): void {
    const { clearSubjects, receiveClearance, awaitImport, importFinished } = this.functions;
    const answers = new Policy(this, 'TaskAnswers', {
      roles: [clearSubjects, receiveClearance, awaitImport, importFinished].map(({ role }) => role),
      statements: [
        new PolicyStatement({
          actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
          resources: [this.stateMachine.stateMachineArn],
        }),
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [this.key.keyArn],
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
