import type * as z from 'zod';
import { isMissing } from '../references/attributes';
import { type Reference, reference } from '../references/reference.contract';
import { isShown } from './cell.contract';
import { type PeopleCounts, peopleCounts } from './counts.contract';
import { type Checked, type Fault, type FaultCode, fault, faultReasons } from './faults';
import { repeatedNames } from './repeated-names';
import { countsTableFaults, referenceTableFaults } from './table-faults';

/** Bytes of a file, at most: thousands of groups. */
export const fileByteLimit = 5_000_000;

const isFaultCode = (value: unknown): value is FaultCode =>
  typeof value === 'string' && Object.hasOwn(faultReasons, value);

function faultOf(issue: z.core.$ZodIssue): Fault {
  const code: unknown = issue.code === 'custom' ? issue.params?.fault : undefined;
  return fault(isFaultCode(code) ? code : 'FIELD_NOT_VALID', issue.path.map(String), issue.message);
}

function readJson<T>(text: string, schema: z.ZodType<T>): Checked<T> {
  if (Buffer.byteLength(text) > fileByteLimit) return { valid: false, faults: [fault('FILE_TOO_LARGE', [])] };
  let value: unknown;
  try {
    // A byte order mark, as some editors write, is no JSON.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { valid: false, faults: [fault('FILE_NOT_JSON', [])] };
  }
  const parsed = schema.safeParse(value);
  const faults = [
    ...repeatedNames(text).map((place) => fault('GROUP_REPEATED', place)),
    ...(parsed.success ? [] : parsed.error.issues.map(faultOf)),
  ];
  return parsed.success && faults.length === 0
    ? { valid: true, value: parsed.data }
    : { valid: false, faults };
}

/** Attributes without groups, and those in which nobody is counted. */
function emptyFaults(
  attributes: Readonly<Record<string, readonly { readonly isEmpty: boolean }[]>>,
): Fault[] {
  const names = Object.keys(attributes);
  if (names.length === 0) return [fault('ATTRIBUTES_EMPTY', ['attributes'])];
  return Object.entries(attributes).flatMap(([name, groups]) => {
    const place = ['attributes', name];
    if (groups.length === 0) return [fault('ATTRIBUTES_EMPTY', place)];
    return groups.every(({ isEmpty }) => isEmpty) ? [fault('TOTAL_ZERO', place)] : [];
  });
}

const judged = <T>(value: T, faults: readonly Fault[]): Checked<T> =>
  faults.length === 0 ? { valid: true, value } : { valid: false, faults };

/** Reads a file of counts. Whether its groups are those of the references is for `faultsBetween`. */
export function readCounts(text: string): Checked<PeopleCounts> {
  const read = readJson(text, peopleCounts);
  if (!read.valid) return read;
  const attributes = Object.entries(read.value.attributes).map(
    ([name, groups]) =>
      [
        name,
        Object.values(groups).map(({ people }) => ({ isEmpty: isShown(people) && people.shown === 0 })),
      ] as const,
  );
  return judged(read.value, [
    ...emptyFaults(Object.fromEntries(attributes)),
    ...countsTableFaults(read.value.ethnicityByAgeAndSex),
  ]);
}

/** Reads a file of a reference population. */
export function readReference(text: string): Checked<Reference> {
  const read = readJson(text, reference);
  if (!read.valid) return read;
  const attributes = Object.entries(read.value.attributes).map(
    ([name, groups]) =>
      [
        name,
        // Those of whom nothing is known are not compared, so they do not make a population.
        Object.entries(groups)
          .filter(([group]) => !isMissing(name, group))
          .map(([, people]) => ({ isEmpty: people === 0 })),
      ] as const,
  );
  return judged(read.value, [
    ...emptyFaults(Object.fromEntries(attributes)),
    ...referenceTableFaults(read.value.ethnicityByAgeAndSex),
  ]);
}
