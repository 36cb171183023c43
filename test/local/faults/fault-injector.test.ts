import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { DrillClock } from '../../../local/faults/drill-clock';
import { FaultInjector, injectedFaults } from '../../../local/faults/fault-injector';
import { faultKinds, kindNames, strikes } from '../../../local/faults/fault-kinds';
import { type PlannedFault, planFaults } from '../../../local/faults/fault-plan';
import type { RequestPoint } from '../../../local/faults/fault-points';

const write: RequestPoint = {
  service: 's3',
  method: 'PUT',
  operation: 'PUT',
  functionName: 'submission/write-receipt',
  accessKeyId: 'ASIAFUNCTION',
  presigned: false,
  bodyBytes: 100,
};
const upload: RequestPoint = {
  service: 's3',
  method: 'PUT',
  operation: 'PUT',
  functionName: 'submission/submission-api',
  accessKeyId: 'ASIAFUNCTION',
  presigned: true,
  bodyBytes: 100,
};
const transaction: RequestPoint = {
  service: 'dynamodb',
  method: 'POST',
  operation: 'TransactWriteItems',
  functionName: 'submission/submission-api',
  accessKeyId: 'ASIAFUNCTION',
  presigned: false,
  bodyBytes: 100,
};
const points = [write, upload, transaction];

describe('a plan of faults', () => {
  it('is the same for the same seed, as long as asked, and another for another seed', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 9_000 }),
        (seed, count, requests) => {
          const plan = planFaults(seed, count, requests);
          expect(plan).toHaveLength(count);
          expect(plan).toEqual(planFaults(seed, count, requests));
          expect(plan.map(({ number }) => number)).toEqual(plan.map((_, index) => index + 1));
        },
      ),
    );
    expect(planFaults('1', 50, 1_000)).not.toEqual(planFaults('2', 50, 1_000));
  });

  it('has every kind in it, and no more of the slow ones than they may be', () => {
    const plan = planFaults('kinds', 500, 8_000);
    const count = (kind: string) => plan.filter((fault) => fault.kind === kind).length;
    for (const kind of kindNames) expect([kind, count(kind) > 0]).toEqual([kind, true]);
    for (const [kind, { mostPerThousand = Number.POSITIVE_INFINITY }] of Object.entries(
      faultKinds as Record<string, { mostPerThousand?: number }>,
    ))
      expect(count(kind)).toBeLessThanOrEqual(Math.max(1, (500 * mostPerThousand) / 1_000));
  });

  it('is spread over the first two thirds of the requests', () => {
    const plan = planFaults('gaps', 500, 8_000);
    const passed = plan.reduce((sum, { afterRequests }) => sum + afterRequests + 1, 0);
    expect(passed).toBeGreaterThan(3_000);
    expect(passed).toBeLessThan((2 / 3) * 8_000 * 1.2);
  });
});

describe('a fault', () => {
  it('of a request strikes at a write or an upload, or at any request at all', () => {
    for (const kind of kindNames.filter((each) => faultKinds[each].point === 'request')) {
      if (kind === 'kms-throttled' || kind === 'states-throttled') continue;
      expect([kind, points.some((point) => strikes(kind, point))]).toEqual([kind, true]);
    }
  });

  it('that kills a function strikes no upload, which is a client’s', () => {
    for (const kind of kindNames.filter((each) => each.startsWith('killed-')))
      expect(strikes(kind, upload)).toBe(false);
  });
});

describe('the injector', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-faults-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const injector = (plan: readonly PlannedFault[]) =>
    new FaultInjector({
      folder,
      plan,
      clock: new DrillClock(folder),
      objectWritten: () => undefined,
      optOutAnswers: (_request, text) => [{ text, afterMilliseconds: 0 }],
    });
  const planned = (kind: PlannedFault['kind'], number: number, afterRequests = 0): PlannedFault => ({
    number,
    kind,
    afterRequests,
    choice: 0.5,
  });

  it('lets each fault strike once, at the first point that it fits', () => {
    const faults = injector([planned('s3-slow-down', 1), planned('dynamodb-conflict', 2)]);
    faults.begin();
    expect(faults.request(transaction)).toBeUndefined();
    expect(faults.request(write)).toMatchObject({ kind: 'refuse' });
    expect(faults.request(write)).toBeUndefined();
    expect(faults.request(transaction)).toEqual({ kind: 'conflict' });
    expect(faults.request(transaction)).toBeUndefined();
    expect(injectedFaults(folder).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('lets requests pass before the next', () => {
    const faults = injector([planned('s3-slow-down', 1, 2)]);
    faults.begin();
    expect([write, write, write].map((point) => faults.request(point)?.kind)).toEqual([
      undefined,
      undefined,
      'refuse',
    ]);
  });

  it('goes on after its process was killed with what had not struck', () => {
    const plan = [planned('s3-slow-down', 1), planned('answer-lost', 2)];
    const first = injector(plan);
    first.begin();
    first.request(write);
    const second = injector(plan);
    second.begin();
    expect(second.request(write)).toEqual({ kind: 'lose-answer' });
    expect(second.request(write)).toBeUndefined();
  });

  it('leaves a batch alone that was tried three times, and nothing else', () => {
    const faults = injector([planned('killed-before-write', 1), planned('killed-returning', 2)]);
    faults.begin();
    const batch = JSON.stringify({ submissionId: 's-1', batch: 'b-000001' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      faults.invocationBegan(batch, 'ASIAFUNCTION');
      faults.invocationEnded('ASIAFUNCTION');
    }
    expect(
      faults.request({ ...write, accessKeyId: 'ASIAOTHER', functionName: undefined } as never),
    ).toBeUndefined();
    expect(
      faults.request({ ...write, accessKeyId: 'ASIAOTHER', functionName: undefined } as never),
    ).toBeUndefined();
    expect(faults.invocation('deidentify-batch', batch)).toBeUndefined();
    faults.invocationBegan(batch, 'ASIAFUNCTION');
    expect(faults.request(write)).toBeUndefined();
    faults.invocationEnded('ASIAFUNCTION');
    expect(faults.request(write)).toEqual({ kind: 'kill', when: 'before' });
    expect(faults.invocation('write-receipt', '{"submissionId":"s-1"}')).toEqual({ kind: 'die-returning' });
  });

  it('breaks a step of a submission in four attempts, and no other invocation', () => {
    const faults = injector([planned('step-broken', 1)]);
    faults.begin();
    faults.request(transaction);
    const step = '{"submissionId":"s-1"}';
    expect(faults.invocation('clear-subjects', '{"submissionId":"s-1","taskToken":"t"}')).toBeUndefined();
    expect(
      faults.invocation('deidentify-batch', '{"submissionId":"s-1","batch":"b-000001"}'),
    ).toBeUndefined();
    expect(faults.invocation('api', '{"httpMethod":"GET"}')).toBeUndefined();
    const attempts = Array.from({ length: 5 }, () => faults.invocation('settle', step)?.kind);
    expect(attempts).toEqual([...Array<string>(4).fill('die-returning'), undefined]);
  });

  it('does nothing before it is told to begin and after it is told to end', () => {
    const faults = injector([planned('s3-slow-down', 1)]);
    expect(faults.request(write)).toBeUndefined();
    faults.begin();
    faults.end();
    expect(faults.request(write)).toBeUndefined();
    expect(injectedFaults(folder)).toEqual([]);
  });

  it('loses, doubles and delays events, and loses none that nothing but the event tells of', () => {
    const event = (source: string) => ({ source, detailType: 'x', detail: {}, resources: [] });
    const faults = injector([
      planned('event-lost', 1),
      planned('event-doubled', 2),
      planned('event-delayed', 3),
    ]);
    faults.begin();
    for (let request = 0; request < 3; request += 1) faults.request(write);
    expect(faults.deliveries(event('aws.s3'))).toEqual([0, 1_500]);
    expect(faults.deliveries(event('aws.medical-imaging'))).toEqual([]);
    expect(faults.deliveries(event('aws.s3'))).toEqual([1_500]);
    expect(faults.deliveries(event('aws.s3'))).toEqual([0]);
  });

  it('moves the clock of everybody forward, and those of functions alone back', () => {
    const faults = injector([planned('clock-forward', 1), planned('clock-back', 2)]);
    const before = new DrillClock(folder).now().getTime();
    faults.begin();
    faults.request(write);
    faults.request(write);
    // the next process has the same clock
    const ahead = new DrillClock(folder).now().getTime() - before;
    expect(ahead).toBeGreaterThanOrEqual(15_000);
    expect(ahead).toBeLessThan(16_000);
  });
});
