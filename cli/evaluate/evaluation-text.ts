import { figureNames, gapNames } from '../../statistics/fairness/measures';
import type { ShownEvaluation, ShownGroup } from '../../statistics/fairness/shown-evaluation';
import { table, visibleName } from '../terminal/text';
import { type EvaluationContext, evaluationNotes } from './evaluation-notes';
import {
  attributeText,
  comparedWithText,
  countText,
  figureText,
  figureTitles,
  gapText,
  gapTitles,
  oddsText,
  pValuesText,
  valueText,
} from './figure-text';

const shown = (attribute: string, value: string | null) => visibleName(valueText(attribute, value));

function figureRows(groups: readonly ShownGroup[], nameOf: (group: ShownGroup) => string): string {
  return table([
    ['', 'patients', 'n+', 'n−', ...figureNames.map((name) => figureTitles[name])],
    ...groups.map((group) => {
      const { patients, positivePatients, negativePatients } = group.counts;
      return [
        nameOf(group),
        ...[patients, positivePatients, negativePatients].map(countText),
        ...figureNames.map((name) => figureText(group.figures[name])),
      ];
    }),
  ]);
}

function gapRows(attribute: string, groups: readonly ShownGroup[]): string {
  const rows = groups.flatMap(({ value, comparison }) => {
    if (comparison === null) return [];
    const { gaps, equalisedOdds } = comparison;
    return [
      ...gapNames.map((name) => [
        shown(attribute, value),
        `against ${visibleName(comparedWithText(attribute, comparison.with))}`,
        gapTitles[name],
        gapText(gaps[name]),
        ...pValuesText(gaps[name]),
      ]),
      [
        shown(attribute, value),
        `against ${visibleName(comparedWithText(attribute, comparison.with))}`,
        'Equalised odds',
        oddsText(equalisedOdds),
      ],
    ];
  });
  return rows.length === 0 ? '' : table([['', '', 'gap', '', 'p', 'p (Holm)'], ...rows]);
}

/** An evaluation as tables for the terminal. */
export function evaluationText(evaluation: ShownEvaluation, context: EvaluationContext): string {
  const parts = evaluation.attributes.flatMap(({ name, groups }) => [
    '',
    visibleName(attributeText(name)),
    figureRows(groups, ({ value }) => shown(name, value)),
    gapRows(name, groups),
  ]);
  return [
    figureRows([evaluation.all], () => 'all rows'),
    ...parts.filter((part, index) => part !== '' || index % 4 === 0),
    '',
    ...evaluationNotes(evaluation, context).map((note) => `- ${note}`),
  ].join('\n');
}
