import { escapeEntities } from '../../../statistics/html-entities';

/** An element; attributes are escaped, content is markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeEntities(String(value))}"`,
  );
  return `<${name}${written.join('')}>${content.join('')}</${name}>`;
}

/** A table with a caption, a heading for each column, and one for each row in its first column. */
export function dataTable(
  caption: string,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heading.map((text) => element('th', { scope: 'col' }, escapeEntities(text)));
  const body = rows.map(([first = '', ...cells]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, escapeEntities(first)),
      ...cells.map((text) => element('td', {}, escapeEntities(text))),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, escapeEntities(caption)),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}
