import { escapeEntities } from './html-entities';

/** HTML that is made from templates, with every value escaped. */

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** Characters that a reader does not see; line feeds stay. */
const unseen = /[^\P{C}\n]/gu;

type Value = Html | string | number | readonly Value[];

function escaped(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number')
    return escapeEntities(String(value).replace(unseen, ' '));
  return value.map(escaped).join('');
}

/** HTML from a template. Values stand in text or in quoted attributes; they are escaped unless they are `Html`. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    strings.reduce((text, part, index) => {
      const value = values[index - 1];
      return text + (value === undefined ? '' : escaped(value)) + part;
    }),
  );
}
