import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockArguments, DrillClock } from '../../../local/faults/drill-clock';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nmip-clock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programme = `console.log(JSON.stringify({
  now: Date.now(),
  made: new Date().getTime(),
  text: new Date(Date()).getTime(),
  given: new Date(0).toISOString(),
  parsed: Date.parse('1970-01-01T00:00:01Z'),
  isDate: new Date() instanceof Date && new Date().constructor === Date,
  later: (class extends Date {}).now() - Date.now() < 1000,
}))`;

function ask(): Record<string, unknown> {
  return JSON.parse(
    execFileSync(process.execPath, [...clockArguments(folder), '-e', programme], { encoding: 'utf8' }),
  ) as Record<string, unknown>;
}

const isNear = (time: unknown, ahead: number) => Math.abs(Number(time) - Date.now() - ahead) < 20_000;

it('a process of a function has the drill’s time, and dates that were given stay', () => {
  const hour = 3_600_000;
  const clock = new DrillClock(folder);
  clock.jump(hour);
  const told = ask();
  for (const name of ['now', 'made', 'text']) expect([name, isNear(told[name], hour)]).toEqual([name, true]);
  expect(told).toMatchObject({
    given: '1970-01-01T00:00:00.000Z',
    parsed: 1_000,
    isDate: true,
    later: true,
  });
  clock.shiftFunctions(-hour);
  expect(isNear(ask().now, 0)).toBe(true);
  expect(isNear(clock.now().getTime(), hour)).toBe(true);
});
