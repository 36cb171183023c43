import { type PolicyStatementJson, templateOf } from '../synthesized-stage';

const history = templateOf('history');
const trail = templateOf('trail');

function statementsOf(role: string): PolicyStatementJson[] {
  return Object.values(history.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const actionsOf = (statement: PolicyStatementJson) => [statement.Action ?? []].flat();

describe('the worker that exports events', () => {
  it('deletes outbox items and puts the head over all, and no other item', () => {
    const writes = statementsOf('ExportEvents').filter((statement) =>
      actionsOf(statement).some((action) => /^dynamodb:(Put|Update|Delete|BatchWrite)/.test(action)),
    );
    expect(writes.map((statement) => [actionsOf(statement), statement.Condition])).toEqual([
      [
        ['dynamodb:DeleteItem'],
        {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['OUTBOX'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      ],
      [
        ['dynamodb:PutItem'],
        {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['AUDIT'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      ],
    ]);
  });

  it('deletes no object and sets no lock', () => {
    const actions = statementsOf('ExportEvents')
      .flatMap(actionsOf)
      .filter((action) => action.startsWith('s3:'));
    expect(new Set(actions)).toEqual(new Set(['s3:GetObject', 's3:PutObject', 's3:ListBucket']));
  });

  it('runs every minute, one at a time', () => {
    history.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
    history.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
  });
});

it('the API of auditors changes nothing', () => {
  const actions = statementsOf('HistoryApi').flatMap(actionsOf);
  expect(new Set(actions.filter((action) => /^(s3|dynamodb):/.test(action)))).toEqual(
    new Set(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 's3:GetObject', 's3:ListBucket']),
  );
});

describe('the trail', () => {
  const [{ Properties }] = Object.values(trail.findResources('AWS::CloudTrail::Trail')) as [
    { Properties: Record<string, unknown> },
  ];

  it('records requests to both data stores, and sessions, in files whose digests are signed', () => {
    expect(Properties).toMatchObject({ IsLogging: true, EnableLogFileValidation: true });
    const selectors = JSON.stringify(Properties.AdvancedEventSelectors);
    expect(selectors).toContain('AWS::MedicalImaging::Datastore');
    expect(selectors.match(/DatastoreArn|datastoreArn/g)?.length ?? 0).toBe(2);
  });

  it('is written by CloudTrail for this one trail, under a key of its own, and locked', () => {
    const policies = JSON.stringify(Object.values(trail.findResources('AWS::S3::BucketPolicy')));
    expect(policies).toContain('cloudtrail.amazonaws.com');
    expect(policies).toContain(':trail/nmip-');
    trail.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE' } } },
    });
  });

  it('has a table whose partitions are the days, and both questions', () => {
    trail.hasResourceProperties('AWS::Glue::Table', {
      TableInput: { PartitionKeys: [{ Name: 'day', Type: 'string' }] },
    });
    const queries = Object.values(trail.findResources('AWS::Athena::NamedQuery'));
    expect(queries.map((query) => query.Properties.Name).sort()).toEqual([
      'what-has-this-person-read',
      'who-read-this-study',
    ]);
    for (const query of queries) expect(query.Properties.QueryString.match(/\?/g)).toHaveLength(5);
  });
});
