import { type GapName, gapNames } from '../../../statistics/fairness/measures';
import type { ShownGap, ShownGroup } from '../../../statistics/fairness/shown-evaluation';
import {
  attributeText,
  comparedWithText,
  decimal,
  gapText,
  gapTitles,
  notShownText,
  oddsText,
  pValuesText,
  valueText,
} from '../figure-text';
import { dataTable, element } from './markup';
import { line, round, svg, text } from './plot';

/** Gaps that are drawn: those of one scale, so that one axis serves. */
const drawnGaps = ['auc', 'sensitivity', 'falsePositiveRate'] as const satisfies readonly GapName[];

const label = { width: 190, most: 26 } as const;
const axis = { left: 200, width: 420 } as const;
const rowHeight = 24;
const top = 8;

interface ForestRow {
  readonly name: string;
  readonly gap: ShownGap;
}

const shortened = (name: string): string =>
  name.length > label.most ? `${name.slice(0, label.most - 1)}…` : name;

/** A round number that holds every interval: the axis goes from −reach to reach. */
function reachOf(rows: readonly ForestRow[]): number {
  const ends = rows.flatMap(({ gap }) =>
    'estimate' in gap ? [gap.estimate, gap.low ?? 0, gap.high ?? 0].map(Math.abs) : [],
  );
  const largest = Math.max(0.01, ...ends);
  return [0.05, 0.1, 0.2, 0.5, 1].find((reach) => reach >= largest) ?? 2;
}

function forest(id: string, title: string, rows: readonly ForestRow[]): string {
  const reach = reachOf(rows);
  const x = (gap: number) => axis.left + ((gap + reach) / (2 * reach)) * axis.width;
  const bottom = top + rows.length * rowHeight;
  const ticks = [-1, -0.5, 0, 0.5, 1].map((part) => part * reach);
  const drawn = rows.flatMap(({ name, gap }, index) => {
    const y = top + (index + 0.5) * rowHeight;
    const named = text(label.width, y + 4, shortened(name), { 'text-anchor': 'end' });
    if (!('estimate' in gap))
      return [named, text(axis.left + 6, y + 4, notShownText(gap), { class: 'quiet' })];
    const { estimate, low, high } = gap;
    return [
      named,
      ...(low === null || high === null ? [] : [line(x(low), y, x(high), y, 'interval')]),
      element('circle', { cx: round(x(estimate)), cy: round(y), r: 4.5, class: 'point' }),
    ];
  });
  return svg({
    id,
    title,
    description:
      'A point and its interval for each group; right of the middle line the group has more. The numbers are in the table below.',
    width: axis.left + axis.width + 30,
    height: bottom + 32,
    content: [
      ...ticks.map((tick) => line(x(tick), top, x(tick), bottom, tick === 0 ? 'zero' : 'grid')),
      ...ticks.map((tick) => text(x(tick), bottom + 18, decimal(tick), { 'text-anchor': 'middle' })),
      ...drawn,
    ],
  });
}

function gapCell(gap: ShownGap): string {
  const [pValue, adjusted] = pValuesText(gap);
  return 'estimate' in gap ? `${gapText(gap)}; p ${pValue}, Holm ${adjusted}` : gapText(gap);
}

/** Gaps of each group with what it is compared with: forest plots, and the table of the same numbers. */
export function gapSection(id: string, attribute: string, groups: readonly ShownGroup[]): string {
  const compared = groups.flatMap(({ value, comparison }) =>
    comparison === null ? [] : [{ name: valueText(attribute, value), comparison }],
  );
  if (compared.length === 0)
    return element('h3', {}, 'Gaps') + element('p', {}, 'There are no two groups to compare.');
  const plots = drawnGaps.map((name) => {
    const title = `${gapTitles[name]}: gaps by ${attributeText(attribute)}`;
    const rows = compared.map(({ name: group, comparison }) => ({ name: group, gap: comparison.gaps[name] }));
    return element(
      'figure',
      {},
      element('figcaption', {}, gapTitles[name]),
      forest(`${id}-${name}`, title, rows),
    );
  });
  const rows = compared.map(({ name, comparison }) => {
    const { equalisedOdds, gaps } = comparison;
    return [
      name,
      comparedWithText(attribute, comparison.with),
      ...gapNames.map((gap) => gapCell(gaps[gap])),
      oddsText(equalisedOdds),
    ];
  });
  return [
    element('h3', {}, 'Gaps'),
    ...plots,
    dataTable(
      `Gaps by ${attributeText(attribute)}: group − comparison, with 95 % interval, p value and p value adjusted by Holm`,
      ['Group', 'Compared with', ...gapNames.map((name) => gapTitles[name]), 'Equalised odds'],
      rows,
    ),
  ].join('');
}
