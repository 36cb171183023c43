import type { ShownGroup } from '../../../statistics/fairness/shown-evaluation';
import { attributeText, decimal, figureText, valueText } from '../figure-text';
import { dataTable, element } from './markup';
import { legend, seriesStyle, squareAxes, squareHeight, squarePoints, squareWidth, svg } from './plot';

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** The points that are shown; ends of the curve stand where those of every curve stand. */
function curveOf(attribute: string, { value, curve }: ShownGroup): Curve | null {
  const points = curve.flatMap(({ falsePositiveRate, sensitivity }) =>
    'estimate' in sensitivity ? [[falsePositiveRate, sensitivity.estimate] as const] : [],
  );
  return points.length === 0 ? null : { name: valueText(attribute, value), points: [...points, [1, 1]] };
}

/** ROC curves of the groups of an attribute at fixed false positive rates, and the table of the same numbers. */
export function rocSection(id: string, attribute: string, groups: readonly ShownGroup[]): string {
  const curves = groups.flatMap((group) => curveOf(attribute, group) ?? []);
  const rates = groups.find(({ curve }) => curve.length > 0)?.curve ?? [];
  if (rates.length === 0) return '';
  const plot = svg({
    id,
    title: `ROC curves by ${attributeText(attribute)}`,
    description: `Sensitivity against false positive rate, a line for each of ${curves.length} groups; the numbers are in the table below.`,
    width: squareWidth,
    height: squareHeight,
    content: [
      ...squareAxes('False positive rate', 'Sensitivity'),
      ...curves.map(({ points }, index) =>
        element('polyline', { class: 'curve', points: squarePoints(points), ...seriesStyle(index) }),
      ),
    ],
  });
  const rows = groups.map(({ value, curve }) => [
    valueText(attribute, value),
    ...(curve.length === 0
      ? rates.map(() => 'suppressed')
      : curve.map(({ sensitivity }) => figureText(sensitivity))),
  ]);
  return [
    element('h3', {}, 'ROC'),
    curves.length === 0
      ? element('p', {}, 'No curve can be shown of any group.')
      : element('div', { class: 'plot' }, plot, legend(curves.map(({ name }) => name))),
    dataTable(
      'Sensitivity at false positive rates of at most',
      ['Group', ...rates.map(({ falsePositiveRate }) => decimal(falsePositiveRate, 2))],
      rows,
    ),
  ].join('');
}
