import { Template } from 'aws-cdk-lib/assertions';
import {
  actionsOf,
  appWithoutBundles,
  exampleStage,
  stackOf,
  statementsOfRole,
  templateOf,
} from '../synthesized-stage';

const template = templateOf('pipeline');
const only = (type: string) => {
  const [resource, ...others] = Object.values(template.findResources(type));
  if (resource === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return resource;
};

describe('the container of large files', () => {
  const task = only('AWS::ECS::TaskDefinition').Properties;
  const [container] = task.ContainerDefinitions;

  it('runs on Fargate, arm64, with a read-only file system, an init process and no privileges', () => {
    expect(task).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
    });
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      Privileged: false,
      LinuxParameters: { InitProcessEnabled: true },
    });
  });

  it('finds what the function of the same code finds, and the Region', () => {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const same = functions.find(({ Properties }) => /De-identifies/.test(Properties.Description));
    const variables = Object.fromEntries(
      container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
    );
    expect(variables).toEqual({ ...same?.Properties.Environment.Variables, AWS_REGION: 'eu-west-2' });
  });

  it('may what the function may, by a role below the function’s path', () => {
    const rights = (role: string) =>
      statementsOfRole('pipeline', role)
        .filter(({ Action = [] }) => !/^(logs|xray):/.test([Action].flat()[0] ?? ''))
        .map((statement) => JSON.stringify(statement))
        .sort();
    expect(rights('LargeFilesDeidentifyBatchRole')).toEqual(rights('Functionsdeidentifybatch'));
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles.map(({ Properties }) => Properties.Path)).toContain(
      '/nmip/example/deidentification/deidentify-batch/task/',
    );
  });

  it('is fetched and logged by a role that can do nothing else', () => {
    const actions = actionsOf(statementsOfRole('pipeline', 'DeidentifyBatchExecutionRole'));
    expect([...new Set(actions)].sort()).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });
});

describe('the network of large files', () => {
  it('has no way to the internet', () => {
    for (const type of ['InternetGateway', 'NatGateway', 'EgressOnlyInternetGateway', 'Route', 'EIP'])
      expect([type, Object.keys(template.findResources(`AWS::EC2::${type}`))]).toEqual([type, []]);
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::Subnet')))
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
  });

  it('lets nothing into tasks, and only tasks to the endpoints', () => {
    const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    expect(groups.flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? [])).toEqual([]);
    const { Properties } = only('AWS::EC2::SecurityGroupIngress');
    expect(Properties).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    expect(JSON.stringify(Properties.SourceSecurityGroupId)).toContain('NetworkTasks');
    expect(JSON.stringify(Properties.GroupId)).toContain('NetworkEndpoints');
  });

  it('has the endpoints that a task needs, for principals and buckets of this account', () => {
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
    const services = endpoints.map(({ Properties }) =>
      JSON.stringify(Properties.ServiceName).replace(
        /^.*(?:\.|com\.amazonaws\.eu-west-2\.)([\w-]+).*$/,
        '$1',
      ),
    );
    expect(services.sort()).toEqual(['api', 'dkr', 'dynamodb', 'kms', 'logs', 's3']);
    for (const { Properties } of endpoints) {
      const [first] = Properties.PolicyDocument.Statement;
      expect(JSON.stringify(first.Condition)).toContain('aws:PrincipalAccount');
    }
  });

  it('logs its flows under a customer key', () => {
    expect(only('AWS::EC2::FlowLog').Properties).toMatchObject({ TrafficType: 'ALL', ResourceType: 'VPC' });
  });
});

describe('the state machine', () => {
  const statements = statementsOfRole('pipeline', 'StateMachineRole');
  const allowing = (action: string) =>
    statements.filter(({ Action = [] }) => [Action].flat().includes(action));

  it('runs the one family on the one cluster, and stops and follows its tasks', () => {
    const [run] = allowing('ecs:RunTask');
    expect(JSON.stringify(run?.Resource)).toContain(':task-definition/nmip-example-deidentify-batch:*');
    expect(Object.keys(run?.Condition ?? {})).toEqual(['ArnEquals']);
    expect(JSON.stringify(allowing('ecs:StopTask')[0]?.Resource)).toContain(':task/');
    expect(JSON.stringify(allowing('events:PutRule')[0]?.Resource)).toContain(
      'rule/StepFunctionsGetEventsForECSTaskRule',
    );
  });

  it('passes the two roles of the task to ECS and no other', () => {
    const passed = allowing('iam:PassRole').filter(({ Condition }) =>
      JSON.stringify(Condition).includes('ecs-tasks.amazonaws.com'),
    );
    expect(passed).toHaveLength(1);
    expect([passed[0]?.Resource].flat()).toHaveLength(2);
  });
});

describe('a platform that refuses large files', () => {
  const app = appWithoutBundles();
  const refusing = Template.fromStack(
    stackOf(exampleStage(app, { pipeline: { largeFiles: 'refuse' } }), 'pipeline'),
  );

  it('has no network, no container and no state for them, and Plan knows', () => {
    const types = Object.values(refusing.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => /^AWS::(EC2|ECS)::/.test(type))).toEqual([]);
    expect(JSON.stringify(refusing.findResources('AWS::StepFunctions::StateMachine'))).not.toContain(
      'ecs:runTask',
    );
    refusing.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { LARGE_FILES: 'refuse', LARGE_FILE_BYTES: '2000000000' } },
    });
  });
});
