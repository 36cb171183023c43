import type { FileResult } from '../deidentification/pipeline.contract';
import type { SettledFile, Settlement } from '../deidentification/settlement.contract';
import type { ImportedPack } from '../imaging/import.contract';

/**
 * What the steps of a finished submission have left of its files, without those that are withdrawn. What is left would
 * give the same rows if its steps ran again, and the receipt stays as it is.
 */

interface OfPatient {
  readonly patientPseudonym?: string | undefined;
  readonly studyInstanceUid?: string | undefined;
}

function withoutPatient<File extends OfPatient>(file: File): Omit<File, keyof OfPatient> {
  const { patientPseudonym: _patient, studyInstanceUid: _study, ...rest } = file;
  return rest;
}

/** Results of a batch. A staged file that is withdrawn is withheld; a quarantined one keeps its code. */
export function scrubResults(results: readonly FileResult[], doomed: ReadonlySet<number>): FileResult[] {
  return results.map((result) => {
    if (!doomed.has(result.ordinal)) return result;
    if (result.outcome === 'staged') return { outcome: 'withheld', ordinal: result.ordinal };
    return result.outcome === 'quarantined' ? withoutPatient(result) : result;
  });
}

export function scrubSettlement(settlement: Settlement, doomed: ReadonlySet<number>): Settlement {
  return {
    ...settlement,
    files: settlement.files.map((file): SettledFile => {
      if (!doomed.has(file.ordinal)) return file;
      if (file.outcome === 'to-import') return { outcome: 'withheld', ordinal: file.ordinal };
      return file.outcome === 'quarantined' ? withoutPatient(file) : file;
    }),
  };
}

/** The account of an import: of withdrawn files nothing is left, as the settlement expects none of them. */
export function scrubImport(pack: ImportedPack, doomed: ReadonlySet<number>): ImportedPack {
  return { ...pack, files: pack.files.filter((file) => !doomed.has(file.ordinal)) };
}
