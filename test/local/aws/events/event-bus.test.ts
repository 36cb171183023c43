import { EventBus, type Rule } from '../../../../local/aws/events/event-bus';
import { parseEventPattern } from '../../../../local/aws/events/event-pattern';
import { parseSchedule } from '../../../../local/aws/events/schedule';

const functionArn = 'arn:aws:lambda:eu-west-2:000000000000:function:finished';
const queueArn = 'arn:aws:sqs:eu-west-2:000000000000:dead';
const ruleArn = 'arn:aws:events:eu-west-2:000000000000:rule/finished';

describe('EventBus', () => {
  const delivered: unknown[] = [];
  const queued: string[] = [];
  const lost: string[] = [];
  let accepts = true;
  const bus = new EventBus({
    accountId: '000000000000',
    region: 'eu-west-2',
    clock: { now: () => new Date('2026-11-23T12:00:00.500Z') },
    delivery: {
      lambda: (_rule, arn, payload) => {
        if (!accepts) throw new Error('no permission');
        delivered.push({ arn, payload });
      },
      queue: (_rule, arn, payload) => delivered.push({ arn, payload }),
      stateMachine: (_rule, arn, roleArn, payload) => delivered.push({ arn, roleArn, payload }),
    },
    deliverToQueue: (_arn, body) => queued.push(body),
    undeliverable: (rule) => lost.push(rule),
  });
  const rule = (change: Partial<Rule> = {}): Rule => ({
    arn: ruleArn,
    enabled: true,
    pattern: parseEventPattern({ source: ['aws.medical-imaging'] }),
    targets: [{ arn: functionArn, input: { kind: 'event' } }],
    ...change,
  });
  const publish = (source = 'aws.medical-imaging') =>
    bus.publish({ source, detailType: 'Import Job Completed', detail: { jobId: 'j"1' }, resources: ['r'] });

  beforeEach(() => {
    accepts = true;
    for (const list of [delivered, queued, lost]) list.length = 0;
  });
  afterAll(() => bus.close());

  it('hands a matching event to the target as EventBridge words it', () => {
    bus.putRule(rule());
    publish();
    publish('aws.s3');
    expect(delivered).toEqual([
      {
        arn: functionArn,
        payload: {
          version: '0',
          id: expect.any(String),
          'detail-type': 'Import Job Completed',
          source: 'aws.medical-imaging',
          account: '000000000000',
          time: '2026-11-23T12:00:00Z',
          region: 'eu-west-2',
          resources: ['r'],
          detail: { jobId: 'j"1' },
        },
      },
    ]);
  });

  it('does not deliver for a disabled rule', () => {
    bus.putRule(rule({ enabled: false }));
    publish();
    expect(delivered).toEqual([]);
  });

  it('makes the input of a target from the event', () => {
    const template = '{"id": <id>, "text": "job <id> ended", "none": "<missing>"}';
    const paths = { id: '$.detail.jobId', missing: '$.detail.nothing' };
    bus.putRule(
      rule({
        targets: [
          { arn: queueArn, input: { kind: 'template', template, paths } },
          { arn: queueArn, input: { kind: 'path', path: '$.detail' } },
          { arn: queueArn, input: { kind: 'constant', value: { a: 1 } } },
        ],
      }),
    );
    publish();
    expect(delivered.map((one) => (one as { payload: unknown }).payload)).toEqual([
      { id: 'j"1', text: 'job j"1 ended', none: '' },
      { jobId: 'j"1' },
      { a: 1 },
    ]);
  });

  it('gives what a target does not accept to its queue, or says that it is lost', () => {
    accepts = false;
    bus.putRule(
      rule({ targets: [{ arn: functionArn, input: { kind: 'event' }, deadLetterQueueArn: queueArn }] }),
    );
    publish();
    expect(queued).toHaveLength(1);
    bus.putRule(rule());
    publish();
    expect(lost).toEqual([ruleArn]);
  });
});

describe('schedules', () => {
  const after = new Date('2026-11-23T12:34:56Z');

  it.each([
    ['rate(5 minutes)', '2026-11-23T12:39:56.000Z'],
    ['rate(1 day)', '2026-11-24T12:34:56.000Z'],
    ['cron(0 2 * * ? *)', '2026-11-24T02:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-23T12:45:00.000Z'],
    ['cron(30 9 ? * MON-FRI *)', '2026-11-24T09:30:00.000Z'],
    ['cron(0 0 1 JAN,JUL ? *)', '2027-01-01T00:00:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00.000Z'],
  ])('%s', (expression, expected) => {
    expect(parseSchedule(expression).next(after).toISOString()).toBe(expected);
  });

  it.each(['rate(0 minutes)', 'every day', 'cron(0 2 * *)', 'cron(61 * * * ? *)', 'cron(0 0 L * ? *)'])(
    'refuses %s',
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow();
    },
  );
});
