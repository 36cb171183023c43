import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { RELEASES_PARTITION } from '../../lambda/releases/partition.contract';
import { publicReleasesApiEnvironment } from '../../lambda/releases/public-releases-api.environment';
import { releasesApiEnvironment } from '../../lambda/releases/releases-api.environment';
import { NmipFunction } from '../constructs/nmip-function';
import { configurationValues, recordsValues, storageValues } from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import { Workflow } from '../constructs/workflow';
import { releaseDefinition } from '../releases/definition';
import { ReleaseFunctions, type ReleaseFunctionsProps } from '../releases/release-functions';

const byRelease = 'Keys begin with the version of a release, which does not exist at synth.';

/** From the rows of the lake to a published release: functions, state machine, what officers and everybody ask. */
export class ReleasesStack extends Stack {
  readonly workflow: Workflow;
  readonly functions: ReleaseFunctions;
  /** Behind the routes of officers. */
  readonly api: NmipFunction;
  /** Behind the routes that answer everybody. */
  readonly publicApi: NmipFunction;

  constructor(scope: Construct, id: string, props: ReleaseFunctionsProps) {
    super(scope, id, props);
    this.functions = new ReleaseFunctions(this, 'Functions', props);
    this.workflow = this.makeWorkflow(props);
    this.scheduleCount();
    this.api = this.makeApi(props);
    this.publicApi = this.makePublicApi(props);
    new CfnOutput(this, 'ReleaseArn', { value: this.workflow.stateMachine.stateMachineArn });
  }

  private makeWorkflow({ configuration, settings }: ReleaseFunctionsProps): Workflow {
    const arn = ({ function: { functionArn } }: NmipFunction) => functionArn;
    const { takeSeries, guardRelease, commitHeldOut, measureRelease } = this.functions;
    const { writeDocuments, publishRelease, stopRelease } = this.functions;
    return new Workflow(this, 'StateMachine', {
      stateMachineName: `nmip-${configuration.environmentName}-release`,
      definition: releaseDefinition({
        takeSeries: arn(takeSeries),
        guardRelease: arn(guardRelease),
        commitHeldOut: arn(commitHeldOut),
        measureRelease: arn(measureRelease),
        writeDocuments: arn(writeDocuments),
        publishRelease: arn(publishRelease),
        stopRelease: arn(stopRelease),
      }),
      settings,
      keyDescription: 'NMIP state of executions that make releases',
      functions: [
        takeSeries,
        guardRelease,
        commitHeldOut,
        measureRelease,
        writeDocuments,
        publishRelease,
        stopRelease,
      ],
    });
  }

  private scheduleCount(): void {
    new Rule(this, 'Daily', {
      description: 'Counts withdrawn studies of releases',
      schedule: Schedule.cron({ hour: '4', minute: '30' }),
      targets: [
        new LambdaFunction(this.functions.countWithdrawn.function, {
          retryAttempts: 2,
          maxEventAge: Duration.hours(6),
        }),
      ],
    });
  }

  private makeApi({ configuration, settings, records, storage }: ReleaseFunctionsProps): NmipFunction {
    const api = new NmipFunction(this, 'ReleasesApi', {
      settings,
      entry: 'releases/releases-api',
      description: 'The making of releases, for officers',
      environmentSchema: releasesApiEnvironment,
      environment: {
        ...configurationValues(configuration),
        ...recordsValues(records),
        ...storageValues(storage),
        RELEASE_ARN: this.workflow.stateMachine.stateMachineArn,
      },
      memorySize: 1769,
      timeout: Duration.seconds(28),
    });
    api.allowItems(records.register, writeItems);
    for (const keys of ['releases/*', 'splits/leakage/*'])
      api.allowObjects({ in: storage.catalogue, actions: ['s3:GetObject'], keys, because: byRelease });
    api.allowObjects({ in: storage.releases, actions: ['s3:GetObject'], keys: '*', because: byRelease });
    api.allow(['states:StartExecution'], this.workflow.stateMachine.stateMachineArn);
    api.allowKey(this.workflow.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
    return api;
  }

  private makePublicApi({ settings, records, storage }: ReleaseFunctionsProps): NmipFunction {
    const api = new NmipFunction(this, 'PublicReleasesApi', {
      settings,
      entry: 'releases/public-releases-api',
      description: 'Published releases, for everybody',
      environmentSchema: publicReleasesApiEnvironment,
      environment: { ...recordsValues(records), ...storageValues(storage) },
      memorySize: 1024,
      timeout: Duration.seconds(15),
      // nobody who asks much takes the concurrency of those who are signed in
      reservedConcurrency: 10,
    });
    api.allowPartition(records.register, ['GetItem', 'Query'], RELEASES_PARTITION);
    api.allowObjects({ in: storage.releases, actions: ['s3:GetObject'], keys: '*', because: byRelease });
    return api;
  }
}
