import { nearestName } from '../../statistics/nearest-name';
import type { FilterFault } from './filter-error.contract';
import {
  type CodedField,
  filterFields,
  type NumberField,
  type NumberFieldName,
  type OpenField,
  type ValueFieldName,
} from './filter-fields.contract';
import { unknownCodes } from './filter-values.contract';

/** What is wrong with a value; place and text are the parser's to add. */
export type LiteralFault = Pick<FilterFault, 'code' | 'expected' | 'nearest'>;

/** Characters of a value, at most: Long String (LO) of PS3.5 has 64. */
const valueLength = 64;
/** What names of makers and models, codes of body parts and ids are made of. Without quotes, semicolons, comments. */
const openValue = /^(?!.*--)[A-Za-z0-9][A-Za-z0-9 _.,:+&()/-]*$/;
/** Digits before and after the point within which a number is printed as it was read. */
const decimalNumber = /^\d{1,9}(?:\.\d{1,6})?$/;

/** The value of a coded or open field as it stands in the lake, from what is written in a filter. */
export function readValue(name: ValueFieldName, text: string): string | LiteralFault {
  const field: CodedField | OpenField = filterFields[name];
  if (field.kind === 'coded') return readCoded(name, field, text);
  const value = text.trim();
  if (value.length > valueLength || !openValue.test(value))
    return {
      code: 'FILTER_UNKNOWN_VALUE',
      expected: `a value of ${name}: 1 to ${valueLength} letters, digits, spaces and _ . , : + & ( ) / -`,
    };
  return field.letters === 'lower' ? value.toLowerCase() : value.toUpperCase();
}

function readCoded(name: ValueFieldName, field: CodedField, text: string): string | LiteralFault {
  const written = text.trim().toLowerCase().replace(/[ _]+/g, '-');
  const found = field.values.find((each) =>
    [each.name, ...each.aliases].some((known) => known.toLowerCase() === written),
  );
  if (found !== undefined) return found.value;
  const unknown: readonly string[] =
    name in unknownCodes ? unknownCodes[name as keyof typeof unknownCodes] : [];
  if (unknown.some((code) => code.toLowerCase() === written))
    return {
      code: 'FILTER_UNKNOWN_VALUE',
      expected: `a known value of ${name}: for patients without one write \`${name} is not known\``,
    };
  const names = field.values.map((each) => each.name);
  const nearest = nearestName(written, names);
  return {
    code: 'FILTER_UNKNOWN_VALUE',
    expected: `a value of ${name}: ${names.join(', ')}`,
    ...(nearest === null ? {} : { nearest }),
  };
}

/** A number of a field in its unit. */
export function readNumber(name: NumberFieldName, text: string): number | LiteralFault {
  const field: NumberField = filterFields[name];
  const number = decimalNumber.test(text) ? Number(text) : Number.NaN;
  const fits = number >= field.minimum && number <= field.maximum;
  if (fits && (!field.whole || Number.isInteger(number))) return number;
  const kind = field.whole ? 'a whole number' : 'a number with at most 6 decimals';
  const unit = field.unit === '' ? '' : ` ${field.unit}`;
  return {
    code: 'FILTER_NUMBER',
    expected: `${kind} from ${field.minimum} to ${field.maximum}${unit} for ${name}`,
  };
}
