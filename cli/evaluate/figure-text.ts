import type { ComparedWith, NotEstimableReason } from '../../statistics/fairness/evaluation';
import type { FigureName, GapName } from '../../statistics/fairness/measures';
import type {
  CountShown,
  EqualisedOdds,
  Estimate,
  NotShown,
  ShownFigure,
  ShownGap,
  WithheldReason,
} from '../../statistics/fairness/shown-evaluation';
import { attributeLabel, groupLabel } from '../../statistics/references/attributes';
import { count } from '../terminal/text';

/** Measures by the names that people know. */
export const figureTitles: Readonly<Record<FigureName, string>> = {
  auc: 'AUC',
  sensitivity: 'Sensitivity',
  specificity: 'Specificity',
  ppv: 'PPV',
  brier: 'Brier score',
  calibrationInTheLarge: 'Calibration in the large',
  calibrationSlope: 'Calibration slope',
};

export const gapTitles: Readonly<Record<GapName, string>> = {
  auc: 'AUC',
  sensitivity: 'Sensitivity (TPR)',
  falsePositiveRate: 'False positive rate',
  ppv: 'PPV',
  calibrationInTheLarge: 'Calibration in the large',
};

/** Reasons that fit into a cell. */
const shortReasons: Readonly<Record<NotEstimableReason | WithheldReason, string>> = {
  TOO_FEW_POSITIVE: 'not estimable (n+ < 10)',
  TOO_FEW_NEGATIVE: 'not estimable (n− < 10)',
  TOO_FEW_FLAGGED: 'not estimable (flagged < 10)',
  TOO_FEW_PATIENTS: 'not estimable (n < 10)',
  TOO_FEW_IN_COMPARISON: 'not estimable (comparison < 10)',
  NO_THRESHOLD: 'no threshold',
  NOT_PROBABILITIES: 'no probabilities',
  NO_FINITE_ESTIMATE: 'not estimable (not finite)',
  SMALL_GROUP: 'suppressed',
  SMALL_CELL: 'withheld (cell < 8)',
};

export const notShownText = ({ notEstimable, withheld, why }: NotShown): string => {
  const reason = notEstimable ?? withheld;
  return reason === undefined ? why : shortReasons[reason];
};

/** With a true minus, and without one before what is rounded to 0. */
export function decimal(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

function signed(value: number, digits: number): string {
  const text = decimal(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

function estimateText(
  { estimate, low, high, decimals }: Estimate,
  write: (value: number, digits: number) => string,
) {
  const interval =
    low === null || high === null ? 'no interval' : `${write(low, decimals)} to ${write(high, decimals)}`;
  return `${write(estimate, decimals)} (${interval})`;
}

/** `0.871 (0.850 to 0.890)` */
export const figureText = (figure: ShownFigure): string =>
  'estimate' in figure ? estimateText(figure, decimal) : notShownText(figure);

/** `−0.041 (−0.080 to −0.002)` */
export const gapText = (gap: ShownGap): string =>
  'estimate' in gap ? estimateText(gap, signed) : notShownText(gap);

export const oddsText = (odds: EqualisedOdds | NotShown): string =>
  'estimate' in odds ? decimal(odds.estimate, odds.decimals) : notShownText(odds);

/** `0.034`, `< 0.001` */
export function pText(pValue: number | null): string {
  if (pValue === null) return 'none';
  return pValue < 0.001 ? '< 0.001' : pValue.toFixed(3);
}

/** Both p values of a gap: as it is, and adjusted. */
export const pValuesText = (gap: ShownGap): readonly [string, string] =>
  'estimate' in gap ? [pText(gap.pValue), pText(gap.adjustedPValue)] : ['', ''];

export const countText = (value: CountShown): string => (value === null ? 'suppressed' : count(value));

/** Between the parts of a combination of attributes and of its values. */
const combined = ' × ';

function namedValue(attribute: string, value: string): string {
  const label = groupLabel(attribute, value);
  return label === value ? value : `${label} (${value})`;
}

/** A group by the words for its code, where the attribute is one of the catalogue: `Male (1)`. */
export function valueText(attribute: string, value: string | null): string {
  if (value === null) return 'not known';
  const [attributes, values] = [attribute.split(combined), value.split(combined)];
  if (attributes.length !== values.length) return value;
  return values.map((part, at) => namedValue(attributes[at] ?? '', part)).join(combined);
}

/** An attribute by its words and the column that it is: `Age (age_band)`. */
export const attributeText = (attribute: string): string =>
  attribute
    .split(combined)
    .map((name) => {
      const label = attributeLabel(name);
      return label.toLowerCase() === name.toLowerCase() ? label : `${label} (${name})`;
    })
    .join(combined);

export const comparedWithText = (attribute: string, compared: ComparedWith): string =>
  compared.kind === 'rest' ? 'the rest' : valueText(attribute, compared.value);
