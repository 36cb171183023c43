import { trimPadding } from '../data-set/data-element';

/**
 * A Patient ID as it names a patient within a trust: without padding and white space around it; null where nothing is
 * left. Images and tables of a trust must name a patient alike, so both go through here.
 */
export function patientIdOf(text: string): string | null {
  const trimmed = trimPadding(text).trim();
  return trimmed === '' ? null : trimmed;
}
