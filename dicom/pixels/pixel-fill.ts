import type { PixelDescription } from '../validate/validate-pixel-data';

/**
 * Values of the samples of a blanked pixel: black, or the first colour of a palette. Null for photometric
 * interpretations in which the engine does not blank (PS3.3 section C.7.6.3.1.2).
 */
export function fillOf(description: PixelDescription): readonly number[] | null {
  const { photometricInterpretation, bitsAllocated, isSigned, samplesPerPixel } = description;
  const bitsStored = description.bitsStored ?? bitsAllocated;
  const least = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const most = isSigned ? 2 ** (bitsStored - 1) - 1 : 2 ** bitsStored - 1;
  const middle = 2 ** (bitsStored - 1);
  switch (photometricInterpretation) {
    case 'MONOCHROME1':
      return samplesPerPixel === 1 ? [most] : null;
    case 'MONOCHROME2':
      return samplesPerPixel === 1 ? [least] : null;
    case 'PALETTE COLOR':
      return samplesPerPixel === 1 ? [0] : null;
    case 'RGB':
      return samplesPerPixel === 3 ? [0, 0, 0] : null;
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return samplesPerPixel === 3 ? [0, middle, middle] : null;
    default:
      return null;
  }
}

/** Bytes of a sample, low byte first, of as many bits as are allocated. */
export function sampleBytes(value: number, bytes: number): Buffer {
  const sample = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index += 1) sample[index] = (value >> (8 * index)) & 0xff;
  return sample;
}
