/** Columns `left` to `right` and rows `top` to `bottom` of an image, counted from 0, the ends not included. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** By row, the columns to be blanked: pairs of a first column and the one behind the last, in order, not touching. */
export type PixelMask = readonly (readonly number[])[];

/** The part of a rectangle that lies in the image; null where none does. */
export function clip(rectangle: Rectangle, rows: number, columns: number): Rectangle | null {
  const left = Math.max(0, rectangle.left);
  const top = Math.max(0, rectangle.top);
  const right = Math.min(columns, rectangle.right);
  const bottom = Math.min(rows, rectangle.bottom);
  return left < right && top < bottom ? { left, top, right, bottom } : null;
}

/** Joined columns of the rectangles that a row crosses. */
function spansOfRow(rectangles: readonly Rectangle[], row: number): number[] {
  const crossed = rectangles
    .filter(({ top, bottom }) => top <= row && row < bottom)
    .sort((one, other) => one.left - other.left);
  const spans: number[] = [];
  for (const { left, right } of crossed) {
    const end = spans.at(-1);
    if (end === undefined || left > end) spans.push(left, right);
    else spans[spans.length - 1] = Math.max(end, right);
  }
  return spans;
}

function complement(spans: readonly number[], columns: number): number[] {
  const edges = [0, ...spans, columns];
  const outside: number[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    const from = edges[index] as number;
    const to = edges[index + 1] as number;
    if (from < to) outside.push(from, to);
  }
  return outside;
}

/**
 * What is blanked of an image: all outside of `keep` (null: nothing on that account) and all of `blank`. Null where
 * that is nothing.
 */
export function buildMask(
  keep: readonly Rectangle[] | null,
  blank: readonly Rectangle[],
  rows: number,
  columns: number,
): PixelMask | null {
  if (keep === null && blank.length === 0) return null;
  const all = [...(keep ?? []), ...blank];
  const edges = new Set([0, ...all.flatMap(({ top, bottom }) => [top, bottom])]);
  const mask: (readonly number[])[] = [];
  let spans: readonly number[] = [];
  for (let row = 0; row < rows; row += 1) {
    if (edges.has(row)) {
      const outside = keep === null ? [] : complement(spansOfRow(keep, row), columns);
      const pieces = blank.filter(({ top, bottom }) => top <= row && row < bottom);
      for (let index = 0; index < outside.length; index += 2) {
        pieces.push({
          left: outside[index] as number,
          right: outside[index + 1] as number,
          top: row,
          bottom: row + 1,
        });
      }
      spans = spansOfRow(pieces, row);
    }
    mask.push(spans);
  }
  return mask.some((row) => row.length > 0) ? mask : null;
}

/** Number of pixels that a mask blanks. */
export function maskedPixels(mask: PixelMask): number {
  let count = 0;
  for (const spans of mask) {
    for (let index = 0; index < spans.length; index += 2)
      count += (spans[index + 1] as number) - (spans[index] as number);
  }
  return count;
}
