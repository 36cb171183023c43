import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hundredItems } from './killed-process';
import { MachineRoom, machineArn } from './machine-room';

/** Runs the process and kills it without warning once it works on an item. Resolves when it is gone. */
function killAtItem(folder: string, item: number): Promise<void> {
  const tsx = resolve(__dirname, '../../../../node_modules/tsx/dist/cli.mjs');
  const child = spawn(process.execPath, [tsx, join(__dirname, 'killed-process.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    timeout: 20_000,
  });
  let said = '';
  return new Promise((resolveGone, reject) => {
    child.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      // The group, since tsx runs the program in a process below its own.
      if (said.split('\n').includes(String(item)) && child.pid !== undefined && !child.killed) {
        process.kill(-child.pid, 'SIGKILL');
      }
    });
    child.on('close', () => resolveGone());
  });
}

it('an execution whose process was killed with SIGKILL ends as if nothing had happened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nmip-killed-'));
  await killAtItem(folder, 40);
  const room = new MachineRoom(folder);
  room.patience = 0;
  room.handlers = { work: (item: number) => item };
  room.deploy(hundredItems);
  expect(room.service.resumeExecutions()).toBe(1);
  const executionArn = `${machineArn.replace('stateMachine', 'execution')}:one`;
  await room.service.ended(executionArn);
  const items = Array.from({ length: 100 }, (_, index) => index);
  expect(await room.describe(executionArn)).toEqual({
    status: 'SUCCEEDED',
    output: { kept: 'before', items },
  });
  const again = room.calls.map(({ payload }) => Number(payload));
  expect(Math.min(...again)).toBeGreaterThanOrEqual(40);
  expect(again).toContain(99);
  await room.close();
});
