import { publishCount } from '../../statistics/disclosure/published-count';
import type { ManifestRow } from './manifest.contract';
import type { ReleaseChanges } from './release.contract';

/** Studies by collection, as they stand in a manifest. */
export type StudySet = ReadonlySet<string>;

export interface ListedStudy {
  readonly collection: string;
  readonly study_instance_uid: string;
}

export const nameOfStudy = ({ collection, study_instance_uid }: ListedStudy): string =>
  `${collection} ${study_instance_uid}`;

export function studiesOf(rows: Iterable<Pick<ManifestRow, 'collection' | 'study_instance_uid'>>): StudySet {
  return new Set([...rows].map(nameOfStudy));
}

const countOf = (studies: StudySet, wanted: (name: string) => boolean): number =>
  [...studies].filter(wanted).length;

/** What came and went since another release, as counts that may be shown. */
export function changesBetween(
  previous: StudySet,
  studies: StudySet,
  withdrawn: StudySet,
): Omit<ReleaseChanges, 'notes'> {
  const gone = (name: string) => !studies.has(name);
  return {
    studiesAdded: publishCount(countOf(studies, (name) => !previous.has(name))),
    studiesRemoved: publishCount(countOf(previous, gone)),
    studiesWithdrawn: publishCount(countOf(previous, (name) => gone(name) && withdrawn.has(name))),
  };
}

/** Studies that stood in some release and were withdrawn. */
export function withdrawnFrom(releases: Iterable<StudySet>, withdrawn: StudySet): number {
  const found = new Set<string>();
  for (const studies of releases) for (const name of withdrawn) if (studies.has(name)) found.add(name);
  return found.size;
}
