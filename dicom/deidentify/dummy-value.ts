import type { DataElement } from '../data-set/data-element';
import { makeElement, makeSequence, makeText } from '../data-set/make-element';
import type { Tag } from '../data-set/tag';
import { numberSize } from '../dictionary/value-representation';
import { removedCode } from '../policy/coded-values';

const texts: Readonly<Record<string, string>> = {
  AE: 'REMOVED', AS: '000Y', CS: 'OTHER', DA: '19000101', DS: '0', DT: '19000101000000', IS: '0', LO: 'REMOVED',
  LT: 'REMOVED', PN: 'REMOVED', SH: 'REMOVED', ST: 'REMOVED', TM: '000000', UC: 'REMOVED', UR: 'urn:removed',
  UT: 'REMOVED',
}; // biome-ignore format: a table

/** A code that says that there was another: for sequences that must have an item. */
export const removedCodeItem = () => ({
  elements: [
    makeText(0x00080100, 'SH', removedCode.value),
    makeText(0x00080102, 'SH', removedCode.scheme),
    makeText(0x00080104, 'LO', removedCode.meaning),
  ],
});

/** A valid value without meaning, for an attribute that must have one (Type 1). UIDs are the mapper's to give. */
export function makeDummy(tag: Tag, vr: string): DataElement {
  if (vr === 'SQ') return makeSequence(tag, [removedCodeItem()]);
  const text = texts[vr];
  return text === undefined
    ? makeElement(tag, vr, Buffer.alloc(Math.max(2, numberSize(vr))))
    : makeText(tag, vr, text);
}
