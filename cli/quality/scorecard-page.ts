import type { Scorecard } from '../../lambda/quality/quality.contract';
import { type Html, html } from '../../statistics/html';
import { pageStyle } from '../../statistics/representativeness/report-style';
import { collectionRows, findingHeadings, findingRows, summaryRows } from './scorecard-text';

const pairs = (caption: string, rows: readonly (readonly [string, string])[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><tbody>
${rows.map(([label, value]) => html`<tr><th scope="row">${label}</th><td class="number">${value}</td></tr>\n`)}</tbody></table></div>`;

function findings(caption: string, rows: readonly (readonly string[])[]): Html {
  if (rows.length === 0) return html`<p>No findings.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${findingHeadings.map((heading) => html`<th scope="col">${heading === '' ? 'verdict' : heading}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

const cardSection = (card: Scorecard): Html => html`<section><h2>Week ${card.week}</h2>
<p>Measured ${card.measuredAt.slice(0, 10)}. Images held and findings are those of that day.</p>
${pairs(`Deliveries of week ${card.week}`, summaryRows(card))}
${card.collections.map(
  (each) => html`<h3>Collection ${each.collection}</h3>
${pairs(`Collection ${each.collection}`, collectionRows(each))}
${findings(`Findings in ${each.collection}`, findingRows(each))}
`,
)}</section>
`;

/** Scorecards of a trust as a page without scripts. */
export function scorecardPage(trust: string, cards: readonly Scorecard[]): string {
  return html`<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Scorecard of ${trust}</title><style>${pageStyle}</style></head>
<body><main><h1>Scorecard of ${trust}</h1>
<p class="notice">For the trust and officers. The counts are exact: do not pass them on.</p>
${cards.map(cardSection)}</main></body></html>
`.text;
}
