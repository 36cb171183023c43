import { decodeText } from '../character-sets/decode-text';
import {
  parseSpecificCharacterSet,
  type SpecificCharacterSet,
} from '../character-sets/specific-character-set';
import {
  asciiOf,
  type DataElement,
  type DataSet,
  find,
  trimPadding,
  valueBytes,
} from '../data-set/data-element';
import { formatTag, isPrivate, type Tag, tags } from '../data-set/tag';
import { lookUp } from '../dictionary/data-dictionary';
import { isCharacterSetVr } from '../dictionary/value-representation';
import { parseNhsNumber } from '../nhs-number';
import { profileRow } from '../policy/confidentiality-profile';
import { isClinicalTerm } from '../policy/terms';
import { Quarantine } from '../quarantine/quarantine';
import type { IdentifyingValues } from './identifying-values';

export type Kind = 'name' | 'id' | 'place';

/** Keywords of text that names a place, an institution, an address or a person's circumstances. */
const placeKeyword =
  /(?:Institution|Address|Location|Residence|Organization|Facility|StationName|SiteName|Sponsor|CenterName|CommitteeName)/;
/** Keywords of numbers and codes by which people, orders, devices and specimens are known. */
const idKeyword =
  /(?:PatientIDs?|OtherPatientIDs|AccessionNumber|AdmissionID|EpisodeID|OrderNumber\w*|StepID|ProcedureID|StudyID|SerialNumber|TelephoneNumbers?|PhoneNumber|Telecom\w*|Identifier|IdentificationID|SubjectID|ReadingID|ProtocolID|PlanIdentification|RecordLocator|BarcodeValue|AETitle|DeviceID|SlideID|EmailAddress)$/;
const nameKeyword =
  /(?:NameToUse|PersonName|PhysicianName|OperatorsName|CameraOwnerName|HumanPerformerOrganization)/;

/** Longer values are no names; of everybody who took part in a long procedure there are some thousand bytes. */
const longestCollected = 1024 * 1024;

const textVrs = new Set(['AE', 'LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT']);

const kinds = new Map<Tag, Kind | null>();

/** How a text attribute identifies, by Table E.1-1 and its keyword; null where it does not. */
export function kindOf(tag: Tag): Kind | null {
  const known = kinds.get(tag);
  if (known !== undefined) return known;
  const entry = lookUp(tag);
  // Files may hold tags without number: only what is known is remembered.
  if (entry === undefined) return null;
  const { keyword } = entry;
  const row = profileRow(tag);
  const identifies = row !== undefined && !row.descriptors;
  let kind: Kind | null = null;
  if (entry.vr === 'PN' || nameKeyword.test(keyword)) kind = 'name';
  else if (!textVrs.has(entry.vr)) kind = null;
  else if (placeKeyword.test(keyword)) kind = 'place';
  else if (identifies && idKeyword.test(keyword)) kind = 'id';
  kinds.set(tag, kind);
  return kind;
}

function add(
  values: IdentifyingValues,
  kind: Kind,
  element: DataElement,
  characterSet: SpecificCharacterSet,
): void {
  const bytes = valueBytes(element);
  if (bytes.length === 0) return;
  if (!characterSet.known && bytes.some((byte) => byte > 0x7e)) {
    throw new Quarantine('UNSUPPORTED_CHARACTER_SET', formatTag(element.tag));
  }
  // A name under a wrong VR is a name all the same.
  const vr = lookUp(element.tag)?.vr ?? element.vr;
  const text = isCharacterSetVr(vr) ? decodeText(bytes, characterSet) : bytes.toString('latin1');
  for (const value of text.split('\\').map(trimPadding)) {
    if (value === '') continue;
    if (kind === 'name') values.addName(value);
    else if (kind === 'id') values.addId(value);
    else values.addPlace(value, isClinicalTerm);
    const nhsNumber = parseNhsNumber(value);
    if (nhsNumber !== null) values.addId(nhsNumber);
  }
  values.addRaw(bytes);
}

/** Dates stand as numbers in other places too, where nothing shifts them. */
function addDates(values: IdentifyingValues, element: DataElement): void {
  for (const value of valueBytes(element).toString('latin1').split('\\')) values.addDate(value.trim());
}

/**
 * Gathers what identifies from all levels of a data set: person names wherever they stand, dates, and the attributes that
 * Table E.1-1 removes because they name a patient, an order, a device or a place. UIDs are added as they are mapped.
 * Throws `Quarantine` where such text is in a character set that nobody knows: it could not be searched for.
 */
export function collectIdentifyingValues(
  dataSet: DataSet,
  values: IdentifyingValues,
  inherited: SpecificCharacterSet,
): void {
  const characterSet =
    find(dataSet, tags.specificCharacterSet) === undefined
      ? inherited
      : parseSpecificCharacterSet(asciiOf(dataSet, tags.specificCharacterSet));
  for (const element of dataSet.elements) {
    if (element.items !== null) {
      for (const item of element.items) collectIdentifyingValues(item, values, characterSet);
      continue;
    }
    if (element.length === 0 || element.length > longestCollected) continue;
    if (element.vr === 'DA' || element.vr === 'DT') addDates(values, element);
    else if (element.vr === 'PN') add(values, 'name', element, characterSet);
    else if (!isPrivate(element.tag)) {
      const kind = kindOf(element.tag);
      if (kind !== null) add(values, kind, element, characterSet);
    }
  }
}
