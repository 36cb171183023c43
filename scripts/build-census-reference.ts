/**
 * Writes `statistics/references/england-census-2021.data.json` from the counts of the census as the Office for National
 * Statistics published them. Run by hand when they are downloaded again: `npx tsx scripts/build-census-reference.ts <file>`.
 * The data file is committed, so that nothing else needs the counts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { censusReference } from './census-reference';

const project = join(__dirname, '..');
const file = process.argv[2] ?? join(project, '..', 'shared', 'census', 'census2021_england.json');

const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
writeFileSync(
  join(project, 'statistics', 'references', 'england-census-2021.data.json'),
  `${JSON.stringify(censusReference(content), null, 1)}\n`,
);
