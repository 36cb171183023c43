/**
 * Writes the description of the HTTP API, docs/openapi.json, from the contracts of its routes: `npm run openapi`. With
 * `--check` it writes nothing and fails where the file is not theirs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsOf } from '../lib/api/routes';
import { describeApi } from './openapi/document';

const file = join(__dirname, '../docs/openapi.json');
const text = `${JSON.stringify(describeApi(contractsOf), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/openapi.json is not that of the contracts: npm run openapi writes it.\n');
  process.exitCode = 1;
}
