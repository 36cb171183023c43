import { decodeText } from '../character-sets/decode-text';
import { parseSpecificCharacterSet } from '../character-sets/specific-character-set';
import { asciiOf, type DataSet, find, itemsOf, trimPadding, valueBytes } from '../data-set/data-element';
import { type Tag, tags } from '../data-set/tag';
import { parseNhsNumber } from '../nhs-number';
import type { InstanceSubject, NhsNumberLocation } from './outcome';
import { patientIdOf } from './patient-id';

const textOf = (dataSet: DataSet, tag: Tag, root: DataSet): string => {
  const element = find(dataSet, tag);
  if (element === undefined || element.items !== null) return '';
  const characterSet = parseSpecificCharacterSet(asciiOf(root, tags.specificCharacterSet));
  return trimPadding(decodeText(valueBytes(element), characterSet)).trim();
};

/**
 * Who an instance is about. A number counts as the NHS number only where the trust's configuration says that NHS
 * numbers stand, beside the issuer it names, and only if it passes modulus 11.
 */
export function readSubject(dataSet: DataSet, locations: readonly NhsNumberLocation[]): InstanceSubject {
  const patientId = patientIdOf(textOf(dataSet, tags.patientId, dataSet));
  const candidates = (location: NhsNumberLocation): readonly DataSet[] =>
    location.attribute === 'PatientID' ? [dataSet] : itemsOf(dataSet, tags.otherPatientIdsSequence);
  for (const location of locations) {
    for (const holder of candidates(location)) {
      const issuer = textOf(holder, tags.issuerOfPatientId, dataSet);
      if (location.issuer !== undefined && issuer !== location.issuer) continue;
      const nhsNumber = parseNhsNumber(textOf(holder, tags.patientId, dataSet));
      if (nhsNumber !== null) return { nhsNumber, patientId };
    }
  }
  return { nhsNumber: null, patientId };
}
