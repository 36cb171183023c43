import type { Split } from '../../dicom/deidentify/outcome';
import { unloadsFolder } from '../lake/lake-folders.contract';

/** Keys of the buckets, as docs/architecture.md lists them. None holds anything identifying. */

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

export function landingKey(submissionId: string, ordinal: number): string {
  return `${submissionId}/${digits(ordinal, 6)}`;
}

/** A zip archive as it was sent. */
export function archiveKey(submissionId: string, archive: number): string {
  return `${submissionId}/archives/${digits(archive, 6)}`;
}

/** Number of an archive's key; null for any other key. */
export function archiveOfKey(key: string): number | null {
  const match = /^[^/]+\/archives\/(\d{6})$/.exec(key);
  return match === null ? null : Number(match[1]);
}

/** Ordinal of a key that ends in six digits, with or without `.dcm`; null for any other key. */
export function ordinalOfKey(key: string): number | null {
  const match = /(?:^|\/)(\d{6})(?:\.dcm)?$/.exec(key);
  return match === null ? null : Number(match[1]);
}

export function quarantineKey(trust: string, submissionId: string, ordinal: number): string {
  return `${trust}/${submissionId}/${digits(ordinal, 6)}`;
}

/** The exclusive prefix of one import job: the files of a pack that go to the data store of one split. */
export function deidentifiedPrefix(submissionId: string, split: Split, pack: string): string {
  return `${submissionId}/${split}/${pack}/`;
}

export function deidentifiedKey(submissionId: string, split: Split, pack: string, ordinal: number): string {
  return `${deidentifiedPrefix(submissionId, split, pack)}${digits(ordinal, 6)}.dcm`;
}

export const exchangeKeys = {
  subjects: (submissionId: string) => `subjects/${submissionId}.txt`,
  request: (submissionId: string) => `requests/${submissionId}.txt`,
  response: (submissionId: string) => `responses/${submissionId}.txt`,
  demographicsTablesPrefix: (submissionId: string) => `demographics/tables/${submissionId}/`,
  /** A demographics table as sent. */
  demographicsTable: (submissionId: string, upload: string) =>
    `demographics/tables/${submissionId}/${upload}.csv`,
  demographicsRowsPrefix: (submissionId: string) => `demographics/rows/${submissionId}/`,
  /** Its rows once they were checked. */
  demographicsRows: (submissionId: string, upload: string) =>
    `demographics/rows/${submissionId}/${upload}.json`,
  /** Patients to be withdrawn, until they have been read. */
  withdrawal: (withdrawalId: string) => `withdrawals/${withdrawalId}.txt`,
};

export const workKeys = {
  manifestPage: (submissionId: string, page: number) =>
    `submissions/${submissionId}/manifest/${digits(page, 4)}.json`,
  plan: (submissionId: string) => `submissions/${submissionId}/plan.json`,
  workList: (submissionId: string) => `submissions/${submissionId}/work-list.json`,
  /** The work list without the batches of large files. */
  mapList: (submissionId: string) => `submissions/${submissionId}/map-list.json`,
  /** A batch of one large file, for the task that finds it by its id. */
  largeBatch: (submissionId: string, batch: string) => `submissions/${submissionId}/large/${batch}.json`,
  cleared: (submissionId: string) => `submissions/${submissionId}/cleared.json`,
  /** `batch` is the name of a batch, or `plan` for what Plan itself decided. */
  results: (submissionId: string, batch: string) => `submissions/${submissionId}/results/${batch}.json`,
  resultsPrefix: (submissionId: string) => `submissions/${submissionId}/results/`,
  settlement: (submissionId: string) => `submissions/${submissionId}/settlement.json`,
  importedPacksPrefix: (submissionId: string) => `submissions/${submissionId}/imports/`,
  importedPack: (submissionId: string, split: Split, pack: string) =>
    `submissions/${submissionId}/imports/${split}-${pack}.json`,
  receipt: (submissionId: string) => `receipts/${submissionId}.json`,
  /** What became of one sending of a demographics table; for the trust alone, as its receipt. */
  demographicsAccount: (submissionId: string, upload: string, what: 'accepted' | 'applied') =>
    `demographics/${submissionId}/${upload}-${what}.json`,
  /** Which quarantined file each file of a replay submission is. */
  replay: (submissionId: string) => `submissions/${submissionId}/replay.json`,
  /** The files of one part of a release. */
  releasePart: (releaseId: string, part: number) => `releases/${releaseId}/${digits(part, 4)}.json`,
  importJobsPrefix: (submissionId: string) => `import-jobs/${submissionId}/`,
  importOutputPrefix: (submissionId: string, split: Split, pack: string) =>
    `import-jobs/${submissionId}/${split}/${pack}/`,
};

export const applicationKeys = {
  /** A paper of an application: nothing of its name. */
  attachment: (applicationId: string, attachmentId: string) => `${applicationId}/${attachmentId}`,
};

/** Demographics of the patients of a submission, under their pseudonyms. */
export function clinicalRowsKey(collection: string, split: Split, submissionId: string): string {
  return `clinical/collection=${collection}/split=${split}/${submissionId}.ndjson`;
}

export function catalogueRowsKey(collection: string, split: Split, submissionId: string): string {
  return `rows/collection=${collection}/split=${split}/${submissionId}.ndjson`;
}

/** Studies that were withdrawn, for whoever keeps lists of studies. */
export function tombstonesKey(collection: string, split: Split, withdrawalId: string): string {
  return `tombstones/collection=${collection}/split=${split}/${withdrawalId}.ndjson`;
}

export const withdrawalKeys = {
  prefix: (id: string) => `withdrawals/${id}/`,
  request: (id: string) => `withdrawals/${id}/request.json`,
  subjects: (id: string) => `withdrawals/${id}/subjects.json`,
  gathered: (id: string) => `withdrawals/${id}/gathered.json`,
  eraseList: (id: string) => `withdrawals/${id}/erase-list.json`,
  erasure: (id: string, submissionId: string) => `withdrawals/${id}/submissions/${submissionId}.json`,
  certificate: (id: string) => `withdrawals/${id}/certificate.json`,
};

/** Steps of a release, in the catalogue bucket. */
export const releaseKeys = {
  /** Where the rows of a release are written to before they are moved: a folder for each attempt. */
  unloadsPrefix: (release: string) => `${unloadsFolder}${release}/`,
  unloadFolder: (release: string, attempt: string) => `${unloadsFolder}${release}/${attempt}/`,
  /** Which files hold the rows. */
  series: (release: string) => `releases/${release}/series.json`,
  /** That they stand where they belong. */
  seriesMoved: (release: string) => `releases/${release}/series-moved.json`,
  manifest: (release: string) => `releases/${release}/manifest.csv`,
  figures: (release: string) => `releases/${release}/figures.json`,
  /** Groups that are not shown to be represented as asked. */
  gate: (release: string) => `releases/${release}/gate.json`,
};

/** Documents of releases, in their own bucket. */
export function releaseDocumentKey(release: string, name: string): string {
  return `${release}/${name}`;
}
