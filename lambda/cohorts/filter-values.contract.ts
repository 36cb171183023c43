import { attributes } from '../../statistics/references/attributes';
import { categoriesOfGroup } from '../../statistics/references/ethnic-groups';

/** Values of the coded fields of filters: what stands in the lake, and how it is written in a filter. */

export interface CodedValue {
  /** As it stands in the column. */
  readonly value: string;
  /** As it is printed. */
  readonly name: string;
  readonly meaning: string;
  /** Also understood; letters count without case. */
  readonly aliases: readonly string[];
}

const plainValue = (value: string, meaning = value): CodedValue => ({
  value,
  name: value,
  meaning,
  aliases: [],
});

/** Defined terms of Modality (0008,0060), PS3.3 C.7.3.1.1.1, of images and of what describes them. */
export const modalityValues: readonly CodedValue[] = Object.entries({
  BI: 'biomagnetic imaging',
  BMD: 'bone densitometry (X-ray)',
  CR: 'computed radiography',
  CT: 'computed tomography',
  DG: 'diaphanography',
  DX: 'digital radiography',
  ECG: 'electrocardiography',
  ES: 'endoscopy',
  GM: 'general microscopy',
  IO: 'intra-oral radiography',
  IVOCT: 'intravascular optical coherence tomography',
  IVUS: 'intravascular ultrasound',
  KO: 'key object selection',
  LS: 'laser surface scan',
  MG: 'mammography',
  MR: 'magnetic resonance',
  NM: 'nuclear medicine',
  OCT: 'optical coherence tomography',
  OP: 'ophthalmic photography',
  OPT: 'ophthalmic tomography',
  OT: 'other',
  PR: 'presentation state',
  PT: 'positron emission tomography',
  PX: 'panoramic X-ray',
  RF: 'radio fluoroscopy',
  RG: 'radiographic imaging (film)',
  RTDOSE: 'radiotherapy dose',
  RTIMAGE: 'radiotherapy image',
  RTPLAN: 'radiotherapy plan',
  RTSTRUCT: 'radiotherapy structure set',
  SEG: 'segmentation',
  SM: 'slide microscopy',
  SR: 'structured report',
  TG: 'thermography',
  US: 'ultrasound',
  XA: 'X-ray angiography',
  XC: 'external-camera photography',
}).map(([value, meaning]) => plainValue(value, meaning));

/** Person stated gender code of the NHS Data Dictionary; 0 (not known) is no value: `is not known`. */
export const sexValues: readonly CodedValue[] = [
  { value: '1', name: 'male', meaning: 'male', aliases: ['1', 'm'] },
  { value: '2', name: 'female', meaning: 'female', aliases: ['2', 'f'] },
  { value: '9', name: 'not-specified', meaning: 'indeterminate, neither male nor female', aliases: ['9'] },
];

/** Ethnic category code 2001 of the NHS Data Dictionary; Z (not stated) and 99 (not known) are no values. */
export const ethnicCategoryValues: readonly CodedValue[] = Object.entries({
  A: 'White: British',
  B: 'White: Irish',
  C: 'White: any other White background',
  D: 'Mixed: White and Black Caribbean',
  E: 'Mixed: White and Black African',
  F: 'Mixed: White and Asian',
  G: 'Mixed: any other mixed background',
  H: 'Asian: Indian',
  J: 'Asian: Pakistani',
  K: 'Asian: Bangladeshi',
  L: 'Asian: any other Asian background',
  M: 'Black: Caribbean',
  N: 'Black: African',
  P: 'Black: any other Black background',
  R: 'Chinese',
  S: 'any other ethnic group',
}).map(([value, meaning]) => plainValue(value, meaning));

/** Five groups of the census of 2021, which counts R (Chinese) with Asian, by ethnic category. */
export const ethnicGroups = {
  asian: categoriesOfGroup.Asian,
  black: categoriesOfGroup.Black,
  mixed: categoriesOfGroup.Mixed,
  white: categoriesOfGroup.White,
  other: categoriesOfGroup.Other,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const ethnicGroupValues: readonly CodedValue[] = Object.entries(ethnicGroups).map(
  ([name, categories]) => plainValue(name, `ethnic category ${categories.join(', ')}`),
);

/** The nine regions of England, by ONS code. */
export const regionValues: readonly CodedValue[] = Object.entries(attributes.region.groups).map(
  ([value, meaning]) => ({
    value,
    name: meaning.toLowerCase().replaceAll(' ', '-'),
    meaning,
    aliases: value === 'E12000006' ? [value, 'east'] : [value],
  }),
);

export const yesOrNoValues: readonly CodedValue[] = [
  { value: 'true', name: 'yes', meaning: 'given', aliases: ['true'] },
  { value: 'false', name: 'no', meaning: 'not given', aliases: ['false'] },
];

/** Values that say that nothing is known, by field: a filter says `is not known`. */
export const unknownCodes = {
  sex: ['0', 'not-known', 'unknown'],
  ethnic_category: ['Z', '99', 'not-stated', 'not-known', 'unknown'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
