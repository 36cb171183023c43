import type { EventQueue } from '../engine/event-queue';
import { RandomStream } from '../engine/random';
import type { SubmissionRun } from '../pipeline/submission-run';
import { stageSeconds } from '../stage-seconds';
import { shareDone } from '../workload/arrival-shape';
import { type MixPart, studiesOf } from '../workload/modalities';
import { type SubmissionContent, SubmissionDrawer } from '../workload/submission-content';

/** Spread of the sizes of trusts: the largest of 200 is then about four times the mean, a guess. */
const TRUST_VARIATION = 0.6;

/** Hands a submission to the pipeline as the clock comes to it. */
export type Submit = (run: SubmissionRun) => void;

function drawRun(content: SubmissionContent, clearanceHours: number, random: RandomStream): SubmissionRun {
  const { clearanceSpread, importMean, importVariation } = stageSeconds;
  const sigma = Math.sqrt(Math.log(1 + importVariation ** 2));
  return {
    content,
    clearanceSeconds: clearanceHours * 3_600 * Math.exp(clearanceSpread * random.normal()),
    importSeconds: content.jobs.map(() => importMean * Math.exp(sigma * random.normal() - sigma ** 2 / 2)),
  };
}

export interface SteadyArrivals {
  /** Studies of the whole horizon. */
  readonly mix: readonly MixPart[];
  readonly horizonSeconds: number;
  readonly trusts: number;
  /** A trust sends what it has collected once in this time. */
  readonly intervalSeconds: number;
  readonly heldOutShare: number;
  /** Median of the opt-out service's answer. */
  readonly clearanceHours: number;
  readonly seed: number;
}

/** Trusts send what their scanners made, each at its own minute. */
export function scheduleSteady(queue: EventQueue, arrivals: SteadyArrivals, submit: Submit): void {
  const { mix, horizonSeconds, trusts, intervalSeconds, seed } = arrivals;
  const drawer = new SubmissionDrawer(mix, arrivals.heldOutShare);
  const sizes = new RandomStream(seed, 'trusts');
  const weights = Array.from({ length: trusts }, () => Math.exp(TRUST_VARIATION * sizes.normal()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const studies = studiesOf(mix);
  weights.forEach((weight, trust) => {
    const random = new RandomStream(seed, `trust ${trust}`);
    const expected = studies * (weight / total);
    const send = (from: number, at: number) => {
      if (from >= horizonSeconds) return;
      queue.at(at, () => {
        const count = random.poisson(expected * shareDone(from, at, horizonSeconds));
        for (const content of drawer.draw(count, random))
          submit(drawRun(content, arrivals.clearanceHours, random));
        send(at, at + intervalSeconds);
      });
    };
    send(0, random.uniform() * intervalSeconds);
  });
}

export interface Backfill {
  readonly mix: readonly MixPart[];
  readonly studiesPerSubmission: number;
  readonly heldOutShare: number;
  /** Median of the opt-out service's answer. */
  readonly clearanceHours: number;
  /** All submissions are complete within this time. */
  readonly withinSeconds: number;
  readonly seed: number;
}

/** A collection that is there already is sent at once, evenly within the time. */
export function scheduleBackfill(queue: EventQueue, backfill: Backfill, submit: Submit): void {
  const { mix, studiesPerSubmission, withinSeconds, seed } = backfill;
  const drawer = new SubmissionDrawer(mix, backfill.heldOutShare);
  const random = new RandomStream(seed, 'backfill');
  const submissions: SubmissionContent[] = [];
  for (let left = studiesOf(mix); left > 0; left -= studiesPerSubmission)
    submissions.push(...drawer.draw(Math.min(left, studiesPerSubmission), random));
  submissions.forEach((content, index) => {
    const run = drawRun(content, backfill.clearanceHours, random);
    queue.at((index * withinSeconds) / submissions.length, () => submit(run));
  });
}
