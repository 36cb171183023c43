import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { groupLabel, personAttributes, personAttributeTitles } from './group-labels.contract';
import type { ManifestRow } from './manifest.contract';
import { groupsOf, missingnessOf } from './missingness.contract';
import { compareVersions, type Release } from './release.contract';
import { type UnderRepresented, whoIsMissing } from './representation.contract';

/** A release with the studies of its manifest; null where nobody may look at them. */
export interface ReleasedStudies {
  readonly release: Release;
  readonly manifest: readonly ManifestRow[] | null;
}

/** A figure before and after. */
export interface ChangedFigure {
  readonly name: string;
  readonly before: ShownCount;
  readonly after: ShownCount;
}

export interface ReleaseDiff {
  readonly before: string;
  readonly after: string;
  /** Study Instance UIDs, in order; null where a manifest is not known. */
  readonly studiesAdded: readonly string[] | null;
  readonly studiesRemoved: readonly string[] | null;
  /** Of those removed: told between a release and the one before it only, after the disclosure rule. */
  readonly studiesWithdrawn: ShownCount | null;
  /** Figures that are shown otherwise; those that did not change are left out. */
  readonly figures: readonly ChangedFigure[];
  readonly missingness: readonly {
    readonly attribute: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  readonly whoIsMissing: {
    /** Too few now, and not before. */
    readonly newlyUnder: readonly UnderRepresented[];
    /** Too few before, and no longer. */
    readonly noLongerUnder: readonly UnderRepresented[];
    readonly stillUnder: readonly {
      readonly group: UnderRepresented;
      readonly ratioBefore: number;
    }[];
  };
}

const sameCount = (left: ShownCount, right: ShownCount): boolean =>
  left.kind === 'shown' && right.kind === 'shown' ? left.value === right.value : left.kind === right.kind;

function figures(before: Release, after: Release): ChangedFigure[] {
  const totals = (['people', 'studies', 'series', 'instances'] as const).map((name) => ({
    name: name === 'instances' ? 'images' : name,
    before: before.totals[name],
    after: after.totals[name],
  }));
  const people = personAttributes.flatMap((attribute) => {
    const earlier = new Map(groupsOf(before, attribute).map(({ group, people: count }) => [group, count]));
    const suppressed: ShownCount = { kind: 'suppressed' };
    return groupsOf(after, attribute).map(({ group, people: count }) => ({
      name: `people, ${personAttributeTitles[attribute]}: ${groupLabel(attribute, group)}`,
      before: earlier.get(group) ?? suppressed,
      after: count,
    }));
  });
  return [...totals, ...people].filter((figure) => !sameCount(figure.before, figure.after));
}

const keyOf = ({ attribute, group, reference }: UnderRepresented): string =>
  JSON.stringify([attribute, group, reference]);

function missing(before: Release, after: Release): ReleaseDiff['whoIsMissing'] {
  const earlier = new Map(whoIsMissing(before).under.map((group) => [keyOf(group), group]));
  const later = whoIsMissing(after).under;
  const keys = new Set(later.map(keyOf));
  return {
    newlyUnder: later.filter((group) => !earlier.has(keyOf(group))),
    noLongerUnder: [...earlier.values()].filter((group) => !keys.has(keyOf(group))),
    stillUnder: later.flatMap((group) => {
      const then = earlier.get(keyOf(group));
      return then === undefined ? [] : [{ group, ratioBefore: then.ratio }];
    }),
  };
}

function studies(before: ReleasedStudies, after: ReleasedStudies) {
  if (before.manifest === null || after.manifest === null)
    return { studiesAdded: null, studiesRemoved: null };
  const earlier = new Set(before.manifest.map((row) => row.study_instance_uid));
  const later = new Set(after.manifest.map((row) => row.study_instance_uid));
  return {
    studiesAdded: [...later].filter((study) => !earlier.has(study)).sort(),
    studiesRemoved: [...earlier].filter((study) => !later.has(study)).sort(),
  };
}

/**
 * What changed from one release to another: studies by their manifests, figures as they are shown, and who is missing.
 * @throws RangeError unless `after` is the later release
 */
export function releaseDiff(before: ReleasedStudies, after: ReleasedStudies): ReleaseDiff {
  if (compareVersions(before.release.version, after.release.version) >= 0)
    throw new RangeError('the first release must be the earlier one');
  const shares = new Map(missingnessOf(before.release).map(({ attribute, share }) => [attribute, share]));
  const follows = after.release.previous?.version === before.release.version;
  return {
    before: before.release.version,
    after: after.release.version,
    ...studies(before, after),
    studiesWithdrawn: follows ? (after.release.changes?.studiesWithdrawn ?? null) : null,
    figures: figures(before.release, after.release),
    missingness: missingnessOf(after.release).flatMap(({ attribute, title, share }) => {
      const then = shares.get(attribute) ?? null;
      return then === share ? [] : [{ attribute: title, before: then, after: share }];
    }),
    whoIsMissing: missing(before.release, after.release),
  };
}
