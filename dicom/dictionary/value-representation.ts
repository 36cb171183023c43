/** Value representations (PS3.5 section 6.2) and how their lengths are encoded (PS3.5 section 7.1.2). */

/** VRs whose explicit encoding has two reserved bytes and a length of four bytes. */
const longLength = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const shortLength = new Set([
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM',
  'UI', 'UL', 'US',
]); // biome-ignore format: a table

export const isKnownVr = (vr: string): boolean => shortLength.has(vr) || longLength.has(vr);

/** A VR of a later edition has the long form (PS3.5 section 7.1.2, note on unknown VRs). */
export const hasLongLength = (vr: string): boolean => !shortLength.has(vr);

/** Text in the Specific Character Set (PS3.5 section 6.1.2.2). */
export const isCharacterSetVr = (vr: string): boolean => characterSetVrs.has(vr);
const characterSetVrs = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** Strings, in the Specific Character Set or the default repertoire. */
export const isStringVr = (vr: string): boolean => stringVrs.has(vr);
const stringVrs = new Set([
  'AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT',
]); // biome-ignore format: a table

/** Binary numbers, one or more. */
export const isNumericVr = (vr: string): boolean => numericVrs.has(vr);
const numericVrs = new Set(['AT', 'FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

/** Bytes or binary numbers; neither text nor unknown. */
export const isBinaryVr = (vr: string): boolean => numericVrs.has(vr) || byteVrs.has(vr);
const byteVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW']);

/** Bytes of one number, by which a value is swapped between byte orders; 1 for the others. */
export const numberSize = (vr: string): number => sizes[vr] ?? 1;
const sizes: Readonly<Record<string, number>> = {
  AT: 2, FD: 8, FL: 4, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, SL: 4, SS: 2, SV: 8, UL: 4, US: 2, UV: 8,
}; // biome-ignore format: a table

/** The byte that pads a value to an even length. */
export const paddingOf = (vr: string): number => (isStringVr(vr) && vr !== 'UI' ? 0x20 : 0x00);
