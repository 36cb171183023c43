import type { FileToImport } from '../deidentification/settlement.contract';
import { ordinalOfKey } from '../platform/object-keys';
import type { PackFile } from './import.contract';
import type { FailureLine, JobSummary, SuccessLine, WarningLine } from './job-output';

/** Raised where a job's account does not cover the files it was given: nothing may be concluded from it. */
export class ImportUnbalancedError extends Error {
  override readonly name = 'ImportUnbalancedError';
}

export interface JobOutput {
  readonly summary: JobSummary;
  readonly successes: readonly SuccessLine[];
  readonly failures: readonly FailureLine[];
  readonly warnings: readonly WarningLine[];
}

export interface ReconciledPack {
  /** In order of ordinal, one for each file that was to be imported. */
  readonly files: readonly PackFile[];
  /** Image sets outside the primary ones, to be deleted. */
  readonly strayImageSets: readonly string[];
}

/** Reason codes by ordinal, each once, sorted. */
function warningsByOrdinal(lines: readonly WarningLine[]): Map<number, string[]> {
  const codes = new Map<number, string[]>();
  for (const { inputFile, warnings } of lines) {
    const ordinal = ordinalOfKey(inputFile);
    if (ordinal === null) continue;
    const all = [...(codes.get(ordinal) ?? []), ...warnings.map((each) => each.warning_reason_code)];
    codes.set(ordinal, [...new Set(all)].sort());
  }
  return codes;
}

/**
 * Joins what was to be imported with what the job says of each file. A job that is COMPLETED may have left files out, so
 * its counts must fit: every file scanned, every scanned file imported or failed, and each named.
 * @throws ImportUnbalancedError
 */
export function reconcileFiles(expected: readonly FileToImport[], output: JobOutput): ReconciledPack {
  const { summary, successes, failures } = output;
  const failed = summary.numberOfFilesWithCustomerError + summary.numberOfFilesWithServerError;
  if (summary.numberOfScannedFiles !== expected.length)
    throw new ImportUnbalancedError(
      `the job scanned ${summary.numberOfScannedFiles} of ${expected.length} files`,
    );
  if (summary.numberOfImportedFiles + failed !== summary.numberOfScannedFiles)
    throw new ImportUnbalancedError(
      `${summary.numberOfImportedFiles} imported and ${failed} failed are not ${summary.numberOfScannedFiles} scanned`,
    );
  const ends = new Map<number, SuccessLine | FailureLine>();
  for (const line of [...successes, ...failures]) {
    const ordinal = ordinalOfKey(line.inputFile);
    if (ordinal === null || ends.has(ordinal))
      throw new ImportUnbalancedError('the job names a file twice, or one that was not given to it');
    ends.set(ordinal, line);
  }
  const warned = warningsByOrdinal(output.warnings);
  const strayImageSets = new Set<string>();
  const files = expected.map((file): PackFile => {
    const { ordinal, sopInstanceUid, patientPseudonym, studyInstanceUid } = file;
    const end = ends.get(ordinal);
    if (end === undefined) throw new ImportUnbalancedError(`the job says nothing of file ${ordinal}`);
    ends.delete(ordinal);
    const quarantined = {
      outcome: 'quarantined',
      ordinal,
      tagPath: null,
      held: 'quarantine',
      patientPseudonym,
      studyInstanceUid,
    } as const;
    if ('exception' in end)
      return { ...quarantined, code: 'IMPORT_REFUSED', exceptionType: end.exception.exceptionType };
    const { imageSetId, isPrimary } = end.importResponse;
    if (isPrimary)
      return {
        outcome: 'imported',
        ordinal,
        sopInstanceUid,
        imageSetId,
        warnings: warned.get(ordinal) ?? [],
      };
    strayImageSets.add(imageSetId);
    return { ...quarantined, code: 'IMPORT_NOT_PRIMARY', exceptionType: null };
  });
  if (ends.size > 0) throw new ImportUnbalancedError(`the job names ${ends.size} files of another pack`);
  return { files, strayImageSets: [...strayImageSets] };
}
