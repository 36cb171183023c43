import { pipelineDefinition } from '../../../lib/pipeline/definition';
import type { StoppedTask } from '../../../local/aws/ecs/task-definition';
import { AwsError } from '../../../local/aws/service';
import { functionArn, MachineRoom } from '../../local/aws/states/machine-room';

/** The deployed definition, run by the embedded platform's interpreter with functions and containers that are made up. */

const submissionId = 's-01jd3000000000000000000000';
const names = [
  'planSubmission',
  'clearSubjects',
  'deidentifyBatch',
  'quarantineBatch',
  'settleSubmission',
  'awaitImport',
  'reconcileImport',
  'catalogueSubmission',
  'applyDemographics',
  'writeReceipt',
  'recordFailure',
] as const;

const definition = pipelineDefinition({
  ...(Object.fromEntries(names.map((name) => [name, functionArn(name)])) as Record<
    (typeof names)[number],
    string
  >),
  workBucket: 'work',
  importRole: 'arn:aws:iam::111122223333:role/import',
  clearanceLimitSeconds: 600,
  batchesAtOnce: 10,
  malwareScanning: false,
  largeFiles: {
    cluster: 'cluster',
    taskFamily: 'family',
    container: 'task',
    subnets: ['one', 'two'],
    securityGroup: 'group',
  },
});

const stopped = (exitCode: number): StoppedTask => ({
  taskArn: 'arn:aws:ecs:eu-west-2:111122223333:task/one/1',
  clusterArn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/one',
  definition: {
    arn: 'arn:aws:ecs:eu-west-2:111122223333:task-definition/family:1',
    family: 'family',
    region: 'eu-west-2',
    cpu: 2048,
    memoryMegabytes: 4096,
    taskRoleArn: 'task',
    executionRoleArn: 'execution',
    container: { name: 'task', image: 'i', imageFolder: '/', command: ['index.js'], environment: {} },
  },
  environment: {},
  startedBy: 'AWS Step Functions',
  startedAt: 1,
  stoppedAt: 2,
  exitCode,
});

describe('a submission with large files', () => {
  let room: MachineRoom;
  /** Batches of the tasks that were started. */
  let started: string[];
  let outcome: (batch: string) => StoppedTask;

  beforeEach(() => {
    room = new MachineRoom();
    // longer than any pause between attempts, shorter than what the opt-out service and a container are given
    room.patience = 500_000;
    started = [];
    outcome = () => stopped(0);
    room.tasks = {
      run: async (_caller, { environment }) => {
        const { SUBMISSION_ID, BATCH_ID = '' } = environment.task ?? {};
        expect(SUBMISSION_ID).toBe(submissionId);
        started.push(BATCH_ID);
        return outcome(BATCH_ID);
      },
    };
    room.handlers = {
      clearSubjects: ({ taskToken }: { taskToken: string }) => {
        setImmediate(() => void room.call('SendTaskSuccess', { taskToken, output: '{}' }));
      },
      deidentifyBatch: () => ({ batch: 'b-000001' }),
      quarantineBatch: () => ({ batch: 'b-000001' }),
      settleSubmission: () => ({ submissionId, packs: [] }),
      catalogueSubmission: () => ({ instances: 0 }),
      applyDemographics: () => ({}),
      writeReceipt: () => ({ outcomes: {} }),
      recordFailure: () => ({}),
    };
  });
  afterEach(() => room.close());

  async function run(small: number, large: readonly string[]) {
    const key = `submissions/${submissionId}/map-list.json`;
    room.objects.objects.set(
      `work/${key}`,
      Buffer.from(JSON.stringify(Array.from({ length: small }, (_, index) => ({ batch: `small ${index}` })))),
    );
    room.handlers.planSubmission = () => ({
      submissionId,
      workList: { bucket: 'work', key },
      files: small + large.length,
      batches: small + large.length,
      largeBatches: large,
    });
    return room.run(definition, { submissionId });
  }

  const callsOf = (name: string) => room.calls.filter((call) => call.name === name);

  it.each([
    [2, []],
    [2, ['b-000003']],
    [0, ['b-000001', 'b-000002', 'b-000003', 'b-000004']],
  ])('of %i small batches and large ones %j runs each in its place, and ends', async (small, large) => {
    expect((await run(small, large)).status).toBe('SUCCEEDED');
    expect(callsOf('deidentifyBatch')).toHaveLength(small);
    expect(started.sort()).toEqual(large);
    expect(callsOf('settleSubmission')).toHaveLength(1);
    expect(callsOf('quarantineBatch')).toEqual([]);
  });

  it('quarantines a file that breaks its container every time, by its id, and goes on with the others', async () => {
    outcome = (batch) => stopped(batch === 'b-000002' ? 1 : 0);
    expect((await run(1, ['b-000002', 'b-000003'])).status).toBe('SUCCEEDED');
    expect(started.filter((batch) => batch === 'b-000002')).toHaveLength(6);
    expect(callsOf('quarantineBatch').map(({ payload }) => payload)).toEqual([
      { submissionId, batch: 'b-000002' },
    ]);
    expect(callsOf('settleSubmission')).toHaveLength(1);
  });

  it('waits out a want of capacity', async () => {
    outcome = () => {
      if (started.length <= 15) throw new AwsError('Unavailable', 'Capacity is unavailable at this time.');
      return stopped(0);
    };
    expect((await run(0, ['b-000001'])).status).toBe('SUCCEEDED');
    expect(callsOf('quarantineBatch')).toEqual([]);
  });

  it('stops, and quarantines nothing, where no container ever comes', async () => {
    outcome = () => {
      throw new AwsError('Unavailable', 'Capacity is unavailable at this time.');
    };
    expect(await run(1, ['b-000002'])).toMatchObject({ status: 'FAILED', error: 'NoTask' });
    expect(callsOf('quarantineBatch')).toEqual([]);
    expect(callsOf('recordFailure').map(({ payload }) => payload)).toEqual([
      { submissionId, step: 'DeidentifyLarge', error: 'NoTask' },
    ]);
    expect(callsOf('settleSubmission')).toEqual([]);
  });
});
