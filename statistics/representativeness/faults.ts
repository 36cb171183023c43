/** What can be wrong with a file of counts or a reference, and what to do about it. */
export const faultReasons = {
  FILE_NOT_JSON: {
    happened: 'The file is not JSON.',
    fix: 'Write it as JSON; docs/representativeness.md shows an example.',
  },
  FILE_TOO_LARGE: {
    happened: 'The file is larger than 5 MB.',
    fix: 'It holds counts of groups, not a row for each person: count first.',
  },
  FIELD_NOT_VALID: {
    happened: 'A field is missing, unknown or of the wrong kind.',
    fix: 'Correct the field; docs/representativeness.md shows every one.',
  },
  COUNT_NOT_NUMBER: {
    happened: 'A count is not a number.',
    fix: 'Write whole numbers without quotation marks, or {"suppressed": true}.',
  },
  COUNT_NEGATIVE: { happened: 'A count is below zero.', fix: 'Count again; nobody is 0.' },
  COUNT_NOT_WHOLE: {
    happened: 'A count is not a whole number.',
    fix: 'Give people, not shares: the shares are worked out.',
  },
  COUNT_TOO_LARGE: {
    happened: 'A count is larger than 10,000,000,000.',
    fix: 'Correct the count: more people than live were not counted.',
  },
  ATTRIBUTES_EMPTY: {
    happened: 'The file has no attribute, or one without any group.',
    fix: 'Give at least one attribute, such as sex, with the people in each of its groups.',
  },
  ATTRIBUTE_UNKNOWN: {
    happened: 'There is no attribute of this name, in the catalogue or in any reference.',
    fix: 'Correct the name.',
  },
  TOTAL_ZERO: {
    happened: 'An attribute counts nobody.',
    fix: 'Count again: shares of nobody cannot be compared.',
  },
  GROUP_REPEATED: {
    happened: 'A name stands twice in the same place.',
    fix: 'Keep one of them, with the sum where they are the same group.',
  },
  GROUP_UNKNOWN: {
    happened: 'The reference has no such group.',
    fix: 'Correct the name, or use a reference with the same groups.',
  },
  GROUP_NOT_COUNTED: {
    happened: 'The reference has a group that the counts do not have.',
    fix: 'Add the group; where there is nobody in it, write 0.',
  },
  REFERENCE_REPEATED: {
    happened: 'Two references have the same id.',
    fix: 'Give each reference an id of its own.',
  },
  NOTHING_TO_COMPARE: {
    happened: 'No reference has any of the attributes that are counted.',
    fix: 'Count an attribute that a reference has, or name another reference.',
  },
  AGE_SEX_INCOMPLETE: {
    happened: 'A table by age and sex does not have each age band and sex exactly once.',
    fix: 'Give a row for each pair of age band and sex, with 0 where there is nobody.',
  },
  AGE_SEX_TOTALS_DIFFER: {
    happened: 'The people by age and sex are not as many as the people by ethnic group.',
    fix: 'Count both over the same people: those of whom age, sex and ethnic group are known.',
  },
} as const satisfies Readonly<Record<string, { readonly happened: string; readonly fix: string }>>;

export type FaultCode = keyof typeof faultReasons;

/** One thing that is wrong, with its place in the file, and what is expected there where that can be said. */
export interface Fault {
  readonly code: FaultCode;
  /** Names from the outermost on; empty for the whole file. */
  readonly place: readonly string[];
  readonly expected: string | null;
}

export type Checked<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly faults: readonly Fault[] };

export const fault = (code: FaultCode, place: readonly string[], expected: string | null = null): Fault => ({
  code,
  place,
  expected,
});
