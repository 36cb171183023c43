import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An attribute of the standard. `xs`: US or SS by Pixel Representation (0028,0103). */
export interface Attribute {
  readonly vr: string;
  readonly keyword: string;
}

/** DICOM PS3.6 2025b, Table 6-1, © NEMA: tag in eight hex digits (x: any) → value representation, keyword. */
const table = read<Record<string, [vr: string, keyword: string]>>('data-dictionary.generated.json');

/** DICOM PS3.3, © NEMA: attributes of the modules of the Patient, Study and Series entities. */
const levels = read<Record<'patient' | 'study' | 'series', string[]>>('attribute-levels.generated.json');

const patientLevel = new Set(levels.patient);
const studyLevel = new Set(levels.study);
const seriesLevel = new Set(levels.series);

/**
 * The attribute of a tag; undefined for private and unknown ones.
 * @param tag eight upper-case hex digits
 */
export function attributeOf(tag: string): Attribute | undefined {
  const entry = table[tag] ?? table[repeatingGroup(tag)];
  if (entry) return { vr: entry[0], keyword: entry[1] };
  return tag.endsWith('0000') ? { vr: 'UL', keyword: `GroupLength${tag.slice(0, 4)}` } : undefined;
}

/** Where HealthImaging keeps an attribute: once a patient, study or series, or with every instance. */
export function levelOf(tag: string): 'patient' | 'study' | 'series' | 'instance' {
  if (patientLevel.has(tag)) return 'patient';
  if (studyLevel.has(tag)) return 'study';
  return seriesLevel.has(tag) ? 'series' : 'instance';
}

/** Curves (50xx) and overlays (60xx) repeat by group (PS3.5 section 7.6). */
function repeatingGroup(tag: string): string {
  return /^[56]0/.test(tag) ? `${tag.slice(0, 2)}xx${tag.slice(4)}` : tag;
}

function read<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(__dirname, name), 'utf8')) as Content;
}
