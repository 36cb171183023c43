import { asciiOf, type DataSet, type Encoding, unsignedShortOf } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import { isSecondaryCapture, wholeSlideMicroscopy } from '../dictionary/sop-classes';
import type { PlannedPixels } from '../pixels/plan-pixels';
import type { QuarantineCode } from '../quarantine/quarantine-codes';
import type { InstanceHeader } from '../read/instance-reader';

/**
 * Kinds of image whose pixels may show who the patient is; refused unless the collection accepts the kind.
 * `text-in-compressed-pixels` is text at a known place, as outside the regions of an ultrasound image, in a compression
 * in which the engine cannot blank it.
 */
export type PixelKind =
  | 'burned-in-annotation'
  | 'secondary-capture'
  | 'screen-save'
  | 'dose-report'
  | 'ultrasound-without-regions'
  | 'text-in-compressed-pixels'
  | 'slide-label';

const values = (dataSet: DataSet, tag: number): string[] =>
  asciiOf(dataSet, tag)
    .toUpperCase()
    .split('\\')
    .map((value) => value.trim());

/**
 * The kinds that an image is of. Burned In Annotation NO proves nothing, so it takes no image off the list. Only for
 * instances with pixel data.
 */
export function pixelKindsOf(header: InstanceHeader, planned: PlannedPixels): PixelKind[] {
  const { dataSet, encoding } = header;
  const kinds: PixelKind[] = [];
  const sopClass = asciiOf(dataSet, tags.sopClassUid);
  const imageType = values(dataSet, tags.imageType);
  const seriesDescription = asciiOf(dataSet, 0x0008103e).toUpperCase();
  // Only NO and nothing at all are silent: what else stands there is some way of saying yes.
  const saysBurnedIn = values(dataSet, tags.burnedInAnnotation).some(
    (value) => value !== '' && value !== 'NO',
  );
  if (saysBurnedIn || hasOverlayInSamples(dataSet, encoding)) kinds.push('burned-in-annotation');
  const says = (words: RegExp): boolean =>
    imageType.some((value) => words.test(value)) || words.test(seriesDescription);
  if (isSecondaryCapture(sopClass) || isDigitised(dataSet, sopClass)) kinds.push('secondary-capture');
  if (says(screenWords) || says(paperWords)) kinds.push('screen-save');
  if (says(doseWords)) kinds.push('dose-report');
  if (planned.lacksRegions) kinds.push('ultrasound-without-regions');
  if (planned.plan.kind === 'cannot-blank') kinds.push('text-in-compressed-pixels');
  if (showsSlideLabel(dataSet, sopClass, imageType)) kinds.push('slide-label');
  return kinds;
}

const screenWords = /SCREEN[ _-]?(?:SAVE|SHOT|CAPTURE|GRAB)|PRT[ _-]?SCN|PRINT[ _-]?SCREEN|SNAPSHOT/;
const paperWords =
  /SCANNED[ _-]?(?:DOC|FORM|LETTER|REQUEST)|(?:REQUEST|REFERRAL|CONSENT)[ _-]?(?:FORM|CARD|LETTER)|WORKSHEET/;
const doseWords =
  /DOSE[ _-]?(?:REPORT|INFO|RECORD|SUMMARY|SHEET|PAGE)|PATIENT[ _-]?PROTOCOL|EXAM(?:INATION)?[ _-]?SUMMARY/;

/** Conversion Type (0008,0064) of film, paper and video: names stand on all of them (PS3.3 section C.8.6.1). */
const paperAndFilm = new Set(['DF', 'DV', 'SD', 'SI']);

/** Slides are scanned too, and say SI of it; they have labels, not margins. */
const isDigitised = (dataSet: DataSet, sopClass: string): boolean =>
  sopClass !== wholeSlideMicroscopy &&
  values(dataSet, tags.conversionType).some((value) => paperAndFilm.has(value));

/** By Image Type, or by Specimen Label in Image (0048,0010), which is of any of a slide's images. */
const showsSlideLabel = (dataSet: DataSet, sopClass: string, imageType: readonly string[]): boolean =>
  imageType.includes('LABEL') ||
  (sopClass === wholeSlideMicroscopy && imageType.includes('OVERVIEW')) ||
  asciiOf(dataSet, tags.specimenLabelInImage).toUpperCase() === 'YES';

/** An overlay plane in unused bits of the samples (retired, PS3.5 section 8.1.2): graphics that travel with the pixels. */
const hasOverlayInSamples = (dataSet: DataSet, encoding: Encoding): boolean =>
  Array.from({ length: 16 }, (_, index) => (0x60000102 + index * 0x20000) >>> 0).some(
    (tag) => (unsignedShortOf(dataSet, tag, encoding) ?? 0) > 0,
  );

/** The code under which a kind is quarantined. */
export const pixelKindCode = (kind: PixelKind): QuarantineCode =>
  kind === 'burned-in-annotation' || kind === 'screen-save' || kind === 'dose-report'
    ? 'BURNED_IN_TEXT'
    : 'NEEDS_PIXEL_REVIEW';
