/**
 * Compares two strings by their UTF-8 bytes, the order of S3 listings. JavaScript compares UTF-16 units, which differs
 * only where a surrogate (above U+FFFF) meets a unit from U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Index of the first key for which `isBelow` no longer holds; keys for which it holds come first. */
export function firstNot(keys: readonly string[], isBelow: (key: string) => boolean, from = 0): number {
  let low = from;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(keys[middle] as string)) low = middle + 1;
    else high = middle;
  }
  return low;
}
