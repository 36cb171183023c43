import { escapeEntities } from '../../statistics/html-entities';
import type { Block, Datasheet, Inline, Section } from './datasheet-blocks';

/** Width of a bar of 100 %, in CSS pixels. */
const barWidth = 100;

function inline(value: Inline): string {
  if (typeof value === 'string') return escapeEntities(value);
  if ('address' in value) {
    // Whatever is not a web address stays text: a browser would run `javascript:`.
    if (!/^https?:\/\//.test(value.address)) return escapeEntities(value.words ?? value.address);
    return `<a href="${escapeEntities(value.address)}">${escapeEntities(value.words ?? value.address)}</a>`;
  }
  if (value.share === null) return escapeEntities(value.words);
  const width = (value.share * barWidth).toFixed(0);
  return (
    `<span class="bar"><svg width="${barWidth}" height="10" aria-hidden="true">` +
    `<rect width="${barWidth}" height="10" fill="#d8dde0"></rect><rect width="${width}" height="10" fill="#005eb8"></rect></svg> ` +
    `${escapeEntities(value.words)}</span>`
  );
}

const isNumber = (value: Inline | undefined): boolean =>
  typeof value === 'string' && /^(\d[\d,]*|withheld)$/.test(value);

function block(content: Block): string {
  switch (content.kind) {
    case 'paragraph':
      return `<p>${inline(content.text)}</p>`;
    case 'list':
      return `<ul>${content.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const numeric = content.head.map((_, column) => isNumber(content.rows[0]?.[column]));
      const align = (column: number) => (numeric[column] ? ' class="number"' : '');
      // A table without a heading of its own, like that of the identity, has headings of rows only.
      const head = content.head.every((text) => text === '')
        ? ''
        : `<thead><tr>${content.head
            .map((text, column) =>
              text === '' ? '<td></td>' : `<th scope="col"${align(column)}>${escapeEntities(text)}</th>`,
            )
            .join('')}</tr></thead>`;
      const rows = content.rows
        .map(([first = '', ...rest]) => {
          const cells = rest.map((cell, index) => `<td${align(index + 1)}>${inline(cell)}</td>`).join('');
          return `<tr><th scope="row">${inline(first)}</th>${cells}</tr>`;
        })
        .join('');
      return (
        `<div class="scroll" role="region" tabindex="0" aria-label="${escapeEntities(content.caption)}">` +
        `<table><caption>${escapeEntities(content.caption)}</caption>${head}<tbody>${rows}</tbody></table></div>`
      );
    }
  }
}

const style = `
body { font-family: Arial, sans-serif; line-height: 1.5; color: #212b32; background: #fff; margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; }
a { color: #005eb8; } a:focus, .scroll:focus { outline: 3px solid #ffb81c; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
h1 { line-height: 1.2; } h2 { border-top: 1px solid #d8dde0; padding-top: 1rem; margin-top: 2rem; }
.summary { border-left: 6px solid #005eb8; padding: .1rem 1rem; background: #f0f4f5; }
.summary h2 { border: 0; margin-top: 0; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: bold; padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #d8dde0; overflow-wrap: anywhere; min-width: 4rem; }
tbody th { font-weight: normal; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { white-space: nowrap; }
`;

function section({ number, title, blocks }: Section, index: number): string {
  const heading = `<h2 id="s${index}">${number === null ? '' : `${number}. `}${escapeEntities(title)}</h2>`;
  return `<section aria-labelledby="s${index}"${number === null ? ' class="summary"' : ''}>${heading}${blocks.map(block).join('')}</section>`;
}

/** A datasheet as a page that needs no script and no other file. */
export function datasheetHtml({ title, sections }: Datasheet): string {
  const contents = sections
    .map(
      ({ number, title: heading }, index) =>
        `<li><a href="#s${index}">${number === null ? '' : `${number}. `}${escapeEntities(heading)}</a></li>`,
    )
    .join('');
  return [
    '<!DOCTYPE html>',
    '<html lang="en-GB">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeEntities(title)}</title><style>${style}</style></head>`,
    '<body><a class="skip" href="#main">Skip to content</a>',
    `<main id="main"><h1>${escapeEntities(title)}</h1>`,
    ...sections.filter(({ number }) => number === null).map((each, index) => section(each, index)),
    `<nav aria-label="Sections"><h2>Sections</h2><ul>${contents}</ul></nav>`,
    ...sections.flatMap((each, index) => (each.number === null ? [] : [section(each, index)])),
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}
