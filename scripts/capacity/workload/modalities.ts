/** One kind of examination, as a trust sends it. */
export interface Modality {
  readonly name: string;
  readonly filesPerStudy: number;
  readonly bytesPerStudy: number;
  readonly seriesPerStudy: number;
  /** Whether a larger study has more files, or larger ones. */
  readonly grows: 'files' | 'bytes';
  /** Coefficient of variation of the size of a study. */
  readonly variation: number;
}

/**
 * Files and bytes of X-ray and CT are the planning figures of the design; all of the others, and every variation, are
 * assumptions to be replaced by what trusts measure.
 */
export const modalities = {
  xray: {
    name: 'X-ray',
    filesPerStudy: 1.5,
    bytesPerStudy: 10e6,
    seriesPerStudy: 2,
    grows: 'bytes',
    variation: 0.5,
  },
  ultrasound: {
    name: 'ultrasound',
    filesPerStudy: 25,
    bytesPerStudy: 60e6,
    seriesPerStudy: 1,
    grows: 'files',
    variation: 0.8,
  },
  ct: {
    name: 'CT',
    filesPerStudy: 500,
    bytesPerStudy: 280e6,
    seriesPerStudy: 4,
    grows: 'files',
    variation: 0.7,
  },
  mr: {
    name: 'MR',
    filesPerStudy: 400,
    bytesPerStudy: 150e6,
    seriesPerStudy: 8,
    grows: 'files',
    variation: 0.6,
  },
  fluoroscopy: {
    name: 'fluoroscopy',
    filesPerStudy: 15,
    bytesPerStudy: 80e6,
    seriesPerStudy: 3,
    grows: 'files',
    variation: 0.8,
  },
  isotope: {
    name: 'isotope imaging',
    filesPerStudy: 8,
    bytesPerStudy: 5e6,
    seriesPerStudy: 3,
    grows: 'files',
    variation: 0.5,
  },
} as const satisfies Record<string, Modality>;

export interface MixPart {
  readonly modality: Modality;
  readonly studies: number;
}

/** Examinations of a year in England, 2013/14 (NHS England, KH12): 42.9 million. */
export const englishYear: readonly MixPart[] = [
  { modality: modalities.xray, studies: 23_100_000 },
  { modality: modalities.ultrasound, studies: 10_000_000 },
  { modality: modalities.ct, studies: 5_200_000 },
  { modality: modalities.mr, studies: 2_700_000 },
  { modality: modalities.fluoroscopy, studies: 1_300_000 },
  { modality: modalities.isotope, studies: 600_000 },
];

/** The predecessor's collection (NCCID, 2023): 55,764 studies. */
export const predecessorCollection: readonly MixPart[] = [
  { modality: modalities.xray, studies: 45_635 },
  { modality: modalities.ct, studies: 10_101 },
  { modality: modalities.mr, studies: 28 },
];

export function studiesOf(mix: readonly MixPart[]): number {
  return mix.reduce((sum, { studies }) => sum + studies, 0);
}
