import type { ParsedElements } from './part10-file';

/** First value of a text element, without padding. */
export function elementString(parsed: ParsedElements, tag: string): string | undefined {
  return parsed.dataSet.string(key(tag), 0);
}

/** Value of an element of VR IS, US or UL. */
export function elementNumber(parsed: ParsedElements, tag: string): number | undefined {
  const element = parsed.elements.get(tag);
  if (!element || element.length === 0) return undefined;
  if (element.vr === 'IS' || element.vr === 'DS') {
    const value = Number(parsed.dataSet.string(key(tag), 0));
    return Number.isFinite(value) ? value : undefined;
  }
  return element.length === 4 ? parsed.dataSet.uint32(key(tag)) : parsed.dataSet.uint16(key(tag));
}

function key(tag: string): string {
  return `x${tag.toLowerCase()}`;
}
