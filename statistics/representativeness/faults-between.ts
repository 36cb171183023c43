import { nearestName } from '../nearest-name';
import {
  catalogueAttributes,
  codesInOrder,
  groupLabel,
  isMissing,
  isUncounted,
} from '../references/attributes';
import type { Reference } from '../references/reference.contract';
import type { PeopleCounts } from './counts.contract';
import { type Fault, fault } from './faults';

/** Codes written out in a fault, at most. */
const codesListed = 20;

function listed(codes: readonly string[]): string {
  const shown = codes.slice(0, codesListed).join(', ');
  return `one of ${shown}${codes.length > codesListed ? ', …' : ''}`;
}

/** The code that was probably meant: a code that is spelt alike, or the one whose name was written. */
function nearestCode(attribute: string, written: string, codes: readonly string[]): string | null {
  const code = nearestName(written.trim(), codes);
  if (code !== null) return code;
  const labels = codes.map((each) => groupLabel(attribute, each));
  const label = nearestName(written.trim(), labels);
  return label === null ? null : (codes[labels.indexOf(label)] ?? null);
}

/** Groups that are not in both; `place` is where the counts have them. */
function groupFaults(
  attribute: string,
  counted: readonly string[],
  population: readonly string[],
  place: readonly string[],
): Fault[] {
  const known = population.filter((group) => !isMissing(attribute, group));
  const suggested = new Set<string>();
  const unknown = counted
    .filter(
      (group) => !isMissing(attribute, group) && !isUncounted(attribute, group) && !known.includes(group),
    )
    .map((group) => {
      const free = known.filter((code) => !counted.includes(code));
      const nearest = nearestCode(attribute, group, free);
      if (nearest !== null) suggested.add(nearest);
      return fault('GROUP_UNKNOWN', [...place, group], nearest === null ? listed(known) : `${nearest}?`);
    });
  const notCounted = known
    .filter((group) => !counted.includes(group) && !suggested.has(group))
    .map((group) => fault('GROUP_NOT_COUNTED', place, groupWithLabel(attribute, group)));
  return [...unknown, ...notCounted];
}

function groupWithLabel(attribute: string, group: string): string {
  const label = groupLabel(attribute, group);
  return label === group ? group : `${group} (${label})`;
}

function attributeFaults(counts: PeopleCounts, references: readonly Reference[]): Fault[] {
  const known = [
    ...new Set([...catalogueAttributes, ...references.flatMap((each) => Object.keys(each.attributes))]),
  ];
  return Object.entries(counts.attributes).flatMap(([attribute, groups]) => {
    const place = ['attributes', attribute];
    if (!known.includes(attribute)) {
      const nearest = nearestName(attribute, known);
      return [fault('ATTRIBUTE_UNKNOWN', place, nearest === null ? listed(known) : `${nearest}?`)];
    }
    const populations = references.flatMap((each) => {
      const population = each.attributes[attribute];
      return population === undefined ? [] : [population];
    });
    const counted = Object.keys(groups);
    if (populations.length > 0)
      return populations.flatMap((each) => groupFaults(attribute, counted, Object.keys(each), place));
    // Nothing to compare with, but the codes are known.
    return groupFaults(attribute, counted, codesInOrder(attribute), place).filter(
      ({ code }) => code === 'GROUP_UNKNOWN',
    );
  });
}

function tableFaults(counts: PeopleCounts, references: readonly Reference[]): Fault[] {
  const { ethnicityByAgeAndSex: counted } = counts;
  if (counted === undefined) return [];
  const place = ['ethnicityByAgeAndSex', 'peopleByGroup'];
  const tables = references.flatMap(({ ethnicityByAgeAndSex: table }) =>
    table?.attribute === counted.attribute ? [[...new Set(table.people.map(({ group }) => group))]] : [],
  );
  return tables.flatMap((groups) =>
    groupFaults(counted.attribute, Object.keys(counted.peopleByGroup), groups, place),
  );
}

/** What keeps counts from being compared with populations: names and groups that are not the same, each said once. */
export function faultsBetween(counts: PeopleCounts, references: readonly Reference[]): readonly Fault[] {
  const ids = references.map(({ id }) => id);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  const faults = [
    ...repeated.map((id) => fault('REFERENCE_REPEATED', [id])),
    ...attributeFaults(counts, references),
    ...tableFaults(counts, references),
  ];
  const seen = new Set<string>();
  const once = faults.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
  if (once.length > 0) return once;
  const compared = new Set(references.flatMap((each) => Object.keys(each.attributes)));
  const counted = Object.keys(counts.attributes);
  const anyFold = counted.includes('ethnic_category') && compared.has('ethnic_group');
  return anyFold || counted.some((attribute) => compared.has(attribute))
    ? []
    : [fault('NOTHING_TO_COMPARE', ['attributes'])];
}
