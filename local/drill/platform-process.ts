import { readFileSync } from 'node:fs';
import { AwsError, type Caller } from '../aws/service';
import { clockArguments, DrillClock } from '../faults/drill-clock';
import { drillTimer } from '../faults/drill-timer';
import { FaultInjector } from '../faults/fault-injector';
import { planFaults } from '../faults/fault-plan';
import { type Platform, startPlatform } from '../platform';
import type {
  DrillSettings,
  HeldClaim,
  NumberedOrder,
  Order,
  PlatformPlaces,
  ProcessMessage,
} from './drill-settings';
import { needleSearch } from './identifying-needles';
import type { Place } from './leak-rules';
import { LeakWatch } from './leak-watch';
import { DrilledAnswers } from './opt-out-answers';
import { planSubmissions } from './submission-plan';

/**
 * The process of the platform in a drill: may be killed at any time, by itself too, and is started again by the drill on
 * the same folders. It takes orders over the channel of its parent and ends with it.
 */

/** Who starts executions in a drill: somebody with an operator's permission and no other. */
function operator(accountId: string, stateMachineArn: string): Caller {
  return {
    principalArn: `arn:aws:sts::${accountId}:assumed-role/operator/drill`,
    accountId,
    roleArn: `arn:aws:iam::${accountId}:role/operator`,
    sessionTags: {},
    authorise: (action, resource) => {
      if (action === 'states:StartExecution' && resource === stateMachineArn) return;
      throw new AwsError('AccessDenied', `An operator may not perform ${action} on ${resource}`, 403);
    },
  };
}

const bucketVariables = {
  work: 'WORK_BUCKET',
  exchange: 'EXCHANGE_BUCKET',
  quarantine: 'QUARANTINE_BUCKET',
  deidentified: 'DEIDENTIFIED_BUCKET',
  catalogue: 'CATALOGUE_BUCKET',
} as const;

function placesOf(platform: Platform): PlatformPlaces {
  const { addresses, variable } = platform;
  const buckets = Object.fromEntries(
    Object.entries(bucketVariables).map(([name, variableName]) => [name, variable(variableName)]),
  ) as PlatformPlaces['buckets'];
  return { ...addresses, buckets, pipeline: variable('PIPELINE_ARN') };
}

/** What a bucket's name says of what may stand in it; landing buckets are known by the form of their names. */
function placeOf(buckets: () => PlatformPlaces['buckets'] | undefined, bucket: string): Place {
  if (/-landing-/.test(bucket)) return 'landing';
  const known = buckets();
  if (bucket === known?.exchange) return 'exchange';
  if (bucket === known?.quarantine) return 'quarantine';
  if (bucket === known?.deidentified) return 'deidentified';
  return 'elsewhere';
}

async function heldClaims(platform: Platform): Promise<HeldClaim[]> {
  const claims: HeldClaim[] = [];
  for await (const item of platform.services.dynamodb.items(platform.variable('LEDGER_TABLE'))) {
    const sopInstanceUid = /^INSTANCE#[^#]*#(.+)$/.exec(item.pk?.S ?? '')?.[1];
    if (sopInstanceUid === undefined || item.sk?.S !== 'CLAIM') continue;
    const { submissionId, ordinal } = item as unknown as Record<string, { S?: string; N?: string }>;
    claims.push({
      sopInstanceUid,
      submission: submissionId?.S ?? '',
      ordinal: Number(ordinal?.N ?? 0),
    });
  }
  return claims;
}

function send(message: ProcessMessage): void {
  process.send?.(message);
}

class DrilledPlatform {
  constructor(
    private readonly platform: Platform,
    private readonly injector: FaultInjector,
    private readonly clock: DrillClock,
  ) {}

  async obey(order: Order): Promise<unknown> {
    const { platform, injector, clock } = this;
    switch (order.do) {
      case 'begin-faults':
        return injector.begin();
      case 'end-faults':
        return injector.end();
      case 'pass-time':
        return clock.jump(order.milliseconds);
      case 'start-execution': {
        const stateMachineArn = platform.variable('PIPELINE_ARN');
        const caller = operator(platform.services.registry.accountId, stateMachineArn);
        const input = JSON.stringify({ submissionId: order.submission });
        return platform.services.states.startExecution(caller, { stateMachineArn, name: order.name, input });
      }
      case 'claims':
        return heldClaims(platform);
      case 'busy':
        return platform.services.functions.status().reduce((sum, { running }) => sum + running, 0);
      case 'stop':
        return platform.stop();
    }
  }
}

async function start(settings: DrillSettings): Promise<void> {
  const { folder, seed } = settings;
  const plan = planSubmissions(seed, settings.files);
  const clock = new DrillClock(folder);
  const answers = new DrilledAnswers(folder, settings.answers);
  let buckets: PlatformPlaces['buckets'] | undefined;
  const watch = new LeakWatch({
    folder,
    search: needleSearch(plan),
    optedOut: plan.optedOut,
    placeOf: (bucket) => placeOf(() => buckets, bucket),
  });
  const injector = new FaultInjector({
    folder,
    plan: planFaults(seed, settings.platformFaults, settings.expectedRequests),
    clock,
    objectWritten: (object) => watch.objectWritten(object),
    optOutAnswers: (request, answer) => answers.answersTo(request, answer),
  });
  const platform = await startPlatform({
    assembly: settings.assembly,
    dataFolder: settings.dataFolder,
    ports: settings.ports,
    clock,
    drill: { points: injector, timer: drillTimer, nodeArguments: clockArguments(folder) },
  });
  const places = placesOf(platform);
  buckets = places.buckets;
  const drilled = new DrilledPlatform(platform, injector, clock);
  process.on('message', ({ number, order }: NumberedOrder) => {
    drilled.obey(order).then(
      (result) => send({ kind: 'done', number, result }),
      (error: unknown) => send({ kind: 'refused', number, message: String(error) }),
    );
  });
  send({ kind: 'up', addresses: places });
}

process.on('disconnect', () => process.exit(0));
start(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as DrillSettings).catch((error: unknown) => {
  send({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
  process.disconnect();
});
