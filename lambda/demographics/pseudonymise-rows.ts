import type { PseudonymKeys, Split } from '../../dicom/deidentify/outcome';
import { dateShiftDays, localPseudonym, patientPseudonym } from '../../dicom/deidentify/pseudonyms';
import { shiftDate } from '../../dicom/deidentify/shift-dates';
import type { StagedFile } from '../deidentification/pipeline.contract';
import { canonicalJson } from '../platform/canonical-json';
import type { ClinicalRow, DemographicsTotals, DropReason } from './demographics.contract';
import type { DemographicsRow } from './table-columns.contract';

/** Patients of whom the catalogue holds images that this submission brought, or brought again. */
export interface ImagedPatients {
  /** Split by pseudonym. */
  readonly splits: ReadonlyMap<string, Split>;
  /** Pseudonyms by that of the Patient ID in their images. */
  readonly byLocalPseudonym: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The patients of files whose study stands in the catalogue. */
export function imagedPatients(
  staged: readonly Pick<StagedFile, 'patientPseudonym' | 'localPseudonym' | 'split' | 'studyInstanceUid'>[],
  isCatalogued: (file: Pick<StagedFile, 'split' | 'studyInstanceUid'>) => boolean,
): ImagedPatients {
  const splits = new Map<string, Split>();
  for (const file of staged) if (isCatalogued(file)) splits.set(file.patientPseudonym, file.split);
  const byLocalPseudonym = new Map<string, Set<string>>();
  for (const { patientPseudonym: patient, localPseudonym: local } of staged) {
    if (local === undefined || local === null || !splits.has(patient)) continue;
    byLocalPseudonym.set(local, (byLocalPseudonym.get(local) ?? new Set()).add(patient));
  }
  return { splits, byLocalPseudonym };
}

type Match = { readonly patients: readonly string[] } | { readonly dropped: Exclude<DropReason, 'EXPIRED'> };

/**
 * The patients whom a row is about. An NHS number decides alone, as it does in an image; a Patient ID is followed to the
 * images that carry it, whatever pseudonym they have. Where the two, or the images of one Patient ID, lead to more than
 * one NHS number, nobody knows whose the row is.
 */
export function matchRow(
  keys: PseudonymKeys,
  trust: string,
  row: Pick<DemographicsRow, 'nhsNumber' | 'subjectId'>,
  imaged: ImagedPatients,
): Match {
  const { nhsNumber, subjectId } = row;
  const local = subjectId === null ? null : localPseudonym(keys, subjectId, trust);
  const linked = (local === null ? undefined : imaged.byLocalPseudonym.get(local)) ?? new Set<string>();
  const byNumber = [...linked].filter((patient) => patient !== local);
  if (nhsNumber === null) {
    if (byNumber.length > 1) return { dropped: 'IDENTIFIERS_DISAGREE' };
    return linked.size === 0 ? { dropped: 'NO_IMPORTED_IMAGES' } : { patients: [...linked] };
  }
  const patient = patientPseudonym(keys, { nhsNumber, patientId: subjectId }, trust);
  if (byNumber.some((other) => other !== patient)) return { dropped: 'IDENTIFIERS_DISAGREE' };
  return imaged.splits.has(patient) ? { patients: [patient] } : { dropped: 'NO_IMPORTED_IMAGES' };
}

/** `2026-11-05` moved `days` into the past. */
function shiftDay(day: string | null, days: number): string | null {
  if (day === null) return null;
  const moved = shiftDate(day.replaceAll('-', ''), days);
  return moved === null ? null : `${moved.slice(0, 4)}-${moved.slice(4, 6)}-${moved.slice(6)}`;
}

export interface RowSource {
  readonly submission: string;
  readonly trust: string;
  /** ONS code of the trust's region. */
  readonly trustRegion: string;
}

function pseudonymise(
  keys: PseudonymKeys,
  source: RowSource,
  row: DemographicsRow,
  patient: string,
): ClinicalRow {
  const { nhsNumber: _number, subjectId: _id, ...kept } = row;
  const days = dateShiftDays(keys, patient);
  return {
    ...kept,
    patientPseudonym: patient,
    submission: source.submission,
    trust: source.trust,
    region: row.region ?? source.trustRegion,
    dateOfAdmission: shiftDay(row.dateOfAdmission, days),
    dateOfDiagnosis: shiftDay(row.dateOfDiagnosis, days),
    dateOfDeath: shiftDay(row.dateOfDeath, days),
  };
}

export interface PseudonymisedRows {
  /** In order of pseudonym; the order of the table's rows is irrelevant. */
  readonly rows: ReadonlyMap<Split, readonly ClinicalRow[]>;
  readonly totals: DemographicsTotals;
}

/**
 * Rows of patients with images, under the pseudonyms of these images and with dates moved by their shift; all other rows
 * are dropped and counted. Two rows that turn out to be one patient's and say different things are dropped both.
 */
export function pseudonymiseRows(
  keys: PseudonymKeys,
  source: RowSource,
  table: readonly DemographicsRow[],
  imaged: ImagedPatients,
): PseudonymisedRows {
  const byPatient = new Map<string, Set<string>>();
  const matches = table.map((row) => {
    const match = matchRow(keys, source.trust, row, imaged);
    for (const patient of 'patients' in match ? match.patients : []) {
      const text = canonicalJson(pseudonymise(keys, source, row, patient));
      byPatient.set(patient, (byPatient.get(patient) ?? new Set()).add(text));
    }
    return match;
  });
  const clear = (patient: string) => byPatient.get(patient)?.size === 1;
  const reasons: Partial<Record<DropReason, number>> = {};
  let applied = 0;
  for (const match of matches) {
    if ('patients' in match && match.patients.some(clear)) applied += 1;
    else {
      const reason = 'dropped' in match ? match.dropped : 'IDENTIFIERS_DISAGREE';
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  }
  const rows = new Map<Split, ClinicalRow[]>([
    ['development', []],
    ['held-out', []],
  ]);
  for (const patient of [...byPatient.keys()].filter(clear).sort())
    for (const text of byPatient.get(patient) ?? [])
      rows.get(imaged.splits.get(patient) ?? 'held-out')?.push(JSON.parse(text) as ClinicalRow);
  return { rows, totals: { rows: table.length, applied, dropped: table.length - applied, reasons } };
}
