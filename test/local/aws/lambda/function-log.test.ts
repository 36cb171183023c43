import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { FunctionLog } from '../../../../local/aws/lambda/function-log';

describe('the log of a function', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'function-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps what came before it was closed, and bears what a killed process says afterwards', async () => {
    const log = new FunctionLog(folder, 'echo');
    const output = new PassThrough();
    log.follow(output);
    const said = once(output, 'data');
    output.write('before\n');
    await said;
    await log.close();
    const ended = once(output, 'end');
    output.end('after\n');
    await ended;
    log.platform('platform.report', {});
    expect(readFileSync(join(folder, 'echo.log'), 'utf8')).toBe('before\n');
  });
});
