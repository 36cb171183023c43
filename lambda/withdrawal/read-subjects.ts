import { patientPseudonym, pseudonymOfNumber } from '../../dicom/deidentify/pseudonyms';
import { parseNhsNumber } from '../../dicom/nhs-number';

/** Patients of a list, without anything that the list holds. */
export interface ReadSubjects {
  /** Pseudonyms, each once, sorted. */
  readonly patients: readonly string[];
  /** Lines that name nobody: no valid NHS number. */
  readonly unreadable: number;
}

export type SubjectLines =
  | { readonly identifiers: 'nhs-number' }
  /** Patient IDs as they stand in the images of one trust. */
  | { readonly identifiers: 'patient-id'; readonly trust: string };

/** The patients of a list with one identifier a line; a comma at its end is left out, as in files of the opt-out service. */
export function readWithdrawalSubjects(text: string, lines: SubjectLines, patientKey: Buffer): ReadSubjects {
  const keys = { patient: patientKey };
  const patients = new Set<string>();
  let unreadable = 0;
  for (const line of text.split(/\r?\n/)) {
    const identifier = line.replace(/,\s*$/, '').trim();
    if (identifier === '') continue;
    if (lines.identifiers === 'patient-id') {
      patients.add(patientPseudonym(keys, { nhsNumber: null, patientId: identifier }, lines.trust));
      continue;
    }
    const number = parseNhsNumber(identifier);
    if (number === null) unreadable += 1;
    else patients.add(pseudonymOfNumber(keys, number));
  }
  return { patients: [...patients].sort(), unreadable };
}
