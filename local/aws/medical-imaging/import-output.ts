import type { ImportJob } from './import-job';
import { outputFolder } from './import-job';

/** How the import of one file went. */
export type FileOutcome =
  | {
      readonly kind: 'imported';
      readonly inputFile: string;
      readonly imageSetId: string;
      readonly imageSetVersion: number;
      readonly isPrimary: boolean;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly inputFile: string;
      readonly exceptionType: string;
      readonly message: string;
      /** Whether the fault is HealthImaging's. */
      readonly server: boolean;
    };

/** What a job came to. */
export interface ImportResults {
  readonly files: readonly FileOutcome[];
  readonly imageSets: readonly {
    readonly imageSetId: string;
    readonly isPrimary: boolean;
    readonly version: number;
    readonly created: boolean;
    readonly instances: number;
  }[];
}

/**
 * Objects that a job leaves behind, key below the job's output folder → content, in HealthImaging's layout
 * ("Understanding import jobs").
 */
export function outputObjects(job: ImportJob, results: ImportResults): Map<string, string> {
  const imported = results.files.filter((file) => file.kind === 'imported');
  const failed = results.files.filter((file) => file.kind === 'failed');
  const warned = imported.filter(({ warnings }) => warnings.length > 0);
  const { bucket, prefix } = outputFolder(job);
  const folder = `s3://${bucket}/${prefix}`;
  const objects = new Map<string, string>();
  if (imported.length > 0) {
    objects.set(
      'SUCCESS/success.ndjson',
      lines(imported, ({ inputFile, imageSetId, isPrimary }) => ({
        inputFile,
        importResponse: { imageSetId, isPrimary },
      })),
    );
  }
  if (failed.length > 0) {
    objects.set(
      'FAILURE/failure.ndjson',
      lines(failed, ({ inputFile, exceptionType, message }) => ({
        inputFile,
        exception: { exceptionType, message },
      })),
    );
  }
  if (warned.length > 0) {
    objects.set(
      'WARNING/warning.ndjson',
      lines(warned, ({ inputFile, imageSetId, imageSetVersion, isPrimary, warnings }) => ({
        inputFile,
        importResponse: { imageSetId, isPrimary },
        imageSetVersion,
        warnings: warnings.map((message) => ({
          warning_reason_code: 'NON_CONFORMANT_ELEMENT',
          type: 'ValidationWarning',
          message,
        })),
      })),
    );
  }
  const summary = {
    jobId: job.jobId,
    datastoreId: job.datastoreId,
    inputS3Uri: job.inputS3Uri,
    outputS3Uri: folder,
    successOutputS3Uri: `${folder}SUCCESS/`,
    failureOutputS3Uri: `${folder}FAILURE/`,
    warningOutputS3Uri: `${folder}WARNING/`,
    numberOfScannedFiles: results.files.length,
    numberOfImportedFiles: imported.length,
    numberOfFilesWithCustomerError: failed.filter(({ server }) => !server).length,
    numberOfFilesWithServerError: failed.filter(({ server }) => server).length,
    numberOfGeneratedImageSets: results.imageSets.length,
    imageSetsSummary: results.imageSets.map(({ imageSetId, instances }) => ({
      imageSetId,
      numberOfMatchedSOPInstances: instances,
    })),
  };
  objects.set('job-output-manifest.json', JSON.stringify({ jobSummary: summary }));
  return objects;
}

function lines<Row>(rows: readonly Row[], shape: (row: Row) => unknown): string {
  return rows.map((row) => `${JSON.stringify(shape(row))}\n`).join('');
}
