import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface PrivateNetworkProps {
  readonly logKey: IKey;
  readonly logRetention: RetentionDays;
}

const https = Port.tcp(443);

/**
 * What a task of ECS calls: KMS for the pseudonyms' keys, ECR for its image, CloudWatch Logs. Each of these endpoints is
 * paid for by the hour and zone; those of S3 and DynamoDB have no price.
 */
const interfaces = {
  Kms: InterfaceVpcEndpointAwsService.KMS,
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
} as const;

/**
 * A network for tasks that handle files as sent: two zones, no way to the internet in or out, and endpoints for the
 * services that the tasks call. Principals and buckets of other accounts do not pass the endpoints.
 */
export class PrivateNetwork extends Construct {
  readonly vpc: Vpc;
  readonly subnets: readonly ISubnet[];
  /** For the tasks: nothing comes in. */
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      // 64 addresses a zone: the endpoints take four, a task one, and AWS keeps five
      ipAddresses: IpAddresses.cidr('10.0.0.0/25'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'tasks', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 }],
      // the CDK would close it by a function and a custom resource of its own
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = vpc;
    this.subnets = vpc.isolatedSubnets;
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc,
      description: 'Tasks of large files: nothing comes in, HTTPS goes out',
      allowAllOutbound: false,
    });
    // the subnets have no route but to the endpoints; those of S3 and DynamoDB have addresses that the template cannot know
    this.securityGroup.addEgressRule(Peer.anyIpv4(), https, 'Endpoints of this network');
    this.logFlows(vpc, props);
    this.addEndpoints(vpc);
    acknowledge(vpc, {
      'NIST.800.53.R5-VPCDefaultSecurityGroupClosed':
        'Nothing is in the default group, and the network has no way to the internet. CloudFormation cannot close it.',
    });
  }

  private logFlows(vpc: Vpc, { logKey, logRetention }: PrivateNetworkProps): void {
    const logs = new LogGroup(this, 'FlowLogs', {
      encryptionKey: logKey,
      retention: logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'FlowLogRole', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    vpc.addFlowLog('Flows', {
      destination: FlowLogDestination.toCloudWatchLogs(logs, role),
      trafficType: FlowLogTrafficType.ALL,
    });
    acknowledge(role, {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
    });
  }

  private addEndpoints(vpc: Vpc): void {
    const { account, region } = Stack.of(this);
    const s3 = vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      new PolicyStatement({ principals: [new AnyPrincipal()], actions, resources, conditions });
    s3.addToPolicy(
      allow(
        [
          's3:GetObject',
          's3:GetObjectTagging',
          's3:ListBucket',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:AbortMultipartUpload',
        ],
        ['*'],
        { StringEquals: { 'aws:ResourceAccount': account, 'aws:PrincipalAccount': account } },
      ),
    );
    // ECR keeps the layers of images in this bucket of its own
    s3.addToPolicy(allow(['s3:GetObject'], [`arn:aws:s3:::prod-${region}-starport-layer-bucket/*`]));

    const own = { StringEquals: { 'aws:PrincipalAccount': account } };
    const dynamodb = vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    dynamodb.addToPolicy(allow(['*'], ['*'], own));

    const securityGroup = new SecurityGroup(this, 'Endpoints', {
      vpc,
      description: 'Endpoints of AWS services: HTTPS comes in from tasks',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(this.securityGroup, https, 'Tasks of large files');
    for (const [name, service] of Object.entries(interfaces)) {
      const endpoint = vpc.addInterfaceEndpoint(name, {
        service,
        securityGroups: [securityGroup],
        open: false,
      });
      endpoint.addToPolicy(allow(['*'], ['*'], own));
    }
  }
}
