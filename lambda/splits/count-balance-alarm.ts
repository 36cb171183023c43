import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { balanceAlarm } from './balance-alarm.contract';
import type { SplitBalance } from './split-balance';

/** Counts a balance that chance does not explain; the alarm `deidentification-failing` looks at it. */
export function countBalanceAlarm({ alarm }: Pick<SplitBalance, 'alarm'>): void {
  if (!alarm) return;
  const metrics = new Metrics({ namespace: 'nmip', serviceName: balanceAlarm.service });
  metrics.addMetric(balanceAlarm.metric, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
