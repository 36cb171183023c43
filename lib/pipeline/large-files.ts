import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { deidentifyBatchEnvironment } from '../../lambda/deidentification/deidentify-batch.environment';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import type { EnvironmentValues } from '../constructs/function-environment';
import type { FunctionSettings } from '../constructs/nmip-function';
import { NmipTask } from '../constructs/nmip-task';
import { PrivateNetwork } from '../constructs/private-network';
import { allowDeidentification, type DeidentificationParts } from './deidentification-rights';
import type { LargeFileReferences } from './large-file-states';

export interface LargeFilesProps extends DeidentificationParts {
  readonly settings: FunctionSettings;
  readonly environment: EnvironmentValues;
}

/** Where large files are de-identified: a cluster, a network without the internet and the container's definition. */
export class LargeFiles extends Construct {
  readonly task: NmipTask;
  private readonly cluster: Cluster;
  private readonly network: PrivateNetwork;

  constructor(scope: Construct, id: string, props: LargeFilesProps) {
    super(scope, id);
    const { settings } = props;
    this.network = new PrivateNetwork(this, 'Network', settings);
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: this.network.vpc,
      // tells how near a task comes to its memory
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    this.task = new NmipTask(this, 'DeidentifyBatch', {
      settings,
      entry: 'deidentification/deidentify-batch',
      environmentSchema: deidentifyBatchEnvironment,
      environment: props.environment,
      // as the function: one processor for the stream, one for hashing and the SDK. The engine holds a few buffers of a
      // file whatever its size; a frame that is blanked, four times. Nothing is kept on disk.
      cpu: 2048,
      memoryMiB: 4096,
    });
    allowDeidentification(this.task, props);
  }

  /** What the state machine says to ECS. */
  get references(): LargeFileReferences {
    return {
      cluster: this.cluster.clusterArn,
      taskFamily: this.task.family,
      container: this.task.containerName,
      subnets: this.network.subnets.map(({ subnetId }) => subnetId),
      securityGroup: this.network.securityGroup.securityGroupId,
    };
  }

  /** Lets the state machine run the task, follow it by events and stop it. */
  allowRuns(role: Role): void {
    const stack = Stack.of(this);
    const { task, cluster } = this;
    const revisions = stack.formatArn({
      service: 'ecs',
      resource: 'task-definition',
      resourceName: `${task.family}:*`,
    });
    const tasks = stack.formatArn({
      service: 'ecs',
      resource: 'task',
      resourceName: `${cluster.clusterName}/*`,
    });
    const rule = stack.formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'StepFunctionsGetEventsForECSTaskRule',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
    allow(['ecs:RunTask'], [revisions], { ArnEquals: { 'ecs:cluster': cluster.clusterArn } });
    allow(['ecs:StopTask', 'ecs:DescribeTasks'], [tasks]);
    allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [rule]);
    allow(['iam:PassRole'], [task.role.roleArn, task.executionRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    acknowledgeWildcard(
      role,
      revisions,
      'Every deployment makes a revision; executions that began before run the newest.',
    );
    acknowledgeWildcard(role, tasks, 'ECS draws the ids of tasks.');
  }
}
