import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isClean } from '../../local/drill/drill-report';
import { runDrill } from '../../local/drill/run-drill';
import { synthesise } from '../../local/stack/synthesise';
import { BuiltCommand } from '../cli/run-command';
import { projectFolder } from './demonstration';

/** Long enough for a busy machine; `npm run drill` runs the large ones. */
const limitMilliseconds = 240_000;

describe('a small drill', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nmip-drill-test-'));
  const command = new BuiltCommand();
  beforeAll(() => command.build(), limitMilliseconds);
  afterAll(() => {
    command.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'of three submissions of two trusts loses, doubles and leaks nothing under faults of every side',
    async () => {
      const { assembly } = await synthesise({
        projectFolder,
        assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
        environment: 'local',
        today: new Date(),
      });
      const { summary, submissions, findings, leaks } = await runDrill({
        seed: 'small-1',
        files: 60,
        faults: 30,
        folder,
        assembly,
        command: command.path,
        tell: () => undefined,
      });
      expect(submissions.flatMap(({ problems }) => problems)).toEqual([]);
      expect(findings).toEqual({ lost: [], doubled: [], wrong: [] });
      expect(leaks).toEqual([]);
      expect(isClean(summary)).toBe(true);
      expect(summary).toMatchObject({ files: 60, submissions: 3, receipts: 3 });
      expect(Object.values(summary.outcomes).reduce((sum, count) => sum + count, 0)).toBe(60);
      expect(summary.restarts).toBeGreaterThan(0);
      // Where the last faults of the plan wait for a request that no longer comes, they do not strike.
      expect(summary.faults).toBeGreaterThan(20);
    },
    limitMilliseconds,
  );
});
