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
  const saysBurnedIn = asciiOf(dataSet, tags.burnedInAnnotation).toUpperCase() === 'YES';
  if (saysBurnedIn || hasOverlayInSamples(dataSet, encoding)) kinds.push('burned-in-annotation');
  if (isSecondaryCapture(sopClass)) kinds.push('secondary-capture');
  const says = (word: RegExp): boolean =>
    imageType.some((value) => word.test(value)) || word.test(seriesDescription);
  if (says(/SCREEN ?(?:SAVE|SHOT|CAPTURE)|PRTSCN|SNAPSHOT/)) kinds.push('screen-save');
  if (says(/DOSE[_ ]?(?:REPORT|INFO|RECORD)|PATIENT PROTOCOL/)) kinds.push('dose-report');
  if (planned.lacksRegions) kinds.push('ultrasound-without-regions');
  if (planned.plan.kind === 'cannot-blank') kinds.push('text-in-compressed-pixels');
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

/** The code under which a kind is quarantined. */
export const pixelKindCode = (kind: PixelKind): QuarantineCode =>
  kind === 'burned-in-annotation' || kind === 'screen-save' || kind === 'dose-report'
    ? 'BURNED_IN_TEXT'
    : 'NEEDS_PIXEL_REVIEW';
