import { escapeEntities } from '../../statistics/html-entities';

/** A letter in parts, from which its plain text and its HTML are made. All words in it are data, never markup. */
export interface LetterParts {
  readonly subject: string;
  readonly reference: string;
  readonly date: string;
  readonly body: readonly LetterBlock[];
}

export type LetterBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Words of somebody else, in their own lines. */
  | { readonly kind: 'quotation'; readonly text: string };

const sender = 'Data Access Committee, National Medical Imaging Platform';

/** Characters that a reader does not see and a terminal or mail program might obey; line feeds stay. */
const unseen = /[^\P{C}\n]/gu;

const plain = (text: string): string => text.replaceAll('\r\n', '\n').replace(unseen, ' ');

/** Text as HTML shows it (HTML Living Standard section 13.3). */
export function escapeHtml(text: string): string {
  return escapeEntities(plain(text));
}

function textBlock(block: LetterBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return plain(block.text);
    case 'list':
      return block.items.map((item) => `- ${plain(item)}`).join('\n');
    case 'quotation':
      return plain(block.text)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');
  }
}

/** The letter as plain text. */
export function letterText(parts: LetterParts): string {
  const head = [sender, parts.date, `Reference: ${parts.reference}`].join('\n');
  return `${[head, plain(parts.subject), ...parts.body.map(textBlock), sender].join('\n\n')}\n`;
}

function htmlBlock(block: LetterBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'quotation':
      return `<blockquote>${escapeHtml(block.text).replaceAll('\n', '<br>')}</blockquote>`;
  }
}

/** The letter as a page of HTML. */
export function letterHtml(parts: LetterParts): string {
  const head = [sender, parts.date, `Reference: ${parts.reference}`].map(escapeHtml).join('<br>');
  return [
    '<!doctype html>',
    '<html lang="en-GB">',
    `<head><meta charset="utf-8"><title>${escapeHtml(parts.subject)}</title></head>`,
    '<body>',
    `<p>${head}</p>`,
    `<h1>${escapeHtml(parts.subject)}</h1>`,
    ...parts.body.map(htmlBlock),
    `<p>${escapeHtml(sender)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
