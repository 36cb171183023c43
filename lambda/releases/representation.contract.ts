import type { ComparisonMade, GroupCompared } from '../../statistics/representativeness/report.contract';
import { type PersonAttribute, personAttributes } from './group-labels.contract';
import { groupsOf } from './missingness.contract';
import type { Release } from './release.contract';
import { shownValue } from './shown-values.contract';

/** A group that has fewer people in the release than its share of a population. */
export interface UnderRepresented extends Pick<GroupCompared, 'group' | 'label' | 'ratio' | 'interval'> {
  readonly attribute: string;
  /** Words for the population. */
  readonly reference: string;
}

/** What can be read from a release about who is missing. */
export interface WhoIsMissing {
  /** Lowest ratio first. */
  readonly under: readonly UnderRepresented[];
  /** Groups whose count is withheld. */
  readonly withheld: readonly { readonly attribute: PersonAttribute; readonly group: string }[];
  readonly nobody: readonly { readonly attribute: PersonAttribute; readonly group: string }[];
  /** Attributes that were compared with a population. */
  readonly compared: readonly string[];
}

type Figures = Pick<Release, 'representativeness' | 'demographics'>;

const made = (comparisons: Figures['representativeness']['attributes'][number]['comparisons']) =>
  comparisons.filter((comparison): comparison is ComparisonMade => comparison.kind === 'compared');

/** Groups that are under-represented, by every comparison made. */
function underRepresented({ representativeness }: Figures): UnderRepresented[] {
  const labels = new Map(representativeness.references.map(({ id, label }) => [id, label]));
  return representativeness.attributes
    .flatMap(({ attribute, comparisons }) =>
      made(comparisons).flatMap(({ reference, groups }) =>
        groups.flatMap((group) =>
          group.kind === 'compared' && group.flag === 'under'
            ? [
                {
                  attribute,
                  reference: labels.get(reference) ?? reference,
                  group: group.group,
                  label: group.label,
                  ratio: group.ratio,
                  interval: group.interval,
                },
              ]
            : [],
        ),
      ),
    )
    .sort((left, right) => left.ratio - right.ratio);
}

/** Who is missing from a release: too few for their share of a population, too few to be shown, or not there at all. */
export function whoIsMissing(release: Figures): WhoIsMissing {
  const groups = personAttributes.flatMap((attribute) =>
    groupsOf(release, attribute).map(({ group, people }) => ({
      attribute,
      group,
      value: shownValue(people),
    })),
  );
  const only = (value: number | null) =>
    groups.filter((each) => each.value === value).map(({ attribute, group }) => ({ attribute, group }));
  return {
    under: underRepresented(release),
    withheld: only(null),
    nobody: only(0),
    compared: release.representativeness.attributes
      .filter(({ comparisons }) => made(comparisons).length > 0)
      .map(({ attribute }) => attribute),
  };
}
