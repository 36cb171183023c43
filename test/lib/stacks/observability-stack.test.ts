import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { balanceAlarm } from '../../../lambda/splits/balance-alarm.contract';
import { templateOf } from '../synthesized-stage';

const template = templateOf('observability');
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));

describe('alarms', () => {
  it('are at most twelve', () => {
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.length).toBeLessThanOrEqual(12);
  });

  it('each says what it means, names its page of the runbook and reaches a person', () => {
    for (const { Properties } of alarms) {
      expect(Properties.AlarmDescription).toMatch(/\. Runbook: docs\/runbook\.md#[a-z-]+$/);
      expect(Properties.AlarmActions).toHaveLength(1);
    }
  });

  it('each page of the runbook is there', () => {
    const pages = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8').match(/^## .*$/gm) ?? [];
    for (const { Properties } of alarms) {
      const [, page] = /#([a-z-]+)$/.exec(Properties.AlarmDescription) ?? [];
      expect(pages).toContain(`## ${page}`);
    }
  });
});

describe('a split that is out of balance', () => {
  const [alarm] = alarms.filter(({ Properties }) =>
    /deidentification-failing$/.test(Properties.AlarmDescription),
  );
  const metrics = alarm?.Properties.Metrics as {
    readonly Expression?: string;
    readonly Id: string;
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string; readonly Namespace: string } };
  }[];

  it('raises an alarm by one count', () => {
    const counted = metrics.find(({ MetricStat }) => MetricStat?.Metric.MetricName === balanceAlarm.metric);
    expect(counted?.MetricStat?.Metric.Namespace).toBe('nmip');
    const expression = metrics.find(({ Expression }) =>
      Expression?.includes(`FILL(${counted?.Id}`),
    )?.Expression;
    expect(expression).toBe('FILL(batches, 0) + 6 * (FILL(large, 0) + FILL(balance, 0))');
    expect(6).toBeGreaterThan(alarm?.Properties.Threshold);
    expect(alarm?.Properties.ComparisonOperator).toBe('GreaterThanThreshold');
  });

  it('is told on the page of that alarm, with what to do', () => {
    const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
    const page = /^## deidentification-failing\n([\s\S]*?)^## /m.exec(runbook)?.[1] ?? '';
    const about = page.slice(page.indexOf(balanceAlarm.metric));
    expect(page).toContain(balanceAlarm.metric);
    for (const part of ['**Look**', '**Do**', 'heldOutShare']) expect(about).toContain(part);
  });
});

describe('dashboard', () => {
  it('there is one', () => {
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});
