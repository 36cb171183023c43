import { everybodyInACrowd } from './crowds';
import { placesAfter, publishedSet } from './may-answer';
import type { PatientSet } from './patient-set';

/** Sets of which documents would show the counts: with all of them or with none, or each for itself. */
export interface SetsToPublish {
  readonly sets: readonly PatientSet[];
  readonly as: 'table' | 'values';
}

/** What may be published of a release, in the order of what was asked for. */
export interface PublishedSets {
  /** Whether a set may be shown, for each set of each table. */
  readonly shown: readonly (readonly boolean[])[];
  /** All of these, each once, for the log of questions. */
  readonly told: readonly PatientSet[];
}

/**
 * Which counts the documents of a release may show, before anybody asks: one table after the other, each only where
 * everybody still stands in a crowd of eight (`everybodyInACrowd`) with all that is shown before. Of a list of values, those
 * that do not go together with the rest are left out, in halves of the list.
 *
 * What is told of a set counts whether its count is shown or suppressed.
 */
export function setsToPublish(release: number, tables: readonly SetsToPublish[]): PublishedSets {
  const told = new Set<PatientSet>();
  let places = placesAfter(release, []);
  const tell = (sets: readonly PatientSet[]): boolean => {
    const fresh = sets.filter((set) => !told.has(set));
    const together = places.with(...fresh.map(publishedSet));
    if (!everybodyInACrowd(together)) return false;
    places = together;
    for (const set of fresh) told.add(set);
    return true;
  };
  const tellValues = (sets: readonly PatientSet[]): boolean[] => {
    if (sets.length === 0) return [];
    if (tell(sets)) return sets.map(() => true);
    if (sets.length === 1) return [false];
    const half = Math.ceil(sets.length / 2);
    return [...tellValues(sets.slice(0, half)), ...tellValues(sets.slice(half))];
  };
  const shown = tables.map(({ sets, as }) => {
    if (as === 'values') return tellValues(sets);
    const whole = tell(sets);
    return sets.map(() => whole);
  });
  return { shown, told: [...told] };
}
