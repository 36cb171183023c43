import type { Box } from './answer-key';

/**
 * SOP classes of the synthetic set whose pixels the engine blanks today, and a box that must be hidden. Burned-in text
 * is generated for these only; of all other images the pixels must stay byte for byte.
 */
export const blankedKinds: ReadonlyMap<string, { readonly box: Box }> = new Map();
