import { ageBands, highestAge } from '../demographics/table-columns.contract';
import type { releasedSeriesColumns } from '../lake/lake-tables.contract';
import {
  type CodedValue,
  ethnicCategoryValues,
  ethnicGroupValues,
  modalityValues,
  regionValues,
  sexValues,
  yesOrNoValues,
} from './filter-values.contract';

/**
 * The fields that a filter may name. What is not here cannot be asked: no trust, pseudonym, UID or date is.
 */

/** Whose property a field is. A condition is held by a row of `released_series` all the same. */
export type FieldLevel = 'patient' | 'study' | 'series';

interface FieldBase {
  /** Column of `released_series`; `collection` is a partition of it. */
  readonly column: keyof typeof releasedSeriesColumns | 'collection';
  readonly level: FieldLevel;
  readonly meaning: string;
}

/** One of a list of values. */
export interface CodedField extends FieldBase {
  readonly kind: 'coded';
  readonly values: readonly CodedValue[];
  /** Whether the lake holds no other value. */
  readonly complete: boolean;
}

/** Any code or name. */
export interface OpenField extends FieldBase {
  readonly kind: 'open';
  /** How values are written in the column: names of makers differ in case, and are compared without it. */
  readonly letters: 'upper' | 'lower' | 'any';
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly unit: string;
  readonly whole: boolean;
  readonly minimum: number;
  readonly maximum: number;
}

export type Field = CodedField | OpenField | NumberField;

const named = (values: readonly string[]): readonly CodedValue[] =>
  values.map((value) => ({ value, name: value, meaning: `${value} years`, aliases: [] }));

/** By name, in the order in which conditions are printed. */
export const filterFields = {
  collection: {
    kind: 'open',
    column: 'collection',
    level: 'study',
    letters: 'lower',
    meaning: 'id of the collection',
  },
  modality: {
    kind: 'coded',
    column: 'modality',
    level: 'series',
    values: modalityValues,
    complete: false,
    meaning: 'Modality (0008,0060)',
  },
  body_part: {
    kind: 'open',
    column: 'body_part',
    level: 'series',
    letters: 'upper',
    meaning: 'Body Part Examined (0018,0015)',
  },
  view_position: {
    kind: 'open',
    column: 'view_position',
    level: 'series',
    letters: 'upper',
    meaning: 'View Position (0018,5101)',
  },
  contrast: {
    kind: 'coded',
    column: 'contrast',
    level: 'series',
    values: yesOrNoValues,
    complete: true,
    meaning: 'whether a contrast agent was given',
  },
  manufacturer: {
    kind: 'open',
    column: 'manufacturer',
    level: 'series',
    letters: 'any',
    meaning: 'Manufacturer (0008,0070)',
  },
  model: {
    kind: 'open',
    column: 'model',
    level: 'series',
    letters: 'any',
    meaning: "Manufacturer's Model Name (0008,1090)",
  },
  kvp: {
    kind: 'number',
    column: 'kvp',
    level: 'series',
    unit: 'kV',
    whole: false,
    minimum: 0,
    maximum: 1000,
    meaning: 'peak voltage of the X-ray tube, KVP (0018,0060)',
  },
  field_strength: {
    kind: 'number',
    column: 'field_strength',
    level: 'series',
    unit: 'T',
    whole: false,
    minimum: 0,
    maximum: 30,
    meaning: 'Magnetic Field Strength (0018,0087)',
  },
  slice_thickness: {
    kind: 'number',
    column: 'slice_thickness',
    level: 'series',
    unit: 'mm',
    whole: false,
    minimum: 0,
    maximum: 1000,
    meaning: 'Slice Thickness (0018,0050)',
  },
  image_rows: {
    kind: 'number',
    column: 'rows_of_image',
    level: 'series',
    unit: 'pixels',
    whole: true,
    minimum: 0,
    maximum: 65535,
    meaning: 'Rows (0028,0010): height of the images',
  },
  image_columns: {
    kind: 'number',
    column: 'columns_of_image',
    level: 'series',
    unit: 'pixels',
    whole: true,
    minimum: 0,
    maximum: 65535,
    meaning: 'Columns (0028,0011): width of the images',
  },
  instances: {
    kind: 'number',
    column: 'instances',
    level: 'series',
    unit: 'instances',
    whole: true,
    minimum: 0,
    maximum: 1_000_000,
    meaning: 'instances of the series',
  },
  age: {
    kind: 'number',
    column: 'age',
    level: 'patient',
    unit: 'years',
    whole: true,
    minimum: 0,
    maximum: highestAge,
    meaning: `age at the scan; ${highestAge} stands for ${highestAge} and above`,
  },
  age_band: {
    kind: 'coded',
    column: 'age_band',
    level: 'patient',
    values: named(ageBands),
    complete: true,
    meaning: 'age at the scan in ten-year bands',
  },
  sex: {
    kind: 'coded',
    column: 'sex',
    level: 'patient',
    values: sexValues,
    complete: true,
    meaning: 'sex as the trust recorded it',
  },
  ethnic_category: {
    kind: 'coded',
    column: 'ethnic_category',
    level: 'patient',
    values: ethnicCategoryValues,
    complete: true,
    meaning: 'ethnic category as the patient stated it, 16 groups of the NHS',
  },
  ethnic_group: {
    kind: 'coded',
    column: 'ethnic_category',
    level: 'patient',
    values: ethnicGroupValues,
    complete: true,
    meaning: 'the same in the five groups of the census',
  },
  imd_decile: {
    kind: 'number',
    column: 'imd_decile',
    level: 'patient',
    unit: '',
    whole: true,
    minimum: 1,
    maximum: 10,
    meaning: 'Index of Multiple Deprivation of where the patient lives: 1 is the most deprived tenth',
  },
  region: {
    kind: 'coded',
    column: 'region',
    level: 'patient',
    values: regionValues,
    complete: true,
    meaning: 'region where the patient lives',
  },
  trust_region: {
    kind: 'coded',
    column: 'trust_region',
    level: 'study',
    values: regionValues,
    complete: true,
    meaning: 'region of the trust that sent the study',
  },
} as const satisfies Readonly<Record<string, Field>>;

type Fields = typeof filterFields;
export type FieldName = keyof Fields;
type NameOf<Kind extends Field['kind']> = {
  [Name in FieldName]: Fields[Name]['kind'] extends Kind ? Name : never;
}[FieldName];
export type NumberFieldName = NameOf<'number'>;
export type ValueFieldName = NameOf<'coded' | 'open'>;

export const fieldNames = Object.keys(filterFields) as readonly FieldName[];

export const isFieldName = (name: string): name is FieldName => Object.hasOwn(filterFields, name);

export const fieldOf = (name: FieldName): Field => filterFields[name];

export const isNumberField = (name: FieldName): name is NumberFieldName => fieldOf(name).kind === 'number';
