import { figureNames } from '../../../statistics/fairness/measures';
import type { ShownEvaluation, ShownGroup } from '../../../statistics/fairness/shown-evaluation';
import { escapeEntities } from '../../../statistics/html-entities';
import { type EvaluationContext, evaluationNotes } from '../evaluation-notes';
import { attributeText, countText, figureText, figureTitles, valueText } from '../figure-text';
import { calibrationSection } from './calibration-section';
import { gapSection } from './gap-section';
import { dataTable, element } from './markup';
import { rocSection } from './roc-section';

const style = `
body{font:16px/1.5 Arial,Helvetica,sans-serif;color:#212b32;background:#fff;margin:0 auto;padding:1rem 1.5rem 4rem;max-width:75rem}
h1{font-size:1.9rem}h2{margin-top:3rem;border-top:4px solid #005eb8;padding-top:1rem}
a{color:#005eb8}a:focus,.scroll:focus{outline:3px solid #ffeb3b;box-shadow:0 0 0 6px #212b32}
.notice{border-left:8px solid #005eb8;padding:.5rem 1rem;background:#f0f4f5}.internal{border-color:#d5281b}
.scroll{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;font-size:.875rem}
caption{text-align:left;font-weight:bold;padding:.5rem 0}
th,td{border-bottom:1px solid #aeb7bd;padding:.35rem .75rem .35rem 0;text-align:left;vertical-align:top}
tbody th{font-weight:normal}td{font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}svg text{font-size:12px;fill:#212b32}svg text.quiet{fill:#4c6272}
.plot{display:flex;flex-wrap:wrap;gap:1.5rem;align-items:flex-start}.legend svg{margin-right:.5rem;overflow:visible}
.legend{list-style:none;padding:0;margin:0}figure{margin:1rem 0}figcaption{font-weight:bold}
.grid{stroke:#d8dde0}.diagonal{stroke:#768692;stroke-dasharray:3 3}.zero{stroke:#212b32}
.curve{fill:none;stroke-width:2}.whisker{stroke-width:1.5}.interval{stroke:#005eb8;stroke-width:2}.point{fill:#005eb8}
@media print{.scroll{overflow:visible}h2{break-before:page}}
`;

function figureTable(caption: string, groups: readonly ShownGroup[], nameOf: (group: ShownGroup) => string) {
  return dataTable(
    caption,
    ['Group', 'Patients', 'n+', 'n−', ...figureNames.map((name) => figureTitles[name])],
    groups.map((group) => {
      const { patients, positivePatients, negativePatients } = group.counts;
      return [
        nameOf(group),
        ...[patients, positivePatients, negativePatients].map(countText),
        ...figureNames.map((name) => figureText(group.figures[name])),
      ];
    }),
  );
}

/** The evaluation as one page that needs nothing else: no scripts, no fonts, nothing fetched. */
export function evaluationPage(evaluation: ShownEvaluation, context: EvaluationContext): string {
  const { all, attributes, disclosure } = evaluation;
  const [first = '', ...notes] = evaluationNotes(evaluation, context);
  const title = 'Scores of a model by group';
  const whole: ShownGroup = { ...all, value: 'all rows' };
  const sections = attributes.map(({ name, groups }, index) => {
    const id = `attribute-${index + 1}`;
    return element(
      'section',
      { id },
      element('h2', {}, escapeEntities(attributeText(name))),
      figureTable(`Measures by ${attributeText(name)}`, groups, ({ value }) => valueText(name, value)),
      gapSection(`${id}-gap`, name, groups),
      rocSection(`${id}-roc`, name, groups),
      calibrationSection(`${id}-calibration`, name, groups),
    );
  });
  const contents = attributes.map(({ name }, index) =>
    element('li', {}, element('a', { href: `#attribute-${index + 1}` }, escapeEntities(attributeText(name)))),
  );
  const body = element(
    'main',
    {},
    element('h1', {}, title),
    element('p', { class: disclosure === 'internal' ? 'notice internal' : 'notice' }, escapeEntities(first)),
    ...(contents.length === 0
      ? []
      : [element('nav', { 'aria-label': 'Attributes' }, element('ul', {}, ...contents))]),
    element('h2', {}, 'How to read this'),
    element('ul', {}, ...notes.map((note) => element('li', {}, escapeEntities(note)))),
    element('h2', {}, 'All rows'),
    figureTable('Measures of all rows', [whole], () => 'all rows'),
    rocSection('all-roc', 'all rows', [whole]),
    calibrationSection('all-calibration', 'all rows', [whole]),
    ...sections,
  );
  const head = element(
    'head',
    {},
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    // should anything slip through the escapes, the browser runs and fetches nothing
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    element('title', {}, title),
    element('style', {}, style),
  );
  return `<!doctype html>\n${element('html', { lang: 'en-GB' }, head, element('body', {}, body))}\n`;
}
