import type { Box } from './answer-key';

/** What lies inside of the region stays; the rest of the image is blanked. Pixels counted from 0, edges included. */
export interface BlankedKind {
  readonly region: Box;
  /** Outside of the region: must be hidden. */
  readonly hidden: Box;
}

/**
 * SOP classes of the synthetic set whose pixels the engine blanks today. Burned-in text is generated for these only; of
 * all other images the pixels must stay byte for byte.
 */
export const blankedKinds: ReadonlyMap<string, BlankedKind> = new Map([
  [
    '1.2.840.10008.5.1.4.1.1.6.1',
    {
      region: { left: 2, top: 5, right: 13, bottom: 14 },
      hidden: { left: 0, top: 0, right: 15, bottom: 4 },
    },
  ],
]);
