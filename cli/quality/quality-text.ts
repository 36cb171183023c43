import type { QualityAnswer } from '../../lambda/quality/quality.contract';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { aboutText } from '../terminal/shown-count-text';
import { count, table } from '../terminal/text';
import { percent } from './scorecard-text';

type Counted = number | ShownCount;

const amount = (value: Counted): string => (typeof value === 'number' ? count(value) : aboutText(value));

const figure = (value: Counted): number | null =>
  typeof value === 'number' ? value : value.kind === 'shown' ? value.value : null;

/** A share of what is shown; of what is suppressed none. */
function shareOf(part: Counted, of: Counted): string {
  const [one, all] = [figure(part), figure(of)];
  return one === null || all === null ? '–' : percent(one, all);
}

/** The quality of a collection by trust, findings above their threshold first. */
export function qualityText({ collection, counts, trusts }: QualityAnswer): string {
  if (trusts.length === 0) return `No scorecard tells of ${collection} yet.`;
  const sections = trusts.map(({ trust, week, images, findings }) => {
    const rows = [...findings]
      .sort((one, other) => Number(other.exceeded) - Number(one.exceeded))
      .map((each) => [
        each.exceeded ? 'too many' : 'few',
        `${amount(each.count)} of ${amount(each.of)} ${each.unit}`,
        shareOf(each.count, each.of),
        percent(each.threshold, 1),
        each.sentence,
      ]);
    const heading = `${trust}, scorecard of week ${week}: ${amount(images)} images held`;
    return rows.length === 0
      ? `${heading}\n  ${counts === 'exact' ? 'No findings.' : 'No findings that may be shown.'}`
      : `${heading}\n${table([['', 'count', 'share', 'allowed', 'what'], ...rows]).replaceAll(/^/gm, '  ')}`;
  });
  const note =
    counts === 'exact'
      ? 'The counts are exact: do not pass them on.'
      : 'Counts are rounded to the nearest 5; findings of fewer than 8 are left out.';
  return [...sections, note].join('\n\n');
}
