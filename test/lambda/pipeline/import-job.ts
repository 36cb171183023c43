import type { MemoryObjectStore } from '../fixtures/memory-object-store';

export interface ImportJob {
  readonly datastoreId: string;
  readonly jobId: string;
  readonly inputS3Uri: string;
  readonly outputS3Uri: string;
}

/** What HealthImaging does with a file. */
export type ImportEnd = 'primary' | 'not-primary' | 'refused';

/**
 * What HealthImaging does with a job: reads everything under its prefix and leaves its account; once for a client token.
 * @param importOf what becomes of the file of an ordinal
 */
export function runImportJob(
  objects: MemoryObjectStore,
  job: ImportJob,
  importOf: (ordinal: number) => ImportEnd,
): void {
  const prefix = job.inputS3Uri.replace('s3://deidentified/', '');
  const folder = `${job.outputS3Uri.replace('s3://work/', '')}${job.datastoreId}-DicomImport-${job.jobId}/`;
  if (objects.keys('work').includes(`${folder}job-output-manifest.json`)) return;
  const files = objects.keys('deidentified').filter((key) => key.startsWith(prefix));
  const ends = files.map((inputFile) => {
    const end = importOf(Number(/(\d{6})\.dcm$/.exec(inputFile)?.[1]));
    return { inputFile, end };
  });
  const imported = ends.filter(({ end }) => end !== 'refused');
  const refused = ends.filter(({ end }) => end === 'refused');
  const lines = (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  objects.set(
    'work',
    `${folder}SUCCESS/success.ndjson`,
    lines(
      imported.map(({ inputFile, end }) => ({
        inputFile,
        importResponse: {
          imageSetId: (end === 'primary' ? 'a' : 'b').repeat(32),
          isPrimary: end === 'primary',
        },
      })),
    ),
  );
  objects.set(
    'work',
    `${folder}FAILURE/failure.ndjson`,
    lines(
      refused.map(({ inputFile }) => ({
        inputFile,
        exception: { exceptionType: 'ValidationException', message: 'no' },
      })),
    ),
  );
  objects.set(
    'work',
    `${folder}job-output-manifest.json`,
    JSON.stringify({
      jobSummary: {
        numberOfScannedFiles: files.length,
        numberOfImportedFiles: imported.length,
        numberOfFilesWithCustomerError: refused.length,
        numberOfFilesWithServerError: 0,
      },
    }),
  );
}
