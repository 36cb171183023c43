import type { Block, Datasheet, Inline } from './datasheet-blocks';

/** Characters that CommonMark or its tables would take for markup. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>|#~]/g, '\\$&').replace(/\r?\n/g, ' ');

function inline(value: Inline): string {
  if (typeof value === 'string') return escaped(value);
  if ('share' in value) return escaped(value.words);
  const address = value.address.replace(/[\s<>|]/g, encodeURIComponent);
  return value.words === undefined ? `<${address}>` : `[${escaped(value.words)}](<${address}>)`;
}

function block(content: Block): string {
  switch (content.kind) {
    case 'paragraph':
      return inline(content.text);
    case 'list':
      return content.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'table': {
      const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
      return [
        `**${escaped(content.caption)}**`,
        '',
        row(content.head.map(escaped)),
        row(content.head.map(() => '---')),
        ...content.rows.map((cells) => row(cells.map(inline))),
      ].join('\n');
    }
  }
}

/** A datasheet as Markdown (CommonMark with tables). */
export function datasheetMarkdown({ title, sections }: Datasheet): string {
  const parts = sections.flatMap(({ number, title: heading, blocks }) => [
    `## ${number === null ? '' : `${number}. `}${escaped(heading)}`,
    ...blocks.map(block),
  ]);
  return `${[`# ${escaped(title)}`, ...parts].join('\n\n')}\n`;
}
