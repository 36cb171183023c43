import * as fc from 'fast-check';
import { type ColumnType, columnTypes, type TableColumns } from '../../../lambda/lake/lake-tables.contract';
import {
  type LakeRow,
  type RowValue,
  readParquet,
  toColumns,
  toRows,
  writeParquet,
} from '../../../lambda/lake/parquet-file';

const columns = Object.fromEntries(columnTypes.map((type) => [type, type])) as TableColumns;

const values: Readonly<Record<ColumnType, fc.Arbitrary<RowValue>>> = {
  varchar: fc.string({ unit: 'grapheme' }),
  integer: fc.integer(),
  bigint: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  date: fc
    .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  boolean: fc.boolean(),
};

const row: fc.Arbitrary<LakeRow> = fc.record(
  Object.fromEntries(columnTypes.map((type) => [type, fc.option(values[type], { nil: null, freq: 4 })])),
);

const names = Object.keys(columns);

describe('a Parquet file of the lake', () => {
  it('gives back the rows that were written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 50 }), async (rows) => {
        const file = writeParquet(columns, toColumns(columns, rows));
        expect(toRows(columns, await readParquet(file, names))).toEqual(rows);
      }),
      { seed: 37, numRuns: 200 },
    );
  });

  it('has the same bytes for the same rows', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const once = writeParquet(columns, toColumns(columns, rows));
        expect(writeParquet(columns, toColumns(columns, rows)).equals(once)).toBe(true);
      }),
      { seed: 37, numRuns: 50 },
    );
  });

  it('has null in columns that came after it was written', async () => {
    const file = writeParquet({ ordinal: 'integer' }, toColumns({ ordinal: 'integer' }, [{ ordinal: 1 }]));
    const later = { ordinal: 'integer', modality: 'varchar' } as const;
    expect(toRows(later, await readParquet(file, ['ordinal', 'modality']))).toEqual([
      { ordinal: 1, modality: null },
    ]);
  });
});
