import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

describe('dashboard', () => {
  it('there is one', () => {
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});
