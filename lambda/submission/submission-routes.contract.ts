import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import { numberInText } from '../platform/parameters.contract';
import { selectRefusals } from '../platform/platform-error';
import { presignedUpload } from '../platform/presigned-urls.contract';
import type { RouteContracts } from '../platform/route.contract';
import {
  archiveCompleted,
  archivePartUrls,
  archiveUrls,
  archiveUrlsBody,
  fileCompleted,
  filePartUrls,
  filesPage,
  filesQuery,
  manifestPageAccepted,
  manifestPageBody,
  manifestPageByteLimit,
  newSubmission,
  pageQuery,
  partUrlsBody,
  receiptKeys,
  receiptLink,
  subjectsUrlBody,
  submissionCompleted,
  submissionCreated,
  submissionsPage,
  submissionView,
  uploadUrls,
  uploadUrlsBody,
} from './submission.contract';
import { submissionRefusals } from './submission-errors';

const roles = ['uploader'] as const;
const ofSubmission = z.object({ id: submissionId });
const anyNumber = numberInText(0, 999_999_999);
const ofPage = ofSubmission.extend({ page: anyNumber });
const ofFile = ofSubmission.extend({ ordinal: anyNumber });
const ofArchive = ofSubmission.extend({ archive: anyNumber });

const ofOwn = selectRefusals(submissionRefusals, 'NO_TRUST', 'SUBMISSION_NOT_FOUND');
const ofOpen = {
  ...ofOwn,
  ...selectRefusals(submissionRefusals, 'SUBMISSION_NOT_OPEN', 'SUBMISSION_EXPIRED'),
};
const ofLanding = { ...ofOpen, ...selectRefusals(submissionRefusals, 'TRUST_NOT_CONFIGURED') };
const ofManifest = selectRefusals(
  submissionRefusals,
  'ORDINAL_OUT_OF_RANGE',
  'ORDINAL_REPEATED',
  'PARTS_REQUIRED',
  'PARTS_NOT_ALLOWED',
  'PARTS_DIFFER',
  'MANIFEST_INCOMPLETE',
  'MANIFEST_BYTES_DIFFER',
  'ARCHIVES_INVALID',
);
const ofPartedFile = {
  ...ofLanding,
  ...selectRefusals(
    submissionRefusals,
    'ORDINAL_NOT_IN_MANIFEST',
    'FILE_IN_ARCHIVE',
    'FILE_TOO_LARGE',
    'NOT_IN_PARTS',
  ),
};
const ofPartedArchive = {
  ...ofLanding,
  ...selectRefusals(submissionRefusals, 'ARCHIVE_NOT_IN_MANIFEST', 'NOT_IN_PARTS'),
};
const ofParts = selectRefusals(submissionRefusals, 'PARTS_MISSING');
const ofReceipt = {
  ...ofOwn,
  ...selectRefusals(submissionRefusals, 'RECEIPT_NOT_READY', 'RECEIPT_GONE'),
};

/** The routes of submission-api. */
export const submissionRoutes = {
  createSubmission: {
    id: 'createSubmission',
    method: 'POST',
    path: '/v1/submissions',
    summary: 'Begins a submission of files into a collection; the same key gives the same submission.',
    roles,
    body: newSubmission,
    answer: submissionCreated,
    status: [201, 200],
    refusals: selectRefusals(
      submissionRefusals,
      'NO_TRUST',
      'TRUST_NOT_CONFIGURED',
      'NO_FILES',
      'TOO_MANY_FILES',
      'SUBMISSION_TOO_LARGE',
      'UNKNOWN_COLLECTION',
      'COLLECTION_ENDED',
      'IDEMPOTENCY_KEY_REUSED',
    ),
  },
  listSubmissions: {
    id: 'listSubmissions',
    method: 'GET',
    path: '/v1/submissions',
    summary: 'Lists the submissions of the own trust, newest first.',
    roles,
    query: pageQuery,
    answer: submissionsPage,
    refusals: selectRefusals(submissionRefusals, 'NO_TRUST'),
  },
  showSubmission: {
    id: 'showSubmission',
    method: 'GET',
    path: '/v1/submissions/{id}',
    summary: 'Shows the state of a submission, its totals and its demographics.',
    roles,
    params: ofSubmission,
    answer: submissionView,
    refusals: ofOwn,
  },
  putManifestPage: {
    id: 'putManifestPage',
    method: 'PUT',
    path: '/v1/submissions/{id}/manifest/{page}',
    summary: 'Takes a page of the manifest; the same page again is a no-op, another content a conflict.',
    roles,
    params: ofPage,
    body: manifestPageBody,
    bodyLimit: manifestPageByteLimit,
    answer: manifestPageAccepted,
    refusals: {
      ...ofOpen,
      ...ofManifest,
      ...selectRefusals(submissionRefusals, 'PAGE_OUT_OF_RANGE', 'PAGE_CONFLICT', 'SUBMISSION_TOO_LARGE'),
    },
  },
  issueUploadUrls: {
    id: 'issueUploadUrls',
    method: 'POST',
    path: '/v1/submissions/{id}/upload-urls',
    summary: 'Gives presigned PUTs for files of the manifest, valid for 15 minutes.',
    roles,
    params: ofSubmission,
    body: uploadUrlsBody,
    answer: uploadUrls,
    refusals: {
      ...ofLanding,
      ...selectRefusals(
        submissionRefusals,
        'ORDINAL_NOT_IN_MANIFEST',
        'FILE_IN_ARCHIVE',
        'MULTIPART_REQUIRED',
      ),
    },
  },
  issueArchiveUrls: {
    id: 'issueArchiveUrls',
    method: 'POST',
    path: '/v1/submissions/{id}/archive-urls',
    summary: 'Gives presigned PUTs for archives of the manifest, valid for 15 minutes.',
    roles,
    params: ofSubmission,
    body: archiveUrlsBody,
    answer: archiveUrls,
    refusals: {
      ...ofLanding,
      ...selectRefusals(submissionRefusals, 'ARCHIVE_NOT_IN_MANIFEST', 'MULTIPART_REQUIRED'),
    },
  },
  issueFilePartUrls: {
    id: 'issueFilePartUrls',
    method: 'POST',
    path: '/v1/submissions/{id}/files/{ordinal}/part-urls',
    summary: 'Gives presigned PUTs for the parts of a file that have not been received.',
    roles,
    params: ofFile,
    body: partUrlsBody,
    answer: filePartUrls,
    refusals: ofPartedFile,
  },
  completeFile: {
    id: 'completeFile',
    method: 'POST',
    path: '/v1/submissions/{id}/files/{ordinal}/complete',
    summary: 'Puts the parts of a file together.',
    roles,
    params: ofFile,
    answer: fileCompleted,
    refusals: { ...ofPartedFile, ...ofParts },
  },
  issueArchivePartUrls: {
    id: 'issueArchivePartUrls',
    method: 'POST',
    path: '/v1/submissions/{id}/archives/{archive}/part-urls',
    summary: 'Gives presigned PUTs for the parts of an archive that have not been received.',
    roles,
    params: ofArchive,
    body: partUrlsBody,
    answer: archivePartUrls,
    refusals: ofPartedArchive,
  },
  completeArchive: {
    id: 'completeArchive',
    method: 'POST',
    path: '/v1/submissions/{id}/archives/{archive}/complete',
    summary: 'Puts the parts of an archive together.',
    roles,
    params: ofArchive,
    answer: archiveCompleted,
    refusals: { ...ofPartedArchive, ...ofParts },
  },
  issueSubjectsUrl: {
    id: 'issueSubjectsUrl',
    method: 'POST',
    path: '/v1/submissions/{id}/subjects-url',
    summary: 'Gives a presigned PUT for the NHS numbers of the patients of a submission.',
    roles,
    params: ofSubmission,
    body: subjectsUrlBody,
    answer: presignedUpload,
    refusals: ofOpen,
  },
  completeSubmission: {
    id: 'completeSubmission',
    method: 'POST',
    path: '/v1/submissions/{id}/complete',
    summary: 'Closes the manifest and starts the processing; again, it is a no-op.',
    roles,
    params: ofSubmission,
    answer: submissionCompleted,
    status: 202,
    refusals: {
      ...ofOwn,
      ...ofManifest,
      ...selectRefusals(submissionRefusals, 'SUBMISSION_EXPIRED'),
    },
  },
  listSubmissionFiles: {
    id: 'listSubmissionFiles',
    method: 'GET',
    path: '/v1/submissions/{id}/files',
    summary: 'Lists the fates of the files of a finished submission.',
    roles,
    params: ofSubmission,
    query: filesQuery,
    answer: filesPage,
    refusals: ofReceipt,
  },
  linkReceipt: {
    id: 'linkReceipt',
    method: 'GET',
    path: '/v1/submissions/{id}/receipt',
    summary: 'Gives a presigned GET of the signed receipt.',
    roles,
    params: ofSubmission,
    answer: receiptLink,
    refusals: ofReceipt,
  },
  listReceiptKeys: {
    id: 'listReceiptKeys',
    method: 'GET',
    path: '/v1/receipt-keys',
    summary: 'Lists the public keys of receipts (JWKS, RFC 7517).',
    roles: 'public',
    open: 'Whoever holds a receipt may check it: these are public keys.',
    rateLimit: { perSecond: 50, burst: 100 },
    answer: receiptKeys,
    refusals: {},
  },
} as const satisfies RouteContracts;
