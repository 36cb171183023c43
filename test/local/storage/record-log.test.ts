import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordLog } from '../../../local/storage/record-log';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nmip-log-'));
  path = join(folder, 'deep', 'log.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open() {
  const records: unknown[] = [];
  const log = RecordLog.open<unknown>(path, (record) => records.push(record));
  return { log, records };
}

it('gives back every record in order', () => {
  const { log } = open();
  const written = Array.from({ length: 5000 }, (_, index) => ({ index, text: 'ü€😀'.repeat(index % 90) }));
  for (const record of written) log.append(record);
  log.close();
  const again = open();
  expect(again.records).toEqual(written);
  expect(again.log.records).toBe(5000);
  again.log.close();
});

it.each(['{"index":2,"te', '{"index":2}', '\u00e9'])('cuts off the torn last line %s', (torn) => {
  const { log } = open();
  log.append({ index: 1 });
  log.close();
  appendFileSync(path, Buffer.from(torn).subarray(0, torn === '\u00e9' ? 1 : undefined));
  const again = open();
  expect(again.records).toEqual([{ index: 1 }]);
  again.log.append({ index: 3 });
  again.log.close();
  expect(readFileSync(path, 'utf8')).toBe('{"index":1}\n{"index":3}\n');
});

it('is replaced whole by a rewrite', () => {
  const { log } = open();
  for (let index = 0; index < 10; index++) log.append({ index });
  log.rewrite([{ index: 9 }]);
  log.append({ index: 10 });
  expect(log.records).toBe(2);
  log.close();
  const again = open();
  expect(again.records).toEqual([{ index: 9 }, { index: 10 }]);
  again.log.close();
});
