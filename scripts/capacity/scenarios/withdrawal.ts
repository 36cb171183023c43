import { summarise, withdrawalCost } from '../cost/cost-lines';
import { EventQueue } from '../engine/event-queue';
import { Gauge } from '../engine/gauge';
import { Places, TokenBucket } from '../engine/limits';
import { WeightedValues } from '../engine/quantiles';
import { RandomStream } from '../engine/random';
import type { QuotaSet, Quotas } from '../quotas';
import { stageSeconds } from '../stage-seconds';
import { reportPlaces, reportRate } from './read-limits';
import { bindingLimit, type ScenarioReport } from './scenario-report';

export interface Withdrawal {
  readonly imageSets: number;
  readonly heldOutShare: number;
  readonly seed: number;
  readonly quotaSet: QuotaSet;
  readonly quotas: Quotas;
}

/**
 * Image sets of which all are to be deleted, ordered at one moment. The platform has no code for it yet; this is the
 * queue that the quotas would force on any.
 */
export function runWithdrawal(withdrawal: Withdrawal): ScenarioReport {
  const { imageSets, heldOutShare, seed, quotas } = withdrawal;
  const queue = new EventQueue();
  const random = new RandomStream(seed, 'withdrawal');
  const rate = new TokenBucket(queue, quotas.deleteImageSet);
  const stores = [
    new Places(queue, quotas.deletesPerStore),
    new Places(queue, quotas.deletesPerStore),
  ] as const;
  const backlog = new Gauge(queue);
  const delay = new WeightedValues();
  const waits = { rate: 0, room: 0 };
  backlog.add(imageSets);
  for (let index = 0; index < imageSets; index += 1) {
    const store = stores[random.uniform() < heldOutShare ? 1 : 0];
    rate.pass(1, (forRate) =>
      store.take(1, (forRoom) => {
        waits.rate += forRate;
        waits.room += forRoom;
        queue.after(stageSeconds.deleteImageSet, () => {
          store.give(1);
          backlog.add(-1);
          delay.add(queue.now, 1);
        });
      }),
    );
  }
  queue.run();

  const end = queue.now;
  const limits = [
    reportRate('DeleteImageSet', quotas.deleteImageSet, rate.read(), waits.rate, end),
    reportPlaces(
      'deletions of a data store',
      quotas.deletesPerStore,
      stores.map((store) => store.read()),
      waits.room,
      end,
    ),
  ];
  const quantiles = { p50: delay.quantile(0.5), p99: delay.quantile(0.99) };
  return {
    scenario: 'withdrawal',
    quotas: withdrawal.quotaSet,
    seed,
    assumed: { 'seconds of a deletion': stageSeconds.deleteImageSet, 'held-out share': heldOutShare },
    unit: 'image set',
    arrived: { imageSets },
    finished: delay.weight,
    lastEndSeconds: end,
    backlog: { atEndOfArrivals: imageSets, most: backlog.maximum, mean: backlog.meanUntil(end) },
    mostByStage: {},
    delay: quantiles,
    ownDelay: quantiles,
    limits,
    binds: bindingLimit(limits, delay.mean * delay.weight),
    watch: {},
    costPerUnit: summarise(withdrawalCost(imageSets), imageSets),
  };
}
