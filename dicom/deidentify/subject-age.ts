import { asciiOf, type DataElement, type DataSet, find, itemsOf } from '../data-set/data-element';
import { makeSequence, makeText } from '../data-set/make-element';
import { makeDummy } from './dummy-value';

const conceptName = 0x0040a043;
const contentDate = 0x0040a121;
const contentDateTime = 0x0040a120;
const measuredValues = 0x0040a300;
const numericValue = 0x0040a30a;
const measurementUnits = 0x004008ea;
/** Floating point and rational forms of a numeric value (PS3.3 section C.18.1): they would say the uncapped age. */
const otherForms = new Set([0x0040a161, 0x0040a162, 0x0040a163]);

/** Concepts of a birth date: Subject Birth Date of TID 1007, and those of other schemes. */
const birthDates = new Set(['DCM 121031', 'LN 21112-8', 'SCT 184099003', 'SCT 3950001']);
/** Concepts of an age: Subject Age of TID 1007, and those of other schemes. Whatever is in years counts as one. */
const ages = new Set([
  'DCM 121033',
  'LN 29553-5',
  'LN 21611-9',
  'LN 30525-0',
  'SCT 397669002',
  'SCT 424144002',
]);
/** Units of an age in years, by UCUM. */
const yearsOf = new Map([
  ['a', 1],
  ['mo', 1 / 12],
  ['wk', 1 / 52.18],
  ['d', 1 / 365.25],
]);
const highestAge = 90;

function codeOf(holder: DataSet, sequence: number): string {
  const code = itemsOf(holder, sequence)[0];
  return code === undefined ? '' : `${asciiOf(code, 0x00080102)} ${asciiOf(code, 0x00080100)}`;
}

const isAge = (concept: string, unit: string): boolean => ages.has(concept) || unit === 'UCUM a';

/** A measured value with an age of 90 and over made 90 years' worth of its unit. */
function capped(value: DataSet, concept: string): DataSet {
  const unit = codeOf(value, measurementUnits);
  const perYear = yearsOf.get(unit.replace(/^UCUM /, ''));
  const number = Number(asciiOf(value, numericValue));
  if (!isAge(concept, unit) || number * (perYear ?? 1) < highestAge) return value;
  const most = String(Math.round(highestAge / (perYear ?? 1)));
  return {
    elements: value.elements
      .filter(({ tag }) => !otherForms.has(tag))
      .map((element) => (element.tag === numericValue ? makeText(numericValue, 'DS', most) : element)),
  };
}

/**
 * A content item of a structured report with what it says of the patient's age as the header may say it: no date of
 * birth, and no age of 90 and over. All other items come back as they are.
 */
export function withoutSubjectAge(item: DataSet): DataSet {
  const concept = codeOf(item, conceptName);
  if (concept === '') return item;
  const change = (element: DataElement): DataElement => {
    const isDate = element.tag === contentDate || element.tag === contentDateTime;
    if (isDate && birthDates.has(concept)) return makeDummy(element.tag, element.vr);
    if (element.tag !== measuredValues || element.items === null) return element;
    return makeSequence(
      measuredValues,
      element.items.map((value) => capped(value, concept)),
    );
  };
  const isConcerned =
    find(item, measuredValues) !== undefined || (birthDates.has(concept) && item.elements.length > 0);
  return isConcerned ? { elements: item.elements.map(change) } : item;
}
