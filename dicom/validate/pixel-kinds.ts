import { asciiOf, type DataSet, type Encoding, itemsOf, unsignedShortOf } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import {
  isSecondaryCapture,
  isUltrasound,
  ultrasoundVolume,
  wholeSlideMicroscopy,
} from '../dictionary/sop-classes';
import type { QuarantineCode } from '../quarantine/quarantine-codes';

/** Kinds of image whose pixels may show who the patient is; refused unless the collection accepts the kind. */
export type PixelKind =
  | 'burned-in-annotation'
  | 'secondary-capture'
  | 'screen-save'
  | 'dose-report'
  | 'ultrasound-without-regions'
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
export function pixelKindsOf(dataSet: DataSet, encoding: Encoding): PixelKind[] {
  const kinds: PixelKind[] = [];
  const sopClass = asciiOf(dataSet, tags.sopClassUid);
  const imageType = values(dataSet, tags.imageType);
  const seriesDescription = asciiOf(dataSet, 0x0008103e).toUpperCase();
  const saysBurnedIn = asciiOf(dataSet, tags.burnedInAnnotation).toUpperCase() === 'YES';
  if (saysBurnedIn || hasOverlayInSamples(dataSet, encoding)) kinds.push('burned-in-annotation');
  if (isSecondaryCapture(sopClass)) kinds.push('secondary-capture');
  const says = (word: RegExp): boolean =>
    imageType.some((value) => word.test(value)) || word.test(seriesDescription);
  if (says(/SCREEN ?(?:SAVE|SHOT|CAPTURE)|PRTSCN|SNAPSHOT/)) kinds.push('screen-save');
  if (says(/DOSE[_ ]?(?:REPORT|INFO|RECORD)|PATIENT PROTOCOL/)) kinds.push('dose-report');
  if (isUltrasound(sopClass) && sopClass !== ultrasoundVolume && !hasUsableRegion(dataSet, encoding)) {
    kinds.push('ultrasound-without-regions');
  }
  if (
    sopClass === wholeSlideMicroscopy &&
    imageType.some((value) => value === 'LABEL' || value === 'OVERVIEW')
  ) {
    kinds.push('slide-label');
  }
  return kinds;
}

/** An overlay plane in unused bits of the samples (retired, PS3.5 section 8.1.2): graphics that travel with the pixels. */
const hasOverlayInSamples = (dataSet: DataSet, encoding: Encoding): boolean =>
  Array.from({ length: 16 }, (_, index) => (0x60000102 + index * 0x20000) >>> 0).some(
    (tag) => (unsignedShortOf(dataSet, tag, encoding) ?? 0) > 0,
  );

/** Some region of the ultrasound image is known, so that the rest of it could be told from the image. */
const hasUsableRegion = (dataSet: DataSet, encoding: Encoding): boolean =>
  itemsOf(dataSet, tags.sequenceOfUltrasoundRegions).some(
    (region) => unsignedShortOf(region, 0x00186012, encoding) !== null,
  );

/** The code under which a kind is quarantined. */
export const pixelKindCode = (kind: PixelKind): QuarantineCode =>
  kind === 'burned-in-annotation' || kind === 'screen-save' || kind === 'dose-report'
    ? 'BURNED_IN_TEXT'
    : 'NEEDS_PIXEL_REVIEW';
