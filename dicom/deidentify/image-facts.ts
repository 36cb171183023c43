import { createHash } from 'node:crypto';
import {
  asciiOf,
  type DataSet,
  type Encoding,
  find,
  unsignedShortOf,
  valueBytes,
} from '../data-set/data-element';
import { type Tag, tags } from '../data-set/tag';
import type { PolicyOptions } from '../policy/policy-options';
import type { ImageFacts } from './outcome';
import { ageInYears, yearsBetween } from './shift-dates';

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Value of a Decimal String (PS3.5 section 6.2), the first of several; null where it is none above zero. */
function decimalOf(dataSet: DataSet, tag: Tag): number | null {
  const text = asciiOf(dataSet, tag).split('\\')[0]?.trim() ?? '';
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value > 0 ? value : null;
}

/**
 * Facts for the catalogue, read from what was written; only the age may need the source's date of birth, where the policy
 * keeps ages, and of a contrast agent the source says whether there was one.
 */
export function imageFacts(
  output: DataSet,
  source: DataSet,
  encoding: Encoding,
  { patientCharacteristics }: PolicyOptions,
): ImageFacts {
  const stated = ageInYears(asciiOf(output, tags.patientAge));
  const computed = yearsBetween(asciiOf(source, tags.patientBirthDate), asciiOf(source, tags.studyDate));
  const age = patientCharacteristics ? (stated ?? computed) : null;
  return {
    modality: orNull(asciiOf(output, tags.modality)),
    bodyPartExamined: orNull(asciiOf(output, tags.bodyPartExamined)),
    manufacturer: orNull(asciiOf(output, tags.manufacturer)),
    manufacturerModelName: orNull(asciiOf(output, tags.manufacturerModelName)),
    kvp: decimalOf(output, tags.kvp),
    magneticFieldStrength: decimalOf(output, tags.magneticFieldStrength),
    sliceThickness: decimalOf(output, tags.sliceThickness),
    viewPosition: orNull(asciiOf(output, tags.viewPosition)),
    contrast: asciiOf(source, tags.contrastBolusAgent) !== '',
    rows: unsignedShortOf(output, tags.rows, encoding),
    columns: unsignedShortOf(output, tags.columns, encoding),
    ageYears: age === null ? null : Math.min(age, 90),
    sex: orNull(asciiOf(output, tags.patientSex)),
    studyDate: orNull(asciiOf(output, tags.studyDate)),
  };
}

/**
 * Patient and study attributes by which HealthImaging groups instances into image sets: where they differ within a
 * study, some of its images would become invisible.
 */
const groupingTags = [
  tags.studyDate,
  tags.accessionNumber,
  tags.patientName,
  tags.patientId,
  tags.patientBirthDate,
  tags.patientSex,
  tags.studyInstanceUid,
  tags.studyId,
] as const;

/** SHA-256, hex, over the grouping attributes of an output. */
export function groupingDigest(output: DataSet): string {
  const hash = createHash('sha256');
  for (const tag of groupingTags) {
    const element = find(output, tag);
    hash
      .update(`${tag.toString(16)}=`)
      .update(element === undefined ? '-' : valueBytes(element))
      .update('\n');
  }
  return hash.digest('hex');
}
