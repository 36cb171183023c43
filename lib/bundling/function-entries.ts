/** Every Lambda entry, as `<folder>/<file>` of `lambda/<folder>/<file>.handler.ts`. */
export const functionEntries = [
  'submission/submission-api',
  'submission/write-receipt',
  'submission/record-failure',
  'submission/expire-submissions',
  'deidentification/plan-submission',
  'deidentification/clear-subjects',
  'deidentification/receive-clearance',
  'deidentification/deidentify-batch',
  'deidentification/quarantine-batch',
  'deidentification/settle-submission',
  'imaging/await-import',
  'imaging/import-finished',
  'imaging/reconcile-import',
  'imaging/datastore-resource',
  'catalogue/catalogue-submission',
  'catalogue/catalogue-api',
  'lake/compact-lake',
  'cohorts/cohorts-api',
  'demographics/demographics-api',
  'demographics/apply-demographics',
  'quarantine/quarantine-api',
  'quarantine/replay-part',
  'quarantine/expire-quarantine',
  'history/export-events',
  'history/history-api',
  'register/register-api',
  'register/authorise-request',
  'register/revocation-api',
  'register/expire-grants',
  'public-register/public-register-api',
  'splits/splits-api',
  'quality/make-scorecards',
  'quality/quality-api',
  'withdrawal/withdrawal-api',
  'withdrawal/prepare-withdrawal',
  'withdrawal/begin-withdrawal',
  'withdrawal/erase-submission',
  'withdrawal/delete-image-sets',
  'withdrawal/scrub-lake',
  'withdrawal/end-withdrawal',
  'withdrawal/stop-withdrawal',
  'releases/take-series',
  'releases/guard-release',
  'releases/commit-held-out',
  'releases/measure-release',
  'releases/write-documents',
  'releases/publish-release',
  'releases/stop-release',
  'releases/count-withdrawn',
  'releases/releases-api',
  'releases/public-releases-api',
  'credentials/credentials-api',
  'credentials/authorise-dicomweb',
  'credentials/deny-sessions',
  'credentials/revocation-canary',
] as const;

export type FunctionEntry = (typeof functionEntries)[number];

/** Entries that also run as the program of a container, as `<folder>/<file>` of `lambda/<folder>/<file>.task.ts`. */
export const taskEntries = ['deidentification/deidentify-batch'] as const satisfies readonly FunctionEntry[];

export type TaskEntry = (typeof taskEntries)[number];

/** `submission-api` of `submission/submission-api`. */
export function functionName(entry: FunctionEntry): string {
  return entry.slice(entry.indexOf('/') + 1);
}
