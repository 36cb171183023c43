/** A datasheet apart from how it is written down: Markdown and HTML are made from the same blocks. */

/** What stands in a cell or a line. */
export type Inline =
  | string
  /** A web address, with words for it where it has some. */
  | { readonly address: string; readonly words?: string }
  /** A share from 0 to 1, which HTML draws as a bar beside its words. */
  | { readonly share: number | null; readonly words: string };

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Inline }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Inline[])[];
    };

export interface Section {
  /** `1` to `16`; none for the summary that comes first. */
  readonly number: string | null;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Datasheet {
  readonly title: string;
  readonly sections: readonly Section[];
}

export const paragraph = (text: Inline): Block => ({ kind: 'paragraph', text });
export const list = (items: readonly Inline[]): Block => ({ kind: 'list', items });
export const table = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Inline[])[],
): Block => ({ kind: 'table', caption, head, rows });
