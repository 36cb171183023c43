import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { denySessionsEnvironment } from '../../lambda/credentials/deny-sessions.environment';
import { NOTHING_DENIED } from '../../lambda/credentials/revocation-policy.contract';
import { acknowledge } from './acknowledge';
import { deadLetterQueue } from './dead-letter-queue';
import type { EnvironmentValues } from './function-environment';
import { type FunctionSettings, NmipFunction } from './nmip-function';
import type { RecordTable } from './record-table';

export interface SessionDenialProps {
  readonly settings: FunctionSettings;
  readonly register: RecordTable;
  readonly environment: EnvironmentValues;
  /** Key of what the function could not work off. */
  readonly queueKey: IKey;
}

/**
 * The policy that denies revoked sessions, and the one function that may change it. CloudFormation makes it once and then
 * leaves it alone, since nothing in its template ever changes: roles name the policy, not the policy its roles, and name,
 * path and first document are fixed (docs/adr/0029).
 */
export class SessionDenial extends Construct {
  readonly policy: ManagedPolicy;
  readonly denySessions: NmipFunction;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: SessionDenialProps) {
    super(scope, id);
    const { settings, register, environment } = props;
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: `nmip-${settings.environmentName}-revoked-sessions`,
      path: `/nmip/${settings.environmentName}/`,
      description: 'Denies what was revoked; its versions are made by deny-sessions',
      document: PolicyDocument.fromJson(NOTHING_DENIED),
    });
    const policyArn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'policy',
      resourceName: `nmip/${settings.environmentName}/nmip-${settings.environmentName}-revoked-sessions`,
    });
    this.deadLetterQueue = deadLetterQueue(this, 'dead-letters', props.queueKey);
    this.denySessions = new NmipFunction(this, 'DenySessions', {
      settings,
      entry: 'credentials/deny-sessions',
      description: 'Denies running sessions what was revoked',
      environmentSchema: denySessionsEnvironment,
      environment: { ...environment, DENIAL_POLICY_ARN: policyArn },
      memorySize: 1769,
      timeout: Duration.seconds(30),
      // two at once could put an older document over a newer one
      reservedConcurrency: 1,
      deadLetterQueue: this.deadLetterQueue,
    });
    this.denySessions.allowItems(register, ['Query']);
    this.denySessions.allow(
      [
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:ListPolicyVersions',
        'iam:CreatePolicyVersion',
        'iam:DeletePolicyVersion',
      ],
      policyArn,
    );
    new Rule(this, 'EveryMinute', {
      description: 'Denies what a failed call has left, and lets go of what has run out',
      schedule: Schedule.rate(Duration.minutes(1)),
      // the next run makes up for one that failed
      targets: [new LambdaFunction(this.denySessions.function, { retryAttempts: 0 })],
    });
    acknowledge(this.policy, {
      'AwsSolutions-IAM5[Resource::*]': 'The policy holds denials only.',
      'AwsSolutions-IAM5[Action::*]': 'The policy holds denials only.',
    });
  }
}
