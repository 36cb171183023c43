import { leastShown } from '../../statistics/disclosure/shown-count.contract';
import { isShown } from '../../statistics/representativeness/cell.contract';
import type {
  AttributeReport,
  Comparison,
  GroupComparison,
  InternalReport,
  MissingByRegion,
  RepresentativenessReport,
  Standardised,
  StandardisedGroup,
} from '../../statistics/representativeness/report.contract';
import {
  cellText,
  comparisonSentences,
  countsSentence,
  flagText,
  intervalText,
  missingSentences,
  notComparedText,
  peopleText,
  percent,
  populationLabel,
  ratioOrWhy,
  standardisedSentences,
} from '../../statistics/representativeness/report-words';
import { table, visibleName } from '../terminal/text';

/** Signs on each side of the bar's middle, where the ratio is 1. */
const halfBar = 10;

/** A ratio as a bar from 0 to 2, with a line at 1: `[######    |          ]`. What is above 2 ends in `>`. */
export function bar(ratio: number): string {
  const filled = Math.min(2 * halfBar, Math.round(ratio * halfBar));
  const signs = `${'#'.repeat(filled)}${' '.repeat(2 * halfBar - filled)}`;
  const right = ratio > 2 ? `${signs.slice(halfBar, -1)}>` : signs.slice(halfBar);
  return `[${signs.slice(0, halfBar)}|${right}]`;
}

const barScale = `0${' '.repeat(halfBar - 1)} 1${' '.repeat(halfBar - 1)} 2`;

const flagOf = (group: GroupComparison | StandardisedGroup): string =>
  group.kind === 'compared' ? flagText[group.flag] : '';

const ratioCells = (group: GroupComparison | StandardisedGroup): string[] => [
  ratioOrWhy(group),
  group.kind === 'compared' ? intervalText(group.interval) : '',
  group.kind === 'compared' ? bar(group.ratio) : '',
  flagOf(group),
];

/** Columns of numbers to the right, others to the left. */
function aligned(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = right.map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return table(
    rows.map((row) =>
      row.map((cell, column) =>
        cell.padStart(right.includes(column) ? (widths[right.indexOf(column)] ?? 0) : 0),
      ),
    ),
  );
}

const missingRows = (attribute: AttributeReport): string[][] =>
  attribute.missing.rows.map(({ label, people }) => [label, cellText(people)]);

/** Groups, people and images where there is nothing to compare with. */
function countsTable({ groups }: AttributeReport, missing: readonly string[][]): string {
  return aligned(
    [
      ['GROUP', 'PEOPLE'],
      ...groups.map(({ label, people }) => [visibleName(label), cellText(people)]),
      ...missing,
    ],
    [1],
  );
}

function comparisonTable(
  attribute: AttributeReport,
  comparison: Extract<Comparison, { kind: 'compared' }>,
): string {
  const images = attribute.groups.some((group) => group.images !== null);
  const rows = comparison.groups.map((group) => {
    const counted = attribute.groups.find((each) => each.group === group.group);
    const perPerson = counted?.imagesPerPerson ?? null;
    return [
      visibleName(group.label),
      counted === undefined ? '' : cellText(counted.people),
      ...(images ? [perPerson === null ? '' : perPerson.toFixed(1)] : []),
      group.kind === 'compared' ? percent(group.share) : '',
      'referenceShare' in group && group.referenceShare !== null ? percent(group.referenceShare) : '',
      ...ratioCells(group),
    ];
  });
  const heading = [
    'GROUP',
    'PEOPLE',
    ...(images ? ['IMAGES EACH'] : []),
    'SHARE',
    'POPULATION',
    'RATIO',
    '95 % INTERVAL',
    ` ${barScale}`,
  ];
  return aligned([heading, ...rows, ...missingRows(attribute)], images ? [1, 2, 3, 4, 5] : [1, 2, 3, 4]);
}

function attributeText(attribute: AttributeReport, report: RepresentativenessReport): string {
  const parts = attribute.comparisons.map((comparison) => {
    const population = visibleName(populationLabel(report, comparison.reference));
    const heading = `${visibleName(attribute.label)} – against ${population}`;
    if (comparison.kind === 'not-compared')
      return [heading, countsTable(attribute, missingRows(attribute)), notComparedText[comparison.why]].join(
        '\n',
      );
    const total = `Shares are of the ${peopleText(comparison.people)} people who are seen in these groups.`;
    return [
      heading,
      comparisonTable(attribute, comparison),
      total,
      ...comparisonSentences(comparison, population),
    ].join('\n');
  });
  const alone = [
    `${visibleName(attribute.label)} – no population to compare with`,
    countsTable(attribute, missingRows(attribute)),
  ].join('\n');
  const missing = missingSentences(attribute).join('\n');
  return [...(parts.length === 0 ? [alone] : parts), ...(missing === '' ? [] : [missing])].join('\n\n');
}

function standardisedText(standardised: Standardised, report: RepresentativenessReport): string {
  const population = visibleName(populationLabel(report, standardised.reference));
  const heading = `${standardised.label} – against ${population}, at the ages and sexes of these people`;
  const rows =
    standardised.kind === 'not-compared'
      ? []
      : standardised.groups.map((group) => [
          visibleName(group.label),
          group.kind === 'compared' ? peopleText(group.people) : '',
          group.kind === 'compared' ? peopleText(Math.round(group.expected)) : '',
          ...ratioCells(group),
        ]);
  const head = ['GROUP', 'PEOPLE', 'EXPECTED', 'RATIO', '95 % INTERVAL', ` ${barScale}`];
  return [
    heading,
    ...(rows.length > 0 ? [aligned([head, ...rows], [1, 2, 3])] : []),
    ...standardisedSentences(standardised, population),
  ].join('\n');
}

/** Of how many people what is not known, by trust or by region of the trust. */
function notKnownText(
  by: string,
  places: readonly { readonly name: string; readonly attributes: MissingByRegion['attributes'] }[],
): string {
  const rows = places.flatMap(({ name, attributes }) =>
    attributes.map(({ label, people, share, alarm }) => [
      visibleName(name),
      visibleName(label),
      cellText(people),
      share === null ? '' : percent(share),
      alarm ? 'more than 20 %' : '',
    ]),
  );
  return [
    `People of whom an attribute is not known, by ${by}`,
    aligned([[by.toUpperCase(), 'ATTRIBUTE', 'PEOPLE', 'SHARE'], ...rows], [2, 3]),
  ].join('\n');
}

function regionsText({ missingByTrustRegion = [] }: RepresentativenessReport): string[] {
  const places = missingByTrustRegion.map(({ label, attributes }) => ({ name: label, attributes }));
  return places.length === 0 ? [] : [notKnownText('region of the trust', places)];
}

function trustsText(report: RepresentativenessReport | InternalReport): string[] {
  if (!isInternal(report) || report.missingByTrust.length === 0) return [];
  const places = report.missingByTrust.map(({ trust, attributes }) => ({ name: trust, attributes }));
  return [notKnownText('trust', places)];
}

const isInternal = (report: RepresentativenessReport | InternalReport): report is InternalReport =>
  'missingByTrust' in report;

/** Whether anybody is counted in so small a number that the disclosure rule would hide it. */
export const hasSmallCounts = ({ attributes }: RepresentativenessReport): boolean =>
  attributes.some(({ groups, missing }) =>
    [...groups, ...missing.rows].some(
      ({ people }) => isShown(people) && people.shown >= 1 && people.shown < leastShown,
    ),
  );

/**
 * A report as plain text: a table for each attribute and population, and what it says in sentences.
 * @param notes lines on what it is of
 */
export function reportText(
  report: RepresentativenessReport | InternalReport,
  notes: readonly string[] = [],
): string {
  const sources = report.references.map(
    ({ label, source, licence }) => `${visibleName(label)}: ${visibleName(source)}; ${visibleName(licence)}`,
  );
  return [
    [`${visibleName(report.name)}: whom it represents`, ...notes, countsSentence[report.counts]].join('\n'),
    ...report.standardised.map((each) => standardisedText(each, report)),
    ...report.attributes.map((attribute) => attributeText(attribute, report)),
    ...regionsText(report),
    ...trustsText(report),
    sources.join('\n'),
  ].join('\n\n');
}
