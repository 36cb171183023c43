import type { PatientSet } from './patient-set';

/**
 * A partition of the patients of a release: each is in one group, those of whom nothing is known in one of their own. An
 * attribute of which a patient may have several (modality, say) is none: its values are questions, or the
 * combinations are the groups.
 */
export interface Facet {
  readonly name: string;
  readonly groups: readonly string[];
  /** Position of each patient's group in `groups`; patient 1 comes first. */
  readonly groupOf: Uint16Array;
}

/** True counts of a set by group. Never shown. */
export function countGroups(patients: PatientSet, facet: Facet): number[] {
  const counts = new Array<number>(facet.groups.length).fill(0);
  patients.forEach((number) => {
    const group = facet.groupOf[number - 1] ?? 0;
    counts[group] = (counts[group] ?? 0) + 1;
  });
  return counts;
}
