import { asciiOf } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import { isUltrasound, ultrasoundVolume } from '../dictionary/sop-classes';
import type { InstanceHeader } from '../read/instance-reader';
import type { PixelDescription } from '../validate/validate-pixel-data';
import { makeNativeBlanker } from './blank-native';
import { makeRleBlanker } from './blank-rle';
import { knownTextOf } from './known-devices';
import { buildMask, maskedPixels, type PixelMask, type Rectangle } from './pixel-mask';
import { ultrasoundRegions } from './ultrasound-regions';

/** Takes the value of pixel data in pieces and gives back what can be passed on of it. */
export interface PixelBlanker {
  push(piece: Buffer): Buffer;
}

/** What is to be done to the pixels of an instance, decided before any byte is written. */
export type PixelPlan =
  | { readonly kind: 'keep' }
  /** `keepsOnlyRegions`: of an ultrasound image nothing stays but its regions. `reencodes`: lengths of frames change. */
  | {
      readonly kind: 'blank';
      readonly keepsOnlyRegions: boolean;
      readonly reencodes: boolean;
      readonly blanker: PixelBlanker;
    }
  /** Something is to be blanked, and the engine cannot in this compression or kind of sample. */
  | { readonly kind: 'cannot-blank' };

export interface PlannedPixels {
  readonly plan: PixelPlan;
  /** An ultrasound image of which no region tells the image from the text around it. */
  readonly lacksRegions: boolean;
}

/**
 * An ultrasound image keeps what its regions show; text that a known device writes goes in any case. A region that is
 * the whole image, or all but a rim, tells nothing.
 */
export function planPixels(header: InstanceHeader, description: PixelDescription): PlannedPixels {
  const { dataSet, encoding } = header;
  const { rows, columns } = description;
  const sopClass = asciiOf(dataSet, tags.sopClassUid);
  const isUltrasoundImage = isUltrasound(sopClass) && sopClass !== ultrasoundVolume;
  const regions = isUltrasoundImage ? ultrasoundRegions(dataSet, encoding, rows, columns) : [];
  const outside = regions.length > 0 ? outsideOf(regions, rows, columns) : null;
  const mask = buildMask(
    outside === null ? null : regions,
    knownTextOf(dataSet, rows, columns),
    rows,
    columns,
  );
  const lacksRegions = isUltrasoundImage && outside === null;
  if (mask === null) return { plan: { kind: 'keep' }, lacksRegions };
  const reencodes = header.transferSyntax.encapsulated;
  const blanker = makeBlanker(header, description, mask);
  if (blanker === null) return { plan: { kind: 'cannot-blank' }, lacksRegions };
  return { plan: { kind: 'blank', keepsOnlyRegions: outside !== null, reencodes, blanker }, lacksRegions };
}

/** Of an image whose regions leave less than this, text has no place but in them. */
const leastOutside = 0.02;

/** What lies outside of regions; null where it is nothing or so little that they are as good as the whole image. */
function outsideOf(regions: readonly Rectangle[], rows: number, columns: number): PixelMask | null {
  const mask = buildMask(regions, [], rows, columns);
  return mask !== null && maskedPixels(mask) >= leastOutside * rows * columns ? mask : null;
}

function makeBlanker(
  header: InstanceHeader,
  description: PixelDescription,
  mask: PixelMask,
): PixelBlanker | null {
  const { pixelData, encoding, transferSyntax } = header;
  if (pixelData?.tag !== tags.pixelData) return null;
  if (transferSyntax.frames === 'rle') return makeRleBlanker(mask, description);
  if (transferSyntax.encapsulated) return null;
  return makeNativeBlanker(mask, description, {
    littleEndian: encoding.littleEndian,
    inWords: pixelData.vr !== 'OB',
  });
}
