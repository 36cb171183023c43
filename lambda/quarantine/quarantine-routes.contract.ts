import * as z from 'zod';
import { numberInText } from '../platform/parameters.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import {
  fileReference,
  quarantineCounts,
  quarantineDetails,
  quarantinePage,
  quarantineQuery,
  rejectionBody,
  releaseAnswer,
  releaseId,
  releaseRequest,
  releaseView,
} from './quarantine.contract';
import { quarantineRefusals } from './quarantine-errors';

const officers = ['officer'] as const;
const readers = ['officer', 'uploader'] as const;
const ofFile = z.object({ submission: fileReference.shape.submission, ordinal: numberInText(1, 100_000) });

/** The routes of quarantine-api. None of them gives the bytes of a file. */
export const quarantineRoutes = {
  listQuarantine: {
    id: 'listQuarantine',
    method: 'GET',
    path: '/v1/quarantine',
    summary: 'Lists quarantined files: all for officers, those of the own trust for uploaders.',
    roles: readers,
    query: quarantineQuery,
    answer: quarantinePage,
    refusals: selectRefusals(quarantineRefusals, 'NO_TRUST', 'OTHER_TRUST'),
  },
  countQuarantine: {
    id: 'countQuarantine',
    method: 'GET',
    path: '/v1/quarantine/counts',
    summary: 'Counts the files that are kept, by trust and code.',
    roles: readers,
    answer: quarantineCounts,
    refusals: selectRefusals(quarantineRefusals, 'NO_TRUST'),
  },
  releaseFiles: {
    id: 'releaseFiles',
    method: 'POST',
    path: '/v1/quarantine/releases',
    summary: 'Processes quarantined files again, or says what would be (200, with `dryRun`).',
    roles: officers,
    body: releaseRequest,
    idempotencyKey: true,
    answer: releaseAnswer,
    status: [202, 200],
    refusals: selectRefusals(
      quarantineRefusals,
      'FILE_NOT_FOUND',
      'FILES_REPEATED',
      'NEVER_RELEASED',
      'RULES_NOT_CHANGED',
      'NOTHING_TO_RELEASE',
      'COLLECTION_ENDED',
      'TRUST_NOT_CONFIGURED',
      'IDEMPOTENCY_KEY_REUSED',
    ),
  },
  showRelease: {
    id: 'showRelease',
    method: 'GET',
    path: '/v1/quarantine/releases/{id}',
    summary: 'Shows how far a release is.',
    roles: officers,
    params: z.object({ id: releaseId }),
    answer: releaseView,
    refusals: selectRefusals(quarantineRefusals, 'RELEASE_NOT_FOUND'),
  },
  showQuarantined: {
    id: 'showQuarantined',
    method: 'GET',
    path: '/v1/quarantine/{submission}/{ordinal}',
    summary: 'Shows why a file is in quarantine, what can be done, and the rules then and now.',
    roles: readers,
    params: ofFile,
    answer: quarantineDetails,
    refusals: selectRefusals(quarantineRefusals, 'NO_TRUST', 'FILE_NOT_FOUND'),
  },
  rejectFile: {
    id: 'rejectFile',
    method: 'POST',
    path: '/v1/quarantine/{submission}/{ordinal}/reject',
    summary: 'Decides that a file will not be taken; its copy is deleted at once.',
    roles: officers,
    params: ofFile,
    body: rejectionBody,
    answer: quarantineDetails,
    refusals: selectRefusals(quarantineRefusals, 'FILE_NOT_FOUND', 'NOT_WAITING'),
  },
} as const satisfies RouteContracts;
