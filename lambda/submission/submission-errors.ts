import { refusals } from '../platform/platform-error';
import { fileLimit, manifestPageLimit } from './submission.contract';

/** Every refusal of the submission routes. */
export const submissionRefusals = {
  NO_TRUST: {
    status: 403,
    title: 'Your account is not linked to a trust.',
    fix: 'Ask an officer of the platform to link your account to your trust.',
  },
  TRUST_NOT_CONFIGURED: {
    status: 403,
    title: 'The platform does not take images from your trust yet.',
    fix: 'Ask the platform team to set up your trust.',
  },
  UNKNOWN_COLLECTION: {
    status: 404,
    title: 'There is no such collection.',
    fix: 'Check the name of the collection with the platform team.',
  },
  COLLECTION_ENDED: {
    status: 409,
    title: 'The legal basis of the collection has ended; it takes no more images.',
    fix: 'Do not send these images. Ask the platform team if you think the collection should go on.',
  },
  NO_FILES: {
    status: 422,
    title: 'A submission needs at least one file.',
    fix: 'Choose a folder that holds DICOM files.',
  },
  TOO_MANY_FILES: {
    status: 422,
    title: `A submission takes at most ${fileLimit.toLocaleString('en-GB')} files.`,
    fix: 'Send the files in several submissions, each study whole in one of them.',
  },
  SUBMISSION_TOO_LARGE: {
    status: 422,
    title: 'A submission takes at most 1 TB.',
    fix: 'Send the files in several submissions, each study whole in one of them.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The idempotency key belongs to another submission.',
    fix: 'Use a new key for a new submission.',
  },
  SUBMISSION_NOT_FOUND: {
    status: 404,
    title: 'Your trust has no such submission.',
    fix: 'Check the id; `nmip submission` lists the submissions of your trust.',
  },
  SUBMISSION_NOT_OPEN: {
    status: 409,
    title: 'The submission has been completed and cannot change any more.',
    fix: 'Send further files in a new submission.',
  },
  SUBMISSION_EXPIRED: {
    status: 409,
    title: 'The submission was not completed in time and has ended with what had come.',
    fix: 'Send the folder again: the same command makes a new submission. Its receipt tells which files came.',
  },
  PAGE_OUT_OF_RANGE: {
    status: 422,
    title: `Manifest pages are numbered from 1 to ${manifestPageLimit}.`,
    fix: 'Put up to 10,000 entries into a page and number the pages from 1.',
  },
  PAGE_CONFLICT: {
    status: 409,
    title: 'This manifest page was sent before with other entries.',
    fix: 'Start a new submission: a manifest page never changes.',
  },
  ORDINAL_OUT_OF_RANGE: {
    status: 422,
    title: 'Ordinals run from 1 to the number of files of the submission.',
    fix: 'Number the files from 1 without gaps.',
  },
  ORDINAL_REPEATED: {
    status: 422,
    title: 'An ordinal stands twice in the manifest.',
    fix: 'Number the files from 1 without gaps, each once.',
  },
  ORDINAL_NOT_IN_MANIFEST: {
    status: 404,
    title: 'The manifest has no entry for some of these ordinals.',
    fix: 'Send the manifest page of the files first.',
  },
  FILE_IN_ARCHIVE: {
    status: 422,
    title: 'Some of these files came in an archive of the submission.',
    fix: 'Ask for the URL of the archive: its files are not sent one by one.',
  },
  ARCHIVE_NOT_IN_MANIFEST: {
    status: 404,
    title: 'The manifest lists none of these archives.',
    fix: 'Send the manifest page of the archives first.',
  },
  ARCHIVES_INVALID: {
    status: 422,
    title: 'The archives of the manifest and its files do not fit each other.',
    fix: 'Start a new submission: list each archive once, with at least one file, above 100 MB with its parts, and each of its members once.',
  },
  PARTS_REQUIRED: {
    status: 422,
    title: 'Files above 100 MB are sent in parts, and the manifest must list the digest of each part.',
    fix: 'Give these entries `parts`: the size of a part and the SHA-256 of each.',
  },
  PARTS_NOT_ALLOWED: {
    status: 422,
    title: 'Only files above 100 MB that are not in an archive are sent in parts.',
    fix: 'Leave `parts` out of these entries and give the SHA-256 of the whole file.',
  },
  PARTS_DIFFER: {
    status: 422,
    title: 'The parts of an entry do not fit its size or its digest.',
    fix: 'Give one SHA-256 a part, and as `sha256` the SHA-256 of all of these one after the other, as bytes.',
  },
  MULTIPART_REQUIRED: {
    status: 422,
    title: 'Files and archives above 100 MB are not sent in one piece.',
    fix: 'Ask for the URLs of their parts: POST /v1/submissions/{id}/files/{ordinal}/part-urls, or …/archives/{archive}/part-urls.',
  },
  NOT_IN_PARTS: {
    status: 422,
    title: 'The file or archive is sent in one piece.',
    fix: 'Ask for its URL: POST /v1/submissions/{id}/upload-urls, or …/archive-urls.',
  },
  PARTS_MISSING: {
    status: 409,
    title: 'Some parts of the file have not been received.',
    fix: 'Ask for the URLs of its parts again, send those, then complete the file.',
  },
  FILE_TOO_LARGE: {
    status: 422,
    title: 'The image store takes files of 10 GB at most.',
    fix: 'Do not send the file: it will end as quarantined (TOO_LARGE). Complete the submission without it.',
  },
  MANIFEST_INCOMPLETE: {
    status: 422,
    title: 'The manifest does not list every file of the submission.',
    fix: 'Send the manifest pages that are missing, then complete the submission.',
  },
  MANIFEST_BYTES_DIFFER: {
    status: 422,
    title: 'The sizes in the manifest do not add up to the size announced.',
    fix: 'Start a new submission with the right total.',
  },
  RECEIPT_NOT_READY: {
    status: 409,
    title: 'The submission has not come to its end yet.',
    fix: 'Wait until its state is `done`; `nmip submission ID --watch` shows it.',
  },
  RECEIPT_GONE: {
    status: 410,
    title: 'The receipt has been deleted, as receipts are after some time.',
    fix: 'Use the copy that your trust has kept. The totals of the submission are still here.',
  },
} as const;

export const refuseSubmission = refusals(submissionRefusals);
