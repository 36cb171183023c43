import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../../local/storage/json-file';

const folder = mkdtempSync(join(tmpdir(), 'nmip-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a document comes back as it was written, and nothing else is left in its folder', () => {
  const path = join(folder, 'a', 'document.json');
  expect(readJsonFile(path)).toBeUndefined();
  writeJsonFile(path, { first: 1 });
  writeJsonFile(path, { second: [2] }, 0o600);
  expect(readJsonFile(path)).toEqual({ second: [2] });
  expect(readdirSync(join(folder, 'a'))).toEqual(['document.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('a file that is not JSON is named', () => {
  const path = join(folder, 'broken.json');
  writeFileSync(path, '{');
  expect(() => readJsonFile(path)).toThrow(path);
});
