/** One step of a path: a public attribute, or a private one by group, creator and the last byte of the element. */
export type TagStep =
  | { readonly kind: 'public'; readonly tag: number }
  | {
      readonly kind: 'private';
      readonly group: number;
      /** In capitals, as MIDI-B writes it. */
      readonly creator: string;
      readonly element: number;
    };

/** Steps from the top level downwards; `items[n]` is the item of step n that holds step n + 1. */
export interface TagPath {
  readonly steps: readonly TagStep[];
  readonly items: readonly number[];
}

const step = /<\(([0-9a-f]{4}),(?:([0-9a-f]{4})|"([^"]*)",([0-9a-f]{2}))\)>/iy;
const itemNumber = /\[<(\d{4,})>\]/y;

/**
 * Reads a path in the notation of MIDI-B: `<(0008,1140)>[<0000>]<(0008,1155)>`, private
 * `<(0019,"GEMS_ACQU_01",23)>`. Throws where it is none.
 */
export function parseTagPath(text: string): TagPath {
  const steps: TagStep[] = [];
  const items: number[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  for (;;) {
    const match = take(step);
    if (match === null) throw new Error(`Not a tag path: ${text}`);
    const group = Number.parseInt(match[1] ?? '', 16);
    if (match[2] !== undefined) {
      steps.push({ kind: 'public', tag: (group * 0x10000 + Number.parseInt(match[2], 16)) >>> 0 });
    } else {
      const creator = (match[3] ?? '').toUpperCase();
      steps.push({ kind: 'private', group, creator, element: Number.parseInt(match[4] ?? '', 16) });
    }
    if (at === text.length) return { steps, items };
    const inItem = take(itemNumber);
    if (inItem === null) throw new Error(`Not a tag path: ${text}`);
    items.push(Number(inItem[1]));
  }
}

const hex = (number: number, digits: number): string =>
  number.toString(16).padStart(digits, '0').toUpperCase();

/** A path in MIDI-B's notation; `parseTagPath` gives it back. */
export function formatTagPath({ steps, items }: TagPath): string {
  return steps
    .map((part, index) => {
      const own =
        part.kind === 'public'
          ? `<(${hex(part.tag >>> 16, 4)},${hex(part.tag & 0xffff, 4)})>`
          : `<(${hex(part.group, 4)},"${part.creator}",${hex(part.element, 2)})>`;
      const item = items[index];
      return item === undefined ? own : `${own}[<${String(item).padStart(4, '0')}>]`;
    })
    .join('');
}
