import fc from 'fast-check';
import { checkTable } from '../../../lambda/demographics/check-table.contract';
import {
  completenessOf,
  rowLimit,
  tableByteLimit,
} from '../../../lambda/demographics/table-columns.contract';
import { faultLimit } from '../../../lambda/demographics/table-faults.contract';
import { nhsNumbers } from './demographics-fixture';

const today = '2026-11-23';
const [first = '', second = '', third = ''] = nhsNumbers;
const header = 'nhs_number,subject_id,age_at_scan,sex,ethnic_category,imd_decile,region';

const check = (text: string) => checkTable(Buffer.from(text, 'utf8'), today);
const faultsOf = (text: string) => {
  const checked = check(text);
  return checked.valid ? [] : checked.faults.map(({ code, line, column }) => [code, line, column]);
};
const rowsOf = (text: string) => {
  const checked = check(text);
  if (!checked.valid) throw new Error(JSON.stringify(checked.faults));
  return checked.rows;
};
/** A table of one row with a value in one column. */
const oneValue = (column: string, value: string) => {
  const values: Record<string, string> = {
    nhs_number: first,
    age_at_scan: '50',
    sex: '1',
    ethnic_category: 'A',
  };
  if (column === 'age_band') delete values.age_at_scan;
  values[column] = value;
  return `${Object.keys(values).join(',')}\n${Object.values(values).join(',')}\n`;
};

describe('a table without faults', () => {
  it('gives a row for each subject with the line on which it stands', () => {
    expect(rowsOf(`${header}\n${first},H1,93,2,G,10,\n,H2,7,9,99,,E12000004\n`)).toEqual([
      {
        line: 2,
        row: {
          nhsNumber: first,
          subjectId: 'H1',
          ageAtScan: 90,
          ageBand: '90+',
          sex: '2',
          ethnicCategory: 'G',
          imdDecile: 10,
          region: null,
          dateOfAdmission: null,
          dateOfDiagnosis: null,
          dateOfDeath: null,
        },
      },
      {
        line: 3,
        row: expect.objectContaining({
          nhsNumber: null,
          subjectId: 'H2',
          ageAtScan: 7,
          ageBand: '0-9',
          imdDecile: null,
          region: 'E12000004',
        }),
      },
    ]);
  });

  it('may come with a byte order mark, CRLF, quoted fields, blank lines and rows of commas', () => {
    const plain = `nhs_number,age_band,sex,ethnic_category\n${first},50-59,1,A\n${second},90+,0,Z\n`;
    const dressed = `\uFEFF"nhs_number",age_band,"sex",ethnic_category\r\n"${first}",50-59,1,A\r\n\r\n,,,\r\n${second},90+,0,"Z"`;
    const values = (text: string) => rowsOf(text).map(({ row }) => row);
    expect(values(dressed)).toEqual(values(plain));
    expect(rowsOf(dressed).map(({ line }) => line)).toEqual([2, 5]);
  });

  it('may spell NHS numbers in groups, and Patient IDs with spaces around them', () => {
    const spaced = `${first.slice(0, 3)} ${first.slice(3, 6)} ${first.slice(6)}`;
    const [located] = rowsOf(`nhs_number,subject_id,age_at_scan,sex,ethnic_category\n${spaced}, H1 ,1,1,A\n`);
    expect(located?.row).toMatchObject({ nhsNumber: first, subjectId: 'H1' });
  });

  it('keeps all 16 ethnic groups and both kinds of not knowing apart', () => {
    const codes = [...'ABCDEFGHJKLMNPRSZ', '99'];
    const rows = codes.map((code, index) => `,H${index},50,1,${code},,\n`).join('');
    const found = rowsOf(`${header}\n${rows}`).map(({ row }) => row);
    expect(found.map(({ ethnicCategory }) => ethnicCategory)).toEqual(codes);
    expect(completenessOf(found)).toEqual({ rows: 18, ethnicityKnown: 16, imdKnown: 0 });
  });

  it('says the same of its rows in any order', () => {
    const row = fc.record({
      age: fc.integer({ min: 0, max: 122 }),
      sex: fc.constantFrom('0', '1', '2', '9'),
      imd: fc.constantFrom('', '1', '10'),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }).chain((rows) => {
          const lines = rows.map(({ age, sex, imd }, index) => `,H${index},${age},${sex},A,${imd},`);
          return fc.tuple(
            fc.constant(lines),
            fc.shuffledSubarray(lines, { minLength: lines.length, maxLength: lines.length }),
          );
        }),
        ([lines, shuffled]) => {
          const values = (some: string[]) =>
            rowsOf(`${header}\n${some.join('\n')}\n`)
              .map(({ row: found }) => JSON.stringify(found))
              .sort();
          expect(values(shuffled)).toEqual(values(lines));
        },
      ),
    );
  });
});

describe('a file that is no table', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'DEMOGRAPHICS_EMPTY'],
    ['a header alone', Buffer.from(`${header}\n`), 'DEMOGRAPHICS_EMPTY'],
    ['a spreadsheet', Buffer.from('PK\x03\x04rest', 'latin1'), 'DEMOGRAPHICS_SPREADSHEET'],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'DEMOGRAPHICS_SPREADSHEET'],
    ['UTF-16', Buffer.from('\uFEFFsex,age', 'utf16le'), 'DEMOGRAPHICS_ENCODING'],
    ['bytes of an image', Buffer.from([1, 0, 2, 0]), 'DEMOGRAPHICS_BINARY'],
    [
      'semicolons',
      Buffer.from(`${header.replaceAll(',', ';')}\n${first};;50;1;A;;\n`),
      'DEMOGRAPHICS_DELIMITER',
    ],
    ['tabs', Buffer.from(`${header.replaceAll(',', '\t')}\n`), 'DEMOGRAPHICS_DELIMITER'],
    ['one byte over 5 MB', Buffer.alloc(tableByteLimit + 1, 'x'), 'DEMOGRAPHICS_TOO_LARGE'],
  ])('is refused: %s', (_what, bytes, code) => {
    const checked = checkTable(bytes, today);
    expect(checked).toMatchObject({ valid: false, rows: 0, faults: [{ code }], more: 0 });
  });

  it('is refused above 100,000 rows, blank ones included', () => {
    const table = (rows: number) =>
      `subject_id,age_at_scan,sex,ethnic_category\nH1,50,1,A\n${',,,\n'.repeat(rows - 1)}`;
    expect(check(table(rowLimit))).toMatchObject({ valid: true });
    expect(check(table(rowLimit + 1))).toMatchObject({ faults: [{ code: 'DEMOGRAPHICS_TOO_LARGE' }] });
  });

  it('tells the line that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(`${header}\n`), Buffer.from([0x48, 0xe9, 0x0a])]);
    expect(checkTable(bytes, today)).toMatchObject({ faults: [{ code: 'DEMOGRAPHICS_ENCODING', line: 2 }] });
  });

  it('tells where a quotation mark stands wrong, and checks what is before it', () => {
    expect(faultsOf(`${header}\n,H1,x,1,A,,\n,H"2,50,1,A,,\n,H3,x,1,A,,\n`)).toEqual([
      ['DEMOGRAPHICS_AGE', 2, 'age_at_scan'],
      ['DEMOGRAPHICS_QUOTES', 3, null],
    ]);
  });

  it('shows nothing of a file without a header: what stands there are values', () => {
    const checked = check(`Smith,${first},1950-01-01\n`);
    expect(checked).toMatchObject({
      faults: [{ code: 'DEMOGRAPHICS_HEADER_MISSING', line: 1, column: null }],
    });
    expect(JSON.stringify(checked)).not.toMatch(new RegExp(`Smith|${first}|1950`));
  });
});

describe('names of columns', () => {
  it.each([
    ['a space behind it', 'sex '],
    ['a space before it', ' sex'],
    ['two spaces together', 'ethnic  category'],
    ['capital letters', 'Ethnic_Category'],
    ['a space in place of an underscore', 'ethnic category'],
  ])('are refused with what was found: %s', (found, name) => {
    const column = name.trim() === 'sex' ? 'sex' : 'ethnic_category';
    const checked = check(`${oneValue('x', 'y').replace(',x\n', '\n').replace(column, name)}`);
    expect(checked).toMatchObject({ valid: false });
    const faults = checked.valid ? [] : checked.faults;
    expect(faults).toContainEqual({
      code: 'DEMOGRAPHICS_COLUMN_SPELLING',
      line: 1,
      column,
      expected: expect.stringContaining(found),
    });
  });

  it('that are not known come with the nearest known one', () => {
    const checked = check('subject_id,age_at_scan,gender,etnic_categry,PMH h1pertension\nH1,50,1,A,1es\n');
    expect(checked.valid ? [] : checked.faults).toEqual([
      { code: 'DEMOGRAPHICS_COLUMN_UNKNOWN', line: 1, column: 'gender', expected: 'sex?' },
      { code: 'DEMOGRAPHICS_COLUMN_UNKNOWN', line: 1, column: 'etnic_categry', expected: 'ethnic_category?' },
      {
        code: 'DEMOGRAPHICS_COLUMN_UNKNOWN',
        line: 1,
        column: 'PMH h1pertension',
        expected: expect.stringContaining('one of nhs_number'),
      },
    ]);
  });

  it.each(['date_of_birth', 'DOB', 'year of birth', 'birth_year', 'BirthDate'])(
    'that mean a birth date are refused: %s',
    (name) => {
      expect(faultsOf(`subject_id,age_at_scan,sex,ethnic_category,${name}\nH1,50,1,A,1976\n`)).toEqual([
        ['DEMOGRAPHICS_BIRTH_DATE', 1, name],
      ]);
    },
  );

  it('must be there, each once', () => {
    expect(faultsOf('imd_decile,imd_decile\n1,2\n')).toEqual(
      expect.arrayContaining([
        ['DEMOGRAPHICS_COLUMN_REPEATED', 1, 'imd_decile'],
        ['DEMOGRAPHICS_COLUMN_MISSING', 1, 'subject_id'],
        ['DEMOGRAPHICS_COLUMN_MISSING', 1, 'age_at_scan'],
        ['DEMOGRAPHICS_COLUMN_MISSING', 1, 'sex'],
        ['DEMOGRAPHICS_COLUMN_MISSING', 1, 'ethnic_category'],
      ]),
    );
  });

  it('may be blank above a column without values only', () => {
    const table = (value: string) => `subject_id,age_at_scan,sex,ethnic_category,\nH1,50,1,A,${value}\n`;
    expect(faultsOf(table(''))).toEqual([]);
    expect(faultsOf(table('note'))).toEqual([['DEMOGRAPHICS_COLUMN_UNNAMED', 2, 'column 5']]);
  });
});

describe('values', () => {
  it.each([
    ['sex', 'F', 'DEMOGRAPHICS_SEX'],
    ['sex', 'M', 'DEMOGRAPHICS_SEX'],
    ['sex', '3', 'DEMOGRAPHICS_SEX'],
    ['sex', '', 'DEMOGRAPHICS_SEX'],
    ['ethnic_category', 'White British', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', '0', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', 'a', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', 'I', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', 'O', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', 'Q', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['ethnic_category', '', 'DEMOGRAPHICS_ETHNIC_CATEGORY'],
    ['age_at_scan', '50.5', 'DEMOGRAPHICS_AGE'],
    ['age_at_scan', '050Y', 'DEMOGRAPHICS_AGE'],
    ['age_at_scan', '-1', 'DEMOGRAPHICS_AGE'],
    ['age_at_scan', '123', 'DEMOGRAPHICS_AGE'],
    ['age_at_scan', '1950', 'DEMOGRAPHICS_AGE'],
    ['age_band', 'Oct-19', 'DEMOGRAPHICS_AGE_BAND'],
    ['age_band', '10-20', 'DEMOGRAPHICS_AGE_BAND'],
    ['imd_decile', '0', 'DEMOGRAPHICS_IMD_DECILE'],
    ['imd_decile', '11', 'DEMOGRAPHICS_IMD_DECILE'],
    ['imd_decile', '2.0', 'DEMOGRAPHICS_IMD_DECILE'],
    ['region', 'London', 'DEMOGRAPHICS_REGION'],
    ['region', 'E12000010', 'DEMOGRAPHICS_REGION'],
    ['nhs_number', '9.99E+09', 'DEMOGRAPHICS_NHS_NUMBER'],
    ['nhs_number', '1234567890', 'DEMOGRAPHICS_NHS_NUMBER'],
    ['nhs_number', '0000000000', 'DEMOGRAPHICS_NHS_NUMBER'],
    ['date_of_death', '03/28/2020', 'DEMOGRAPHICS_DATE'],
    ['date_of_death', '28/03/2020', 'DEMOGRAPHICS_DATE'],
    ['date_of_death', '[Text] - 2020-03-28', 'DEMOGRAPHICS_DATE'],
    ['date_of_death', '2020-3-28', 'DEMOGRAPHICS_DATE'],
    ['date_of_death', '2026-02-30', 'DEMOGRAPHICS_DATE'],
    ['date_of_death', '0202-02-03', 'DEMOGRAPHICS_DATE'],
    ['date_of_admission', '2026-11-24', 'DEMOGRAPHICS_DATE_IN_FUTURE'],
    ['subject_id', 'X'.repeat(65), 'DEMOGRAPHICS_SUBJECT_ID'],
  ])('%s: %s is refused', (column, value, code) => {
    const checked = check(oneValue(column, value));
    const faults = checked.valid ? [] : checked.faults;
    expect(faults).toEqual([{ code, line: 2, column, expected: expect.any(String) }]);
    // The number of a band or code may stand in what is expected; anything longer may identify.
    if (value.length > 6) expect(JSON.stringify(checked)).not.toContain(value);
  });

  it('of today are dates of the past', () => {
    expect(faultsOf(oneValue('date_of_death', today))).toEqual([]);
  });

  it('must name a subject and an age', () => {
    expect(faultsOf(`${header}\n,,,1,A,,\n`)).toEqual([
      ['DEMOGRAPHICS_SUBJECT_MISSING', 2, null],
      ['DEMOGRAPHICS_AGE_MISSING', 2, null],
    ]);
  });

  it('of age and band must fit', () => {
    const table = 'subject_id,age_at_scan,age_band,sex,ethnic_category\nH1,50,40-49,1,A\nH2,49,40-49,1,A\n';
    expect(faultsOf(table)).toEqual([['DEMOGRAPHICS_AGE_DISAGREES', 2, 'age_band']]);
  });

  it('of a row with too few or too many fields are not checked: nobody knows which is which', () => {
    expect(faultsOf(`${header}\n${first},H1,50,1,A,1\n${second},H2,50,1,A,1,,\n`)).toEqual([
      ['DEMOGRAPHICS_FIELD_COUNT', 2, null],
      ['DEMOGRAPHICS_FIELD_COUNT', 3, null],
    ]);
  });

  it('of a subject stand in one row, by whichever identifier', () => {
    expect(
      faultsOf(
        `${header}\n${first},H1,50,1,A,,\n${second},H1,50,1,A,,\n${first},H2,50,1,A,,\n${third},,1,1,A,,\n`,
      ),
    ).toEqual([
      ['DEMOGRAPHICS_SUBJECT_REPEATED', 3, 'subject_id'],
      ['DEMOGRAPHICS_SUBJECT_REPEATED', 4, 'nhs_number'],
    ]);
  });
});

describe('all faults', () => {
  it('are told at once, in order of line, those of misspelt columns too', () => {
    const table = `NHS_number,age_at_scan,sex,ethnic_category,imd_decile\n123,50,F,A,\n${second},x,1,white,11\n`;
    expect(faultsOf(table)).toEqual([
      ['DEMOGRAPHICS_COLUMN_SPELLING', 1, 'nhs_number'],
      ['DEMOGRAPHICS_NHS_NUMBER', 2, 'nhs_number'],
      ['DEMOGRAPHICS_SEX', 2, 'sex'],
      ['DEMOGRAPHICS_AGE', 3, 'age_at_scan'],
      ['DEMOGRAPHICS_ETHNIC_CATEGORY', 3, 'ethnic_category'],
      ['DEMOGRAPHICS_IMD_DECILE', 3, 'imd_decile'],
    ]);
  });

  it('are listed up to a number, and the rest is counted', () => {
    const rows = Array.from({ length: 1_400 }, (_, index) => `,H${index},50,F,A,,\n`).join('');
    const checked = check(`${header}\n${rows}`);
    if (checked.valid) throw new Error('it is not');
    expect(checked.faults).toHaveLength(faultLimit);
    expect(checked.faults.at(-1)?.line).toBe(faultLimit + 1);
    expect(checked.more).toBe(900);
    expect(checked.rows).toBe(1_400);
  });

  it('never hold a value of the table', () => {
    const value = fc
      .string({ minLength: 8, maxLength: 20 })
      .map((text) => `§${text.replace(/[",\r\n]/g, '')}§`);
    fc.assert(
      fc.property(fc.array(value, { minLength: 7, maxLength: 7 }), (values) => {
        const checked = check(`${header}\n${values.join(',')}\n`);
        const text = JSON.stringify(checked);
        for (const each of values) expect(text).not.toContain(JSON.stringify(each).slice(1, -1));
      }),
    );
  });
});
