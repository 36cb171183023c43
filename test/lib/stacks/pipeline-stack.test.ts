import { Match } from 'aws-cdk-lib/assertions';
import { actionsOf, statementsOfRole, templateOf } from '../synthesized-stage';

const template = templateOf('pipeline');

describe('state machine', () => {
  it('is Standard, traced, under a customer key, and logs no execution data', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
    });
  });

  it('its role uses the key for this state machine by name', () => {
    const statements = statementsOfRole('pipeline', 'StateMachineRole');
    expect(JSON.stringify(statements)).toContain('stateMachine:nmip-example-pipeline"');
  });

  it('its role passes the import role to HealthImaging and starts imports under the right prefix', () => {
    const statements = statementsOfRole('pipeline', 'StateMachineRole');
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 'iam:PassRole',
        Condition: { StringEquals: { 'iam:PassedToService': 'medical-imaging.amazonaws.com' } },
      }),
    );
    const actions = actionsOf(statements);
    expect(actions).toContain('medical-imaging:StartDICOMImportJob');
    expect(actions.filter((action) => action.startsWith('medicalimaging:'))).toEqual([]);
  });

  it('its role starts and follows children of its own only', () => {
    const actions = actionsOf(statementsOfRole('pipeline', 'StateMachineRole'));
    expect(actions).toEqual(expect.arrayContaining(['states:StartExecution', 'states:DescribeExecution']));
  });
});

describe('events', () => {
  it('an answer of the opt-out service reaches receive-clearance', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ prefix: 'responses/' }] } },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  it('the end of an import job reaches import-finished', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.medical-imaging'],
        'detail-type': ['Import Job Completed', 'Import Job Failed'],
      },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  it('an hour at most passes before open submissions are looked through', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
    const statements = statementsOfRole('pipeline', 'expiresubmissions');
    const actions = actionsOf(statements).filter((action) => !action.startsWith('kms:'));
    expect(actions.filter((action) => /^(s3|states):/.test(action)).sort()).toEqual([
      's3:GetObject',
      's3:ListBucket',
      'states:StartExecution',
    ]);
  });

  it('what cannot be delivered waits 14 days under a customer key', () => {
    const queues = Object.values(template.findResources('AWS::SQS::Queue'));
    expect(queues).toHaveLength(4);
    for (const { Properties } of queues) {
      expect(Properties.MessageRetentionPeriod).toBe(1_209_600);
      expect(Properties.KmsMasterKeyId).toBeDefined();
    }
  });
});

describe('functions', () => {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));

  it.each(functions)(
    '%s runs on arm64 with Node 24, traced, with a log group of its own',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: expect.anything() },
      });
      expect(Properties.MemorySize).toBeGreaterThanOrEqual(256);
      expect(Properties.Timeout).toBeLessThanOrEqual(900);
    },
  );

  it('only de-identification has environments reserved', () => {
    const reserved = functions.filter(
      ([, { Properties }]) => Properties.ReservedConcurrentExecutions !== undefined,
    );
    expect(reserved.map(([id]) => id)).toEqual([expect.stringContaining('deidentifybatch')]);
  });

  it.each([
    ['plansubmission', []],
    ['clearsubjects', []],
    ['deidentifybatch', []],
    // Sets apart what is quarantined in an archive, which the receipt deletes.
    ['settlesubmission', ['s3:PutObject']],
  ])('%s cannot delete files as sent', (role, writes) => {
    const landing = statementsOfRole('pipeline', `Functions${role}Role`).filter(({ Resource }) =>
      JSON.stringify(Resource).includes('-landing-'),
    );
    expect(landing.length).toBeGreaterThan(0);
    expect(actionsOf(landing).filter((action) => /Delete|Put/.test(action))).toEqual(writes);
  });

  it('the receipt deletes files as sent and cannot read them', () => {
    const landing = statementsOfRole('pipeline', 'Functionswritereceipt').filter(({ Resource }) =>
      JSON.stringify(Resource).includes('-landing-'),
    );
    expect(actionsOf(landing)).toContain('s3:DeleteObjectVersion');
    expect(actionsOf(landing)).not.toContain('s3:GetObject');
  });
});
