import { bodyParts } from '../../dicom/policy/body-parts';
import { modalityValues, regionValues } from '../cohorts/filter-values.contract';
import { ageBands, ethnicCategories, sexCodes } from '../demographics/table-columns.contract';
import {
  type CollectionQuality,
  type Finding,
  type ImageAttribute,
  imageAttributes,
  type PatientAttribute,
  patientAttributes,
  type QualityAttribute,
  type QualityCheck,
  type QualityUnit,
} from './quality.contract';

/** Years between the age in an image and that in the table: both round down, and scans of a patient may span a birthday. */
export const ageTolerance = 1;

/** What is counted of one trust in one collection. */
export interface QualityFacts {
  readonly collection: string;
  readonly images: number;
  readonly patients: number;
  /** Images or patients by what an attribute holds; null: nothing. */
  readonly values: readonly {
    readonly attribute: QualityAttribute;
    readonly code: string | null;
    readonly counted: number;
  }[];
  readonly dates: Compared;
  readonly ages: Compared;
  readonly sexes: Compared;
  readonly pixels: Compared;
  readonly digests: Compared;
  readonly submissions: readonly SubmissionFacts[];
  /** Of images of the week's submissions. */
  readonly imports: Compared;
}

/** How many were looked at, and of how many it is not as it should be. */
export interface Compared {
  readonly of: number;
  readonly wrong: number;
}

/** What was announced of a submission, and what the catalogue holds of it. */
export interface SubmissionFacts {
  readonly files: number;
  readonly bytes: number;
  readonly imported: number;
  readonly held: { readonly images: number; readonly bytes: number };
}

interface AttributeRule {
  readonly label: string;
  /** Share that may be missing. */
  readonly missing: number;
  /** Values that the list has; null where any is good. */
  readonly list: ReadonlySet<string> | null;
  readonly listName?: string;
  /** Values that say that nothing is known. */
  readonly unknown: readonly string[];
}

const any = { list: null, unknown: [] } as const;
const listed = (values: Iterable<string>, listName: string) => ({
  list: new Set(values),
  listName,
  unknown: [] as readonly string[],
});

const attributeRules: Readonly<Record<QualityAttribute, AttributeRule>> = {
  modality: {
    label: 'Modality (0008,0060)',
    missing: 0,
    ...listed(
      modalityValues.map(({ value }) => value),
      'the defined terms of PS3.3, C.7.3.1.1.1',
    ),
  },
  body_part: {
    label: 'Body Part Examined (0018,0015)',
    missing: 0.1,
    ...listed(bodyParts, 'PS3.16, annex L'),
  },
  manufacturer: { label: 'Manufacturer (0008,0070)', missing: 0.02, ...any },
  model: { label: "Manufacturer's Model Name (0008,1090)", missing: 0.05, ...any },
  study_date: { label: 'Study Date (0008,0020)', missing: 0.01, ...any },
  age_of_image: { label: "the age (Patient's Age or Birth Date)", missing: 0.05, ...any },
  sex_of_image: {
    label: "Patient's Sex (0010,0040)",
    missing: 0.05,
    ...listed(['M', 'F', 'O'], 'PS3.3, C.7.1.1'),
  },
  kvp: { label: 'KVP (0018,0060) of X-ray images', missing: 0.1, ...any },
  field_strength: { label: 'Magnetic Field Strength (0018,0087) of MR images', missing: 0.05, ...any },
  slice_thickness: {
    label: 'Slice Thickness (0018,0050) of CT, MR and PET images',
    missing: 0.05,
    ...any,
  },
  view_position: {
    label: 'View Position (0018,5101) of radiographs and mammograms',
    missing: 0.1,
    ...any,
  },
  demographics: { label: 'a row in a demographics table', missing: 0.05, ...any },
  age_band: { label: 'the age band', missing: 0.05, ...listed(ageBands, 'the bands of the census') },
  sex: {
    label: 'the sex',
    missing: 0.05,
    ...listed(sexCodes, 'the NHS Data Dictionary (person stated gender code)'),
    unknown: ['0'],
  },
  ethnic_category: {
    label: 'the ethnic category',
    missing: 0.1,
    ...listed(ethnicCategories, 'the NHS Data Dictionary (ethnic category code 2001)'),
    unknown: ['Z', '99'],
  },
  imd_decile: { label: 'the decile of deprivation', missing: 0.1, ...any },
  region: {
    label: 'the region',
    missing: 0.1,
    ...listed(
      regionValues.map(({ value }) => value),
      'the nine regions of England (ONS)',
    ),
  },
};

const isPatientAttribute = (attribute: QualityAttribute): attribute is PatientAttribute =>
  (patientAttributes as readonly string[]).includes(attribute);

/** Every value outside a list is one too many: it cannot be found by a filter. */
const outsideListThreshold = 0;

interface CheckRule {
  readonly unit: QualityUnit;
  readonly threshold: number;
  readonly sentence: string;
}

const checkRules: Readonly<Record<Exclude<QualityCheck, 'missing' | 'not-in-list'>, CheckRule>> = {
  'date-in-future': {
    unit: 'images',
    threshold: 0,
    sentence:
      'The shifted Study Date is not before the day of the measurement: the true date is later, since dates are shifted by at least a day into the past.',
  },
  'ages-differ': {
    unit: 'images',
    threshold: 0.02,
    sentence: `The age in the image and the one in the demographics table are more than ${ageTolerance} year apart.`,
  },
  'sexes-differ': {
    unit: 'images',
    threshold: 0.01,
    sentence: 'The image says male where the demographics table says female, or the other way round.',
  },
  'pixels-too-few': {
    unit: 'images',
    threshold: 0,
    sentence: 'The file is shorter than rows, columns and number of frames need at one bit a pixel.',
  },
  'same-pixels': {
    unit: 'images',
    threshold: 0.01,
    sentence: 'Another image of the trust in this collection has the same pixels.',
  },
  'size-differs': {
    unit: 'submissions',
    threshold: 0.05,
    sentence:
      'All files were imported, but the images held are less than half as large as the manifest announced, or larger by more than a tenth and 2 kB an image.',
  },
  'images-differ': {
    unit: 'submissions',
    threshold: 0.05,
    sentence:
      'The catalogue holds another number of images than the receipt says; withdrawn studies may be why it is fewer.',
  },
  'import-warnings': {
    unit: 'images',
    threshold: 0.01,
    sentence: 'HealthImaging took the image of this week with a warning.',
  },
};

/** Bytes held over bytes announced: headers lose what identifies, pixels stay byte for byte. */
const leastSize = 0.5;
const mostSize = 1.1;

/**
 * Bytes that an image may gain beside that: the account of its de-identification in the header, of which a CT slice got 868 when
 * measured. Of small images and of reports it would else be more than a tenth.
 */
const gainedBytes = 2_048;

function findingsOf(
  check: QualityCheck,
  attribute: QualityAttribute | null,
  { unit, threshold, sentence }: CheckRule,
  { of, wrong }: Compared,
): Finding[] {
  if (wrong === 0) return [];
  return [
    { check, attribute, unit, threshold, sentence, count: wrong, of, exceeded: wrong > threshold * of },
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Values of an attribute: how many in all, with none or one that says nothing is known, and outside the list. */
function tallyOf(facts: QualityFacts, attribute: QualityAttribute) {
  const { list, unknown } = attributeRules[attribute];
  const tally = { of: 0, missing: 0, outside: 0 };
  for (const { attribute: named, code, counted } of facts.values) {
    if (named !== attribute) continue;
    tally.of += counted;
    if (code === null || unknown.includes(code)) tally.missing += counted;
    else if (list !== null && !list.has(code)) tally.outside += counted;
  }
  return tally;
}

function attributeFindings(facts: QualityFacts, attribute: QualityAttribute): Finding[] {
  const { label, missing: threshold, listName } = attributeRules[attribute];
  const unit = isPatientAttribute(attribute) ? 'patients' : 'images';
  const { of, missing, outside } = tallyOf(facts, attribute);
  return [
    ...findingsOf(
      'missing',
      attribute,
      { unit, threshold, sentence: `${capital(label)} is missing or not known.` },
      { of, wrong: missing },
    ),
    ...findingsOf(
      'not-in-list',
      attribute,
      {
        unit,
        threshold: outsideListThreshold,
        sentence: `${capital(label)} holds a value that is not in ${listName ?? 'its list'}.`,
      },
      { of: of - missing, wrong: outside },
    ),
  ];
}

function sizeOf(submissions: readonly SubmissionFacts[]): Compared {
  const whole = submissions.filter(
    ({ files, bytes, imported, held }) => bytes > 0 && imported === files && held.images === files,
  );
  const differs = ({ files, bytes, held }: SubmissionFacts) =>
    held.bytes < leastSize * bytes || held.bytes > mostSize * bytes + gainedBytes * files;
  return { of: whole.length, wrong: whole.filter(differs).length };
}

const imagesOf = (submissions: readonly SubmissionFacts[]): Compared => ({
  of: submissions.length,
  wrong: submissions.filter(({ imported, held }) => imported !== held.images).length,
});

/**
 * The quality of what a trust has sent to a collection. Findings stand in the order of attributes and checks; one without
 * a single case is left out.
 */
export function qualityOf(facts: QualityFacts): CollectionQuality {
  const attributes: readonly (ImageAttribute | PatientAttribute)[] = [
    ...imageAttributes,
    ...patientAttributes,
  ];
  const compared: Readonly<Record<keyof typeof checkRules, Compared>> = {
    'date-in-future': facts.dates,
    'ages-differ': facts.ages,
    'sexes-differ': facts.sexes,
    'pixels-too-few': facts.pixels,
    'same-pixels': facts.digests,
    'size-differs': sizeOf(facts.submissions),
    'images-differ': imagesOf(facts.submissions),
    'import-warnings': facts.imports,
  };
  const known = Object.fromEntries(
    patientAttributes.map((attribute) => {
      const { of, missing, outside } = tallyOf(facts, attribute);
      return [attribute, of - missing - outside];
    }),
  ) as Record<PatientAttribute, number>;
  return {
    collection: facts.collection,
    images: facts.images,
    demographics: { patients: facts.patients, known },
    findings: [
      ...attributes.flatMap((attribute) => attributeFindings(facts, attribute)),
      ...(Object.keys(checkRules) as (keyof typeof checkRules)[]).flatMap((check) =>
        findingsOf(check, null, checkRules[check], compared[check]),
      ),
    ],
  };
}
