import type { ShownGroup } from '../../../statistics/fairness/shown-evaluation';
import { attributeText, decimal, figureText, valueText } from '../figure-text';
import { dataTable, element } from './markup';
import {
  legend,
  line,
  round,
  seriesStyle,
  squareAxes,
  squareHeight,
  squarePoints,
  squareWidth,
  squareX,
  squareY,
  svg,
} from './plot';

interface Point {
  readonly score: number;
  readonly observed: number;
  readonly low: number | null;
  readonly high: number | null;
}

function pointsOf({ calibration }: ShownGroup): Point[] {
  return calibration.flatMap(({ meanScore, observed }) =>
    'estimate' in observed
      ? [{ score: meanScore, observed: observed.estimate, low: observed.low, high: observed.high }]
      : [],
  );
}

function drawn(points: readonly Point[], index: number): string[] {
  const { stroke, 'stroke-dasharray': dash } = seriesStyle(index);
  return [
    ...points.flatMap(({ score, low, high }) =>
      low === null || high === null
        ? []
        : [
            element(
              'g',
              { stroke },
              line(squareX(score), squareY(low), squareX(score), squareY(high), 'whisker'),
            ),
          ],
    ),
    element('polyline', {
      class: 'curve',
      points: squarePoints(points.map(({ score, observed }) => [score, observed])),
      stroke,
      'stroke-dasharray': dash,
    }),
    ...points.map(({ score, observed }) =>
      element('circle', { cx: round(squareX(score)), cy: round(squareY(observed)), r: 3.5, fill: stroke }),
    ),
  ];
}

/** Shares with the finding by fifth of scores, by group, and the table of the same numbers. */
export function calibrationSection(id: string, attribute: string, groups: readonly ShownGroup[]): string {
  if (groups.every(({ calibration }) => calibration.length === 0)) return '';
  const shown = groups.filter((group) => pointsOf(group).length > 0);
  const plot = svg({
    id,
    title: `Calibration by ${attributeText(attribute)}`,
    description: `Share with the finding against mean score in fifths of the scores, a line for each of ${shown.length} groups with upright lines for intervals; the numbers are in the table below. On the diagonal scores are right.`,
    width: squareWidth,
    height: squareHeight,
    content: [
      ...squareAxes('Mean score', 'Share with the finding'),
      ...shown.flatMap((group, index) => drawn(pointsOf(group), index)),
    ],
  });
  const rows = groups.flatMap(({ value, calibration }) =>
    calibration.map(({ meanScore, observed }) => [
      valueText(attribute, value),
      decimal(meanScore),
      figureText(observed),
    ]),
  );
  return [
    element('h3', {}, 'Calibration'),
    shown.length === 0
      ? element('p', {}, 'No point can be shown of any group.')
      : element(
          'div',
          { class: 'plot' },
          plot,
          legend(shown.map(({ value }) => valueText(attribute, value))),
        ),
    dataTable(
      'Share with the finding in fifths of the scores of all rows',
      ['Group', 'Mean score', 'Share with the finding'],
      rows,
    ),
  ].join('');
}
