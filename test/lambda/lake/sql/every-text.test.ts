import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { heldOutStudiesSelect } from '../../../../lambda/lake/sql/held-out-studies';
import {
  comparedSelect,
  duplicatesSelect,
  hashedInstancesSelect,
  nearHashesSelect,
  patientsInBothSelect,
  samePersonSelect,
  samePixelsSelect,
} from '../../../../lambda/lake/sql/leakage-rows';
import {
  patientAttributes,
  patientGroupsSelect,
  releaseSizeSelect,
} from '../../../../lambda/lake/sql/patient-groups';
import { patientSetSelect } from '../../../../lambda/lake/sql/patient-set';
import {
  attributeCountsSelect,
  qualityChecksSelect,
  submissionSizesSelect,
  weekCountsSelect,
} from '../../../../lambda/lake/sql/quality-rows';
import {
  acquisitionSelect,
  peopleSelect,
  totalsSelect,
  yearsSelect,
} from '../../../../lambda/lake/sql/release-figures';
import { releaseSetsSelect } from '../../../../lambda/lake/sql/release-sets';
import type { ReleaseScope } from '../../../../lambda/lake/sql/released-rows';
import { releasedSeriesSelect } from '../../../../lambda/lake/sql/released-series';
import { splitCountsSelect } from '../../../../lambda/lake/sql/split-counts';
import { studyListSelect } from '../../../../lambda/lake/sql/study-list';
import { unloadStatement } from '../../../../lambda/lake/sql/unload';
import {
  withdrawnFromReleaseSelect,
  withdrawnStudiesSelect,
  withdrawnUidsSelect,
} from '../../../../lambda/lake/sql/withdrawn-studies';
import { fieldStrengthBands, kvpBands } from '../../../../lambda/releases/acquisition-bands.contract';
import { balancedAttributes } from '../../../../lambda/splits/split-balance';
import { readStatement } from '../../../../local/aws/athena/statement';
import { openLakeDatabase } from './lake-database';
import { trinoFaults } from './trino-grammar';

const scope: ReleaseScope = { release: '2026.4', splits: ['development'], collections: ['chest', 'knee'] };
const listed = { collections: ['chest'], studies: ['1.2.3', '1.2.4'] };
/** Every part of a release that a question may be about. */
const scopes: readonly ReleaseScope[] = [
  scope,
  { ...scope, splits: ['development', 'held-out'], collections: 'all' },
  { ...scope, listed },
];
const everything = { kind: 'everything' } as const;
const order = { release: '2026.4', collections: ['chest', 'knee'] };
const trusts = [
  { odsCode: 'RX1', region: 'E12000004' },
  { odsCode: 'RX2', region: null },
];

/**
 * Every text that the product sends, in each of its forms; filters of every kind are put into texts elsewhere. A function
 * that makes a text and is not here fails the test.
 */
const texts: Readonly<Record<string, readonly string[]>> = {
  'held-out-studies/heldOutStudiesSelect': scopes.map((each) => heldOutStudiesSelect(each, everything)),
  'leakage-rows/comparedSelect': [comparedSelect()],
  'leakage-rows/duplicatesSelect': [duplicatesSelect()],
  'leakage-rows/hashedInstancesSelect': [hashedInstancesSelect([]), hashedInstancesSelect(['0f', 'f0'])],
  'leakage-rows/nearHashesSelect': [1, 8, 16].map((bands) => nearHashesSelect(bands, 10)),
  'leakage-rows/patientsInBothSelect': [patientsInBothSelect(10)],
  'leakage-rows/samePersonSelect': [samePersonSelect(10)],
  'leakage-rows/samePixelsSelect': [samePixelsSelect(10)],
  'patient-groups/patientGroupsSelect': patientAttributes.map((name) => patientGroupsSelect(scope, name)),
  'patient-groups/releaseSizeSelect': scopes.map(releaseSizeSelect),
  'patient-set/patientSetSelect': scopes.map((each) => patientSetSelect(each, everything)),
  'quality-rows/attributeCountsSelect': [attributeCountsSelect()],
  'quality-rows/qualityChecksSelect': [qualityChecksSelect('2026-11-30', 1)],
  'quality-rows/submissionSizesSelect': [submissionSizesSelect()],
  'quality-rows/weekCountsSelect': [weekCountsSelect([]), weekCountsSelect(['s-1', 's-2'])],
  'release-figures/acquisitionSelect': scopes.map((each) =>
    acquisitionSelect(each, { fieldStrength: fieldStrengthBands, kvp: kvpBands }),
  ),
  'release-figures/peopleSelect': scopes.map(peopleSelect),
  'release-figures/totalsSelect': scopes.map(totalsSelect),
  'release-figures/yearsSelect': scopes.map((each) => yearsSelect(each, 2026)),
  'release-sets/releaseSetsSelect': scopes.map((each) =>
    releaseSetsSelect(each, { fieldStrength: fieldStrengthBands, kvp: kvpBands }),
  ),
  'released-series/releasedSeriesSelect': [trusts, []].map((each) =>
    releasedSeriesSelect({ ...order, trusts: each }),
  ),
  'split-counts/splitCountsSelect': [[], balancedAttributes].map((names) =>
    splitCountsSelect('2026.4', names),
  ),
  'study-list/studyListSelect': scopes.flatMap((each) => [
    studyListSelect(each, everything, 'all'),
    studyListSelect(each, everything, 'matching'),
  ]),
  'unload/unloadStatement': [[], ['release', 'collection', 'split']].map((partitions) =>
    unloadStatement(releasedSeriesSelect({ ...order, trusts }), 's3://catalogue/lake/unloads/x/', partitions),
  ),
  'withdrawn-studies/withdrawnFromReleaseSelect': scopes.map(withdrawnFromReleaseSelect),
  'withdrawn-studies/withdrawnStudiesSelect': [
    withdrawnStudiesSelect('development'),
    withdrawnStudiesSelect('held-out'),
  ],
  'withdrawn-studies/withdrawnUidsSelect': [withdrawnUidsSelect([]), withdrawnUidsSelect(['chest', 'knee'])],
};

/** What the modules have beside: parts of texts, and readers of answers. */
const parts: readonly string[] = [
  'filter-condition/filterCondition',
  'leakage-rows/bandsOf',
  'literals/doubleLiteral',
  'literals/integerLiteral',
  'literals/stringList',
  'literals/stringLiteral',
  'patient-set/patientNumbers',
  'release-figures/figureColumns',
  'released-rows/notWithdrawn',
  'released-rows/releaseCondition',
  'released-rows/releasedRows',
];

/** UNLOAD is Athena's own; the question in it is Trino's. */
function questionOf(text: string): string {
  const statement = readStatement(text);
  return statement.kind === 'unload' ? statement.select : statement.text;
}

it('is every function that a module of SQL exports, and no other', () => {
  const folder = join(__dirname, '../../../../lambda/lake/sql');
  const exported = readdirSync(folder).flatMap((file) => {
    const module_ = jest.requireActual<Record<string, unknown>>(join(folder, file));
    return Object.entries(module_)
      .filter(([, each]) => typeof each === 'function')
      .map(([name]) => `${file.replace(/\.ts$/, '')}/${name}`);
  });
  expect([...Object.keys(texts), ...parts].sort()).toEqual(exported.sort());
});

it.each(Object.keys(texts))('%s makes texts that Trino takes', (name) => {
  expect(texts[name]).not.toHaveLength(0);
  expect((texts[name] ?? []).map(questionOf).flatMap(trinoFaults)).toEqual([]);
});

it('is such that the engine of the embedded platform takes each over tables that are empty', async () => {
  const lake = await openLakeDatabase();
  for (const text of Object.values(texts).flat()) await lake.run(questionOf(text));
  await lake[Symbol.asyncDispose]();
});
