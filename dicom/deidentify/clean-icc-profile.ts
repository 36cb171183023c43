/** Tags of an ICC profile whose data are numbers that decide about colour (ICC.1:2022 section 9.2). */
const colourTags = new Set([
  'A2B0', 'A2B1', 'A2B2', 'B2A0', 'B2A1', 'B2A2', 'B2D0', 'B2D1', 'B2D2', 'B2D3', 'D2B0', 'D2B1', 'D2B2', 'D2B3',
  'bTRC', 'bXYZ', 'bkpt', 'chad', 'chrm', 'gTRC', 'gXYZ', 'gamt', 'kTRC', 'lumi', 'meas', 'pre0', 'pre1', 'pre2',
  'rTRC', 'rXYZ', 'view', 'wtpt',
]); // biome-ignore format: a table

/** Types of tag data that hold numbers only (ICC.1:2022 section 10); under a colour tag another type may stand. */
const numericTypes = new Set([
  'XYZ ', 'chrm', 'curv', 'mAB ', 'mBA ', 'meas', 'mft1', 'mft2', 'mpet', 'para', 'sf32', 'uf32', 'view',
]); // biome-ignore format: a table

/** Types of tag data that hold text: the four characters of the type stay, so that the profile stays readable. */
const textTypes = new Set(['desc', 'mluc', 'text']);

const headerLength = 128;

/**
 * An ICC profile without what could identify: every byte outside the colour tables is blanked, the date, the
 * creator and the device of the header are zeroed, the layout stays. Null where the bytes are no profile.
 */
export function cleanIccProfile(profile: Buffer): Buffer | null {
  if (profile.length < headerLength + 4 || profile.toString('latin1', 36, 40) !== 'acsp') return null;
  const size = profile.readUInt32BE(0);
  const count = profile.readUInt32BE(headerLength);
  const tableEnd = headerLength + 4 + count * 12;
  if (size > profile.length || count > 100 || tableEnd > size) return null;
  const cleaned = Buffer.alloc(profile.length);
  profile.copy(cleaned, 0, 0, tableEnd);
  // Preferred CMM, creation date and time, flags, manufacturer, model, attributes; creator, profile ID, reserved.
  cleaned.fill(0, 4, 8);
  cleaned.fill(0, 24, 36);
  cleaned.fill(0, 44, 64);
  cleaned.fill(0, 80, headerLength);
  for (let index = 0; index < count; index += 1) {
    const entry = headerLength + 4 + index * 12;
    const signature = profile.toString('latin1', entry, entry + 4);
    const offset = profile.readUInt32BE(entry + 4);
    const length = profile.readUInt32BE(entry + 8);
    if (offset < tableEnd || offset + length > size || length < 8) return null;
    if (!/^[A-Za-z0-9 ]{4}$/.test(signature)) return null;
    const type = profile.toString('latin1', offset, offset + 4);
    if (colourTags.has(signature) && numericTypes.has(type))
      profile.copy(cleaned, offset, offset, offset + length);
    else if (cleaned.readUInt32BE(offset) === 0)
      cleaned.write(textTypes.has(type) ? type : 'data', offset, 'latin1');
  }
  return cleaned;
}
