import type { DataElement, DataSet } from '../data-set/data-element';
import { lookUp } from '../dictionary/data-dictionary';

/**
 * Elements that were read without VRs, for writing them with VRs: where the standard leaves a choice of US or SS, it is
 * that of Pixel Representation (PS3.5 annex A.1).
 */
export function asExplicit(dataSet: DataSet, isSigned: boolean): DataSet {
  return {
    elements: dataSet.elements.map((element): DataElement => {
      if (element.items !== null) {
        return { ...element, items: element.items.map((item) => asExplicit(item, isSigned)) };
      }
      const hasChoice = isSigned && element.vr === 'US' && lookUp(element.tag)?.vr === 'US/SS';
      return hasChoice ? { ...element, vr: 'SS' } : element;
    }),
  };
}
