import { spawnSync } from 'node:child_process';
import { projectFolder } from '../../docs/documents';

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/capacity.ts', ...words],
    { cwd: projectFolder, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
}

it('prints the scenario asked for, at the quotas asked for, as JSON', () => {
  const { status, stdout } = run('--scenario', 'withdrawal', '--quotas', 'raised', '--seed', '7', '--json');
  expect(status).toBe(0);
  const { scenarios, costs } = JSON.parse(stdout);
  expect(scenarios).toHaveLength(1);
  expect(scenarios[0]).toMatchObject({
    scenario: 'withdrawal',
    quotas: 'raised',
    seed: 7,
    finished: 100_000,
  });
  expect(costs).toEqual([]);
});

it('prints every sum of the cost model as text, with its verdict', () => {
  const { status, stdout } = run('--scenario', 'cost');
  expect(status).toBe(0);
  expect(stdout.match(/^ {2}\$0\.\d{6}: target \$0\.0\d+ (met|NOT met)$/gm)).toHaveLength(4);
});

it('refuses what it does not know, and says what it knows', () => {
  for (const words of [
    ['--scenario', 'month'],
    ['--quotas', 'lower'],
    ['--trusts', '0'],
    ['--seed', 'x'],
  ]) {
    const { status, stderr } = run(...words);
    expect(status).toBe(1);
    expect(stderr).toContain('npm run capacity');
  }
});
