import type { DrawnStratum, StratifyingAttribute } from '../../lambda/splits/evaluation-set.contract';
import { groupLabel } from '../../statistics/references/attributes';

/** The people of a stratum, by the attributes of the definition: `sex Female, age_band 60-69`; unstratified, everybody. */
export function stratumName(stratify: readonly StratifyingAttribute[], group: DrawnStratum['group']): string {
  const names = stratify.map((attribute, at) => {
    const value = group[at] ?? null;
    // regions of trusts have the names of those of people
    const words = attribute === 'trust_region' ? 'region' : attribute;
    return `${attribute} ${value === null ? 'not known' : groupLabel(words, value)}`;
  });
  return names.length === 0 ? 'everybody' : names.join(', ');
}
