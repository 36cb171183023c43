import { type Html, html } from '../html';
import type {
  AttributeReport,
  Comparison,
  GroupComparison,
  InternalReport,
  MissingByRegion,
  RepresentativenessReport,
  Standardised,
  StandardisedGroup,
} from './report.contract';
import { pageStyle } from './report-style';
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
} from './report-words';

/** Ratio at the right end of a bar; what is above it is cut there. */
const longestRatio = 2;

const place = (ratio: number): string =>
  `${((100 * Math.min(ratio, longestRatio)) / longestRatio).toFixed(1)}%`;

/** A bar from 0 to 2 with a line at 1 and the interval over it. What it shows stands in the cells beside it. */
function bar(group: GroupComparison | StandardisedGroup): Html {
  if (group.kind !== 'compared') return html``;
  const { low, high } = group.interval;
  const width =
    (100 * Math.max(0, Math.min(high, longestRatio) - Math.min(low, longestRatio))) / longestRatio;
  return html`<div class="bar" aria-hidden="true"><span class="fill ${group.flag}" style="width:${place(group.ratio)}"></span><span class="interval" style="left:${place(low)};width:${width.toFixed(1)}%"></span><span class="one"></span></div>`;
}

const number = (text: string): Html => html`<td class="number">${text}</td>`;

const ratioCells = (group: GroupComparison | StandardisedGroup): Html =>
  html`${number(ratioOrWhy(group))}${number(group.kind === 'compared' ? intervalText(group.interval) : '')}<td>${bar(group)}</td><td class="verdict">${group.kind === 'compared' ? flagText[group.flag] : ''}</td>`;

const ratioHeadings = html`<th scope="col" class="number">Ratio</th><th scope="col" class="number">95 % interval</th><th scope="col"><span class="scale"><span>0</span><span>1</span><span>2</span></span></th><th scope="col"><span class="unseen">Verdict</span></th>`;

const sentences = (texts: readonly string[]): Html =>
  texts.length === 0 ? html`` : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;

function missingRows({ missing }: AttributeReport, columnsAfter: number): Html[] {
  return missing.rows.map(
    ({ label, people }) =>
      html`<tr class="missing"><th scope="row">${label}</th>${number(cellText(people))}<td colspan="${columnsAfter}">not in any group</td></tr>\n`,
  );
}

function comparisonTable(
  attribute: AttributeReport,
  comparison: Extract<Comparison, { kind: 'compared' }>,
  population: string,
): Html {
  const images = attribute.groups.some((group) => group.images !== null);
  const rows = comparison.groups.map((group) => {
    const counted = attribute.groups.find((each) => each.group === group.group);
    const perPerson = counted?.imagesPerPerson ?? null;
    const share = group.kind === 'compared' ? percent(group.share) : '';
    const referenceShare =
      'referenceShare' in group && group.referenceShare !== null ? percent(group.referenceShare) : '';
    return html`<tr><th scope="row">${group.label}</th>${number(counted === undefined ? '' : cellText(counted.people))}${images ? number(perPerson === null ? '' : perPerson.toFixed(1)) : ''}${number(share)}${number(referenceShare)}${ratioCells(group)}</tr>\n`;
  });
  return html`<div class="scroll" role="region" tabindex="0" aria-label="People by ${attribute.label.toLowerCase()}, against ${population}"><table>
<caption>People by ${attribute.label.toLowerCase()}, against ${population}. Shares are of the ${peopleText(comparison.people)} people who are seen in these groups.</caption>
<thead><tr><th scope="col">Group</th><th scope="col" class="number">People</th>${images ? html`<th scope="col" class="number">Images a person</th>` : ''}<th scope="col" class="number">Share</th><th scope="col" class="number">In the population</th>${ratioHeadings}</tr></thead>
<tbody>
${rows}${missingRows(attribute, images ? 7 : 6)}</tbody>
</table></div>`;
}

const countsTable = (
  attribute: AttributeReport,
): Html => html`<div class="scroll" role="region" tabindex="0" aria-label="People by ${attribute.label.toLowerCase()}"><table>
<caption>People by ${attribute.label.toLowerCase()}</caption>
<thead><tr><th scope="col">Group</th><th scope="col" class="number">People</th><th scope="col"></th></tr></thead>
<tbody>
${attribute.groups.map(({ label, people }) => html`<tr><th scope="row">${label}</th>${number(cellText(people))}<td></td></tr>\n`)}${missingRows(attribute, 1)}</tbody>
</table></div>`;

function attributeSection(attribute: AttributeReport, report: RepresentativenessReport): Html {
  const parts = attribute.comparisons.map((comparison) => {
    const population = populationLabel(report, comparison.reference);
    const heading = html`<h3>Against ${population}</h3>`;
    if (comparison.kind === 'not-compared')
      return html`${heading}<p>${notComparedText[comparison.why]}</p>${countsTable(attribute)}`;
    return html`${heading}${sentences(comparisonSentences(comparison, population))}${comparisonTable(attribute, comparison, population)}`;
  });
  return html`<section><h2>${attribute.label}</h2>
${sentences(missingSentences(attribute))}${parts.length > 0 ? parts : html`<p>No population to compare with.</p>${countsTable(attribute)}`}</section>
`;
}

function standardisedSection(standardised: Standardised, report: RepresentativenessReport): Html {
  const population = populationLabel(report, standardised.reference);
  const said = sentences(standardisedSentences(standardised, population));
  const heading = html`<h2>${standardised.label}, at the same ages and sexes</h2>`;
  if (standardised.kind === 'not-compared') return html`<section>${heading}${said}</section>\n`;
  const rows = standardised.groups.map(
    (group) =>
      html`<tr><th scope="row">${group.label}</th>${number(group.kind === 'compared' ? peopleText(group.people) : '')}${number(group.kind === 'compared' ? peopleText(Math.round(group.expected)) : '')}${ratioCells(group)}</tr>\n`,
  );
  return html`<section>${heading}${said}<div class="scroll" role="region" tabindex="0" aria-label="People by ethnic group and how many are expected"><table>
<caption>People by ethnic group, and how many ${population} would have among ${peopleText(standardised.people)} people of the same ages and sexes</caption>
<thead><tr><th scope="col">Group</th><th scope="col" class="number">People</th><th scope="col" class="number">Expected</th>${ratioHeadings}</tr></thead>
<tbody>
${rows}</tbody>
</table></div></section>
`;
}

interface NotKnownRow {
  /** Trust, or region of trusts. */
  readonly name: string;
  readonly attributes: MissingByRegion['attributes'];
}

/** Of how many people what is not known, by trust or by region of the trust. */
function notKnownSection(by: string, remark: string, places: readonly NotKnownRow[]): Html {
  const rows = places.flatMap(({ name, attributes }) =>
    attributes.map(
      ({ label, people, share, alarm }) =>
        html`<tr><th scope="row">${name}</th><td>${label}</td>${number(cellText(people))}${number(share === null ? '' : percent(share))}<td>${alarm ? 'more than 20 %' : ''}</td></tr>\n`,
    ),
  );
  return html`<section><h2>Not known, by ${by}</h2><p>${remark}</p><div class="scroll" role="region" tabindex="0" aria-label="People of whom an attribute is not known, by ${by}"><table>
<caption>People of whom an attribute is not known</caption>
<thead><tr><th scope="col">${by === 'trust' ? 'Trust' : 'Region'}</th><th scope="col">Attribute</th><th scope="col" class="number">People</th><th scope="col" class="number">Share</th><th scope="col"></th></tr></thead>
<tbody>
${rows}</tbody>
</table></div></section>
`;
}

function regionsSection({ missingByTrustRegion = [] }: RepresentativenessReport): Html | '' {
  const places = missingByTrustRegion.map(({ label, attributes }) => ({ name: label, attributes }));
  return places.length === 0
    ? ''
    : notKnownSection('region of the trust', 'Of the region of the trust that sent the images.', places);
}

function trustsSection(report: RepresentativenessReport | InternalReport): Html | '' {
  if (!('missingByTrust' in report) || report.missingByTrust.length === 0) return '';
  const places = report.missingByTrust.map(({ trust, attributes }) => ({ name: trust, attributes }));
  return notKnownSection('trust', 'For people inside the platform only.', places);
}

const sourcesSection = ({ references }: RepresentativenessReport): Html => html`<section><h2>Sources</h2>
<dl>${references.map(
  ({ label, source, date, licence, note }) =>
    html`<dt>${label}</dt><dd>${source}. Counted for ${date}. ${licence}.${note === null ? '' : html` ${note}`}</dd>\n`,
)}</dl></section>
`;

/** A report as part of a page: sections with headings of the second order. */
export function reportSections(report: RepresentativenessReport | InternalReport): Html {
  return html`<p class="notice">${countsSentence[report.counts]} A ratio of 1 means that a group is as frequent here as in the population; 0.5, half as frequent.</p>
${report.standardised.map((each) => standardisedSection(each, report))}${report.attributes.map((each) => attributeSection(each, report))}${regionsSection(report)}${trustsSection(report)}${sourcesSection(report)}`;
}

/**
 * A report as a page of its own that needs no script and nothing from elsewhere.
 * @param notes sentences on what it is of
 */
export function reportPage(
  report: RepresentativenessReport | InternalReport,
  notes: readonly string[] = [],
): string {
  const title = `Whom ${report.name} represents`;
  return html`<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${pageStyle}</style></head>
<body><main><h1>${title}</h1>
${notes.map((note) => html`<p>${note}</p>\n`)}${reportSections(report)}</main></body></html>
`.text;
}
