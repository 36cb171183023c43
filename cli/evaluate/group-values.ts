import type { InputFaults } from './input-faults';

/** A column of the labels whose values are groups. */
export interface GroupColumn {
  readonly name: string;
  readonly plainName: string;
  /** −1 where it is missing. */
  readonly place: number;
}

/** More values than this are no groups. */
export const groupLimit = 50;
const longestValue = 64;

/** Words for “not known” in any column, in small letters. */
const notKnown = new Set([
  '',
  'not known',
  'unknown',
  'not stated',
  'na',
  'n/a',
  'nan',
  'null',
  'none',
  'missing',
]);

/** NHS codes for “not stated” and “not known”, by the plain name of the column. */
const notKnownCodes: Readonly<Record<string, ReadonlySet<string>>> = {
  ethniccategory: new Set(['z', '99']),
  sex: new Set(['0']),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/;

/** The group of a row by each column; null where it is not known. */
export function groupReader(columns: readonly GroupColumn[], faults: InputFaults) {
  const seen = columns.map(() => new Set<string>());
  return (fields: readonly string[], line: number): (string | null)[] =>
    columns.map(({ name, plainName, place }, index) => {
      const value = (fields[place] ?? '').trim();
      const written = value.toLowerCase();
      if (notKnown.has(written) || notKnownCodes[plainName]?.has(written)) return null;
      if (value.length > longestValue || controlCharacters.test(value)) {
        faults.add('labels', 'EVALUATION_GROUP_INVALID', line, name, `at most ${longestValue} characters`);
        return null;
      }
      const values = seen[index] as Set<string>;
      if (!values.has(value) && values.size <= groupLimit) {
        values.add(value);
        if (values.size > groupLimit)
          faults.add('labels', 'EVALUATION_TOO_MANY_GROUPS', line, name, `at most ${groupLimit} values`);
      }
      return value;
    });
}
