import { attributeLabel, groupLabel } from '../references/attributes';
import type { ReferenceTable } from '../references/reference.contract';
import { isShown, seenIn } from './cell.contract';
import type { EthnicityByAgeAndSex } from './counts.contract';
import type { Standardised, StandardisedGroup } from './report.contract';
import { representationRatio, worstOf } from './representation-ratio';

const stratumOf = ({ ageBand, sex }: { readonly ageBand: string; readonly sex: string }): string =>
  `${ageBand} ${sex}`;

/** Share of each ethnic group among the people of each age band and sex of a population. */
function sharesByStratum(table: ReferenceTable): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const row of table.people) {
    const groups = counts.get(stratumOf(row)) ?? new Map<string, number>();
    counts.set(stratumOf(row), groups.set(row.group, row.people));
  }
  for (const groups of counts.values()) {
    const total = [...groups.values()].reduce((sum, people) => sum + people, 0);
    for (const [group, people] of groups) groups.set(group, total === 0 ? 0 : people / total);
  }
  return counts;
}

/**
 * Ethnic groups against what a population would have at the same ages and sexes: people of a group divided by the sum,
 * over age and sex, of people times the group's share there. Groups that are younger than others are else found
 * under-represented wherever older people have more imaging.
 *
 * What is expected is scaled to the people who are seen by group, who may be a few more or fewer than those seen by age and
 * sex where counts are rounded. Suppressed cells are taken as in `compareGroups`.
 */
export function standardise(
  counts: EthnicityByAgeAndSex,
  reference: { readonly id: string; readonly table: ReferenceTable },
  order: readonly string[],
): Standardised {
  const { attribute } = counts;
  const about = { reference: reference.id, attribute, label: attributeLabel(attribute) };
  if (counts.peopleByAgeAndSex.some(({ people }) => !isShown(people) && people.atMost === undefined))
    return { kind: 'not-compared', ...about, why: 'age-and-sex-suppressed' };
  const shares = sharesByStratum(reference.table);
  const inReference = new Set(reference.table.people.map(({ group }) => group));
  const expectedOf = (group: string): number =>
    counts.peopleByAgeAndSex.reduce(
      (sum, row) => sum + seenIn(row.people) * (shares.get(stratumOf(row))?.get(group) ?? 0),
      0,
    );
  const cells = order.flatMap((group) => {
    const cell = counts.peopleByGroup[group];
    if (cell === undefined) return [];
    const isSized = isShown(cell) || cell.atMost !== undefined;
    return [{ group, cell, expected: isSized && inReference.has(group) ? expectedOf(group) : null }];
  });
  const compared = cells.filter(({ expected }) => expected !== null);
  const people = compared.reduce((sum, { cell }) => sum + seenIn(cell), 0);
  const allExpected = compared.reduce((sum, { expected }) => sum + (expected ?? 0), 0);
  if (people === 0 || allExpected === 0) return { kind: 'not-compared', ...about, why: 'nobody-shown' };
  const groups = cells.map(({ group, cell, expected }): StandardisedGroup => {
    const named = { group, label: groupLabel(attribute, group) };
    if (!inReference.has(group) || expected === 0) return { kind: 'not-in-reference', ...named };
    const expectedShare = expected === null ? null : expected / allExpected;
    if (expectedShare === null || !isShown(cell)) {
      const atMost = isShown(cell) ? undefined : cell.atMost;
      const ratioAtMost =
        atMost === undefined || expectedShare === null ? null : atMost / (people + atMost) / expectedShare;
      return { kind: 'suppressed', ...named, expectedShare, ratioAtMost };
    }
    return {
      kind: 'compared',
      ...named,
      people: cell.shown,
      expected: expectedShare * people,
      expectedShare,
      ...representationRatio(cell.shown, people, expectedShare),
    };
  });
  return { kind: 'compared', ...about, people, groups, worstGroup: worstOf(groups) };
}
