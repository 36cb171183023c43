import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LogFile } from '../../local/log-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nmip-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'logs', 'function.log');

it('appends to what stands there', async () => {
  for (const line of ['one\n', 'two\n']) {
    const log = new LogFile(path());
    log.write(line);
    await log.close();
    log.write('late\n');
  }
  expect(readFileSync(path(), 'utf8')).toBe('one\ntwo\n');
});

it('loses lines that cannot be written, ends nothing by it, and goes on when they can', async () => {
  const log = new LogFile(path());
  mkdirSync(path());
  log.write('lost\n');
  // for the opening to fail, where the machine is not too busy
  await setTimeout(50);
  rmdirSync(path());
  log.write('kept\n');
  await log.close();
  expect(readFileSync(path(), 'utf8')).toContain('kept\n');
});

it('ends where its last line could not be written', async () => {
  const log = new LogFile(path());
  mkdirSync(path());
  log.write('lost\n');
  await expect(log.close()).resolves.toBeUndefined();
});

it('may be closed again, at once and later', async () => {
  const log = new LogFile(path());
  log.write('kept\n');
  await Promise.all([log.close(), log.close()]);
  await expect(log.close()).resolves.toBeUndefined();
});
