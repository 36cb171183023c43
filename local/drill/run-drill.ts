import { setMaxListeners } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { injectedFaults } from '../faults/fault-injector';
import { SubmissionsApi } from './api-of-submissions';
import { countByName, type DrillReport, type SubmissionReport } from './drill-report';
import type { DrillSettings, HeldClaim, PlatformPlaces } from './drill-settings';
import { patientOf } from './file-bytes';
import { readHeldData } from './held-data';
import { needleSearch } from './identifying-needles';
import { watchedLeaks } from './leak-watch';
import { leaksAtRest } from './leaks-at-rest';
import { Operator } from './operator';
import { answerFaults } from './opt-out-answers';
import { PlatformControl } from './platform-control';
import { receiptProblems, verifiedReceipt } from './receipts';
import { digestsOf, type SentSubmission, type SubmissionEnd, sendAll } from './send-all';
import { planSendingFaults, type SendingFault, type SendingFaults } from './sending-faults';
import { planSubmissions, type SendingPlan, type Trust } from './submission-plan';
import { signInUploaders, type Uploader } from './uploaders';
import { judge, type ReceivedSubmission } from './verdict';

export interface DrillOptions {
  readonly seed: string;
  readonly files: number;
  readonly faults: number;
  /** Empty, and the drill's own. */
  readonly folder: string;
  readonly assembly: string;
  /** `dist/nmip.cjs` */
  readonly command: string;
  /** Takes a line for the person who watches. */
  readonly tell: (text: string) => void;
}

/** Requests of functions and clients for a file, about, and those of a submission whatever its size. */
const requestsOfFile = 4;
const requestsOfSubmission = 60;

/** A drill that takes longer has lost something: a minute and a half, and a while for each file and fault. */
const limitMilliseconds = ({ files, faults }: DrillOptions): number => 90_000 + 100 * files + 600 * faults;

/** When all has been quiet for so long, nothing is on its way: asynchronous invocations are repeated after seconds. */
const quietMilliseconds = 2_000;
const longestUnrestMilliseconds = 60_000;

type Uploaders = Readonly<Record<Trust, Uploader>>;

/** A receipt that was found good, and what it says. */
interface Received {
  readonly received: ReceivedSubmission | null;
  readonly problems: readonly string[];
}

class Drill {
  private readonly plan: SendingPlan;
  private readonly sendingFaults: SendingFaults;
  private readonly settings: DrillSettings;
  private readonly happened: SendingFault[] = [];
  private readonly stop = new AbortController();
  private readonly control: PlatformControl;
  private readonly operator: Operator;

  constructor(private readonly options: DrillOptions) {
    const { seed, files, faults, folder, assembly, tell } = options;
    // Each submission waits by it several times.
    setMaxListeners(0, this.stop.signal);
    this.plan = planSubmissions(seed, files);
    this.sendingFaults = planSendingFaults(this.plan, faults);
    this.settings = {
      folder,
      dataFolder: join(folder, 'data'),
      assembly,
      ports: { frontDoor: 0, aws: 0, vpcEndpoint: 0 },
      seed,
      files,
      platformFaults: faults - this.sendingFaults.count,
      expectedRequests: files * requestsOfFile + this.plan.submissions.length * requestsOfSubmission,
      answers: this.sendingFaults.answers,
    };
    this.control = new PlatformControl(this.settings, tell, (error) => this.stop.abort(error));
    this.operator = new Operator(this.settings.dataFolder, this.control, tell);
  }

  async run(): Promise<DrillReport> {
    const { options, control, settings } = this;
    const began = performance.now();
    const limit = setTimeout(() => this.stop.abort(), limitMilliseconds(options));
    try {
      await mkdir(settings.dataFolder, { recursive: true });
      const places = await control.start();
      const uploaders = await this.prepare(places);
      options.tell(
        `${options.files} files in ${this.plan.submissions.length} submissions; the faults begin.`,
      );
      await control.beginFaults();
      const ends = await this.sendAll(places, uploaders);
      await control.endFaults();
      await this.untilQuiet();
      const received = await this.receive(places, uploaders, ends);
      const claims = (await control.order({ do: 'claims' })) as HeldClaim[];
      await control.stop();
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      return await this.report(places, ends, received, claims, seconds);
    } finally {
      clearTimeout(limit);
      this.stop.abort();
      control.abandon();
    }
  }

  private async prepare(places: PlatformPlaces): Promise<Uploaders> {
    const { options, plan, settings } = this;
    const lines = [...plan.optedOut].map((patient) => `${patientOf(plan.seed, patient).nhsNumber}\n`);
    await writeFile(join(settings.dataFolder, 'opted-out.txt'), lines.join(''));
    return signInUploaders({
      command: options.command,
      api: places.frontDoor,
      homes: join(options.folder, 'homes'),
      signal: this.stop.signal,
    });
  }

  private sendAll(places: PlatformPlaces, uploaders: Uploaders): Promise<SubmissionEnd[]> {
    const { plan, control, operator, options } = this;
    return sendAll({
      plan,
      faults: this.sendingFaults,
      folder: options.folder,
      command: options.command,
      places,
      uploaders,
      control,
      operator,
      onFault: (fault) => this.happened.push(fault),
      tell: options.tell,
      signal: this.stop.signal,
    });
  }

  /** What is on its way comes to its end: late events, second attempts, functions that nobody waits for any more. */
  private async untilQuiet(): Promise<void> {
    const until = Date.now() + longestUnrestMilliseconds;
    for (let quietSince = Date.now(); Date.now() - quietSince < quietMilliseconds; await pause(100)) {
      const busy = this.operator.isAnyRunning() || (await this.control.order({ do: 'busy' })) !== 0;
      if (busy) quietSince = Date.now();
      if (Date.now() > until) return;
    }
  }

  private async receive(
    places: PlatformPlaces,
    uploaders: Uploaders,
    ends: readonly SubmissionEnd[],
  ): Promise<Received[]> {
    const keys = await new SubmissionsApi(places.frontDoor, '').receiptKeys();
    const received: Received[] = [];
    for (const { submission, sent, finished, problem } of ends) {
      if (sent === null || !finished) {
        received.push({ received: null, problems: [problem ?? 'no receipt'] });
        continue;
      }
      const api = new SubmissionsApi(places.frontDoor, uploaders[submission.trust].accessToken);
      received.push(
        await this.receiveOne(api, sent, keys).catch((error: unknown) => ({
          received: null,
          problems: [String((error as Error).message)],
        })),
      );
    }
    return received;
  }

  private async receiveOne(api: SubmissionsApi, sent: SentSubmission, keys: unknown): Promise<Received> {
    const receipt = await verifiedReceipt(await api.receipt(sent.id), keys);
    const problems = receiptProblems(receipt, digestsOf(this.plan, sent));
    if (receipt.submission !== sent.id) problems.push('the receipt is of another submission');
    const { submission, id } = sent;
    const files = sent.files.flatMap((file, index) => {
      const end = receipt.files[index];
      return end === undefined ? [] : [{ submission: submission.index, ordinal: index + 1, file, end }];
    });
    return { received: { submission, id, files }, problems };
  }

  private async report(
    places: PlatformPlaces,
    ends: readonly SubmissionEnd[],
    received: readonly Received[],
    claims: readonly HeldClaim[],
    seconds: number,
  ): Promise<DrillReport> {
    const { plan, options, settings, control, operator, happened } = this;
    const good = received.flatMap((each) => each.received ?? []);
    const held = await readHeldData(
      settings.dataFolder,
      places,
      good.map(({ id }) => id),
    );
    const findings = await judge(plan, good, held, claims);
    const leaks = [
      ...watchedLeaks(settings.folder),
      ...(await leaksAtRest({
        dataFolder: settings.dataFolder,
        places,
        search: needleSearch(plan),
        optedOut: plan.optedOut,
        allReceived: good.length === ends.length,
      })),
    ];
    const platformFaults = injectedFaults(settings.folder);
    const kinds = [...platformFaults.map(({ kind }) => kind), ...happened, ...answerFaults(settings.folder)];
    const submissions = ends.map(({ submission, sent }, index): SubmissionReport => {
      const { received: own, problems = [] } = received[index] ?? { received: null };
      return {
        index: submission.index,
        trust: submission.trust,
        by: submission.by,
        id: sent?.id ?? null,
        files: submission.files.length,
        outcomes: countByName((own?.files ?? []).map(({ end }) => end.outcome)),
        problems,
      };
    });
    const without = submissions.filter(({ problems }) => problems.length > 0);
    const unreceived = ends.filter((_, index) => received[index]?.received === null);
    return {
      summary: {
        seed: options.seed,
        files: options.files,
        outcomes: countByName(good.flatMap(({ files }) => files.map(({ end }) => end.outcome))),
        lost:
          findings.lost.length + unreceived.reduce((sum, { submission }) => sum + submission.files.length, 0),
        doubled: findings.doubled.length,
        leaks: leaks.length,
        wrong: findings.wrong.length,
        receipts: submissions.length - without.length,
        submissions: submissions.length,
        faults: kinds.length,
        faultsByKind: countByName(kinds),
        restarts: control.restarts,
        redriven: operator.redriven,
        seconds,
      },
      submissions,
      findings,
      leaks,
      platformFaults,
    };
  }
}

/**
 * Sends seeded submissions through the platform while faults strike, and finds out what was lost, doubled or leaked.
 * The same seed draws the same files and faults; which request a fault meets depends on how the processes interleave.
 */
export function runDrill(options: DrillOptions): Promise<DrillReport> {
  return new Drill(options).run();
}
