import * as z from 'zod';
import { gateFinding } from '../../statistics/representativeness/gate.contract';
import { representativenessReport } from '../../statistics/representativeness/report.contract';
import { collectionId } from '../platform/configuration.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { registerRefusals } from '../register/register-refusals.contract';
import { leakageReport } from '../splits/leakage.contract';
import { releaseVersion } from './release.contract';
import { releaseRefusals } from './release-refusals.contract';
import {
  fileLink,
  newReason,
  newRelease,
  publicFiles,
  publishedReleases,
  publishedReleaseWithFiles,
  releaseProgress,
  releasesProgress,
} from './releases-api.contract';

const params = z.object({ version: releaseVersion });
const notFound = selectRefusals(releaseRefusals, 'RELEASE_NOT_FOUND');
const busy = selectRefusals(registerRefusals, 'REGISTER_BUSY');

/** What releases-api serves: the making of releases, and what of them is not for everybody. */
export const releasesRoutes = {
  createRelease: {
    id: 'createRelease',
    method: 'POST',
    path: '/v1/releases',
    summary: 'Begins the making of a release; one at a time.',
    roles: ['officer'],
    body: newRelease,
    answer: releaseProgress,
    status: [201, 200],
    idempotencyKey: true,
    refusals: {
      ...selectRefusals(
        releaseRefusals,
        'RELEASE_EXISTS',
        'RELEASE_NOT_NEWER',
        'RELEASE_UNDER_WAY',
        'UNKNOWN_COLLECTION',
      ),
      ...selectRefusals(registerRefusals, 'REGISTER_BUSY', 'IDEMPOTENCY_KEY_REUSED'),
    },
  },
  listReleaseProgress: {
    id: 'listReleaseProgress',
    method: 'GET',
    path: '/v1/release-progress',
    summary: 'Every release in whatever state, the latest version first.',
    roles: ['officer', 'auditor'],
    answer: releasesProgress,
    refusals: {},
  },
  showReleaseProgress: {
    id: 'showReleaseProgress',
    method: 'GET',
    path: '/v1/releases/{version}/progress',
    summary: 'How the making of a release stands, and at what it has stopped.',
    roles: ['officer', 'auditor'],
    params,
    answer: releaseProgress,
    refusals: notFound,
  },
  showReleaseFindings: {
    id: 'showReleaseFindings',
    method: 'GET',
    path: '/v1/releases/{version}/findings',
    summary: 'What the guard against leakage and the gate of representativeness found.',
    roles: ['officer'],
    params,
    answer: z.object({
      leakage: leakageReport.nullable(),
      representativeness: z.array(gateFinding).nullable(),
    }),
    refusals: notFound,
  },
  giveReleaseReason: {
    id: 'giveReleaseReason',
    method: 'POST',
    path: '/v1/releases/{version}/reasons',
    summary: 'Puts on record why a release goes on although it represents some groups badly, and goes on.',
    roles: ['officer'],
    params,
    body: newReason,
    answer: releaseProgress,
    refusals: {
      ...notFound,
      ...busy,
      ...selectRefusals(releaseRefusals, 'RELEASE_NOT_STOPPED', 'REASON_NOT_ASKED', 'FINDINGS_CHANGED'),
    },
  },
  resumeRelease: {
    id: 'resumeRelease',
    method: 'POST',
    path: '/v1/releases/{version}/resume',
    summary: 'Goes on with a release that has stopped: what it stopped at is looked at again.',
    roles: ['officer'],
    params,
    answer: releaseProgress,
    status: 202,
    refusals: { ...notFound, ...busy, ...selectRefusals(releaseRefusals, 'RELEASE_FINISHED') },
  },
  abandonRelease: {
    id: 'abandonRelease',
    method: 'POST',
    path: '/v1/releases/{version}/abandon',
    summary: 'Gives a release up that has stopped; its version is not used again.',
    roles: ['officer'],
    params,
    answer: releaseProgress,
    refusals: {
      ...notFound,
      ...busy,
      ...selectRefusals(releaseRefusals, 'RELEASE_NOT_STOPPED', 'RELEASE_FINISHED'),
    },
  },
  linkReleaseManifest: {
    id: 'linkReleaseManifest',
    method: 'GET',
    path: '/v1/releases/{version}/manifest',
    summary: 'Gives a presigned GET of the list of studies of a published release.',
    roles: ['applicant', 'reviewer', 'officer', 'auditor'],
    params,
    answer: fileLink,
    refusals: notFound,
  },
} as const satisfies RouteContracts;

const open =
  'What a release says of itself is published: figures after the disclosure rule, no list of studies.';

/** What public-releases-api serves. */
export const publicReleasesRoutes = {
  listReleases: {
    id: 'listReleases',
    method: 'GET',
    path: '/v1/releases',
    summary: 'The published releases, the latest first.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 20, burst: 40 },
    answer: publishedReleases,
    refusals: {},
  },
  showPublishedRelease: {
    id: 'showPublishedRelease',
    method: 'GET',
    path: '/v1/releases/{version}',
    summary: 'A published release: its files, and how many of its studies were withdrawn since.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 20, burst: 40 },
    params,
    answer: publishedReleaseWithFiles,
    refusals: notFound,
  },
  showReleaseRepresentativeness: {
    id: 'showReleaseRepresentativeness',
    method: 'GET',
    path: '/v1/releases/{version}/representativeness',
    summary: 'Whom a published release represents, against every reference.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 20, burst: 40 },
    params,
    answer: representativenessReport,
    refusals: notFound,
  },
  showCollectionRepresentativeness: {
    id: 'showCollectionRepresentativeness',
    method: 'GET',
    path: '/v1/releases/{version}/collections/{collection}/representativeness',
    summary: 'Whom a collection of a published release represents, against every reference.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 20, burst: 40 },
    params: params.extend({ collection: collectionId }),
    answer: representativenessReport,
    refusals: { ...notFound, ...selectRefusals(releaseRefusals, 'COLLECTION_NOT_IN_RELEASE') },
  },
  linkReleaseFile: {
    id: 'linkReleaseFile',
    method: 'GET',
    path: '/v1/releases/{version}/files/{name}',
    summary: 'Gives a presigned GET of a document of a published release.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 20, burst: 40 },
    params: params.extend({ name: z.string().max(60) }),
    answer: fileLink,
    refusals: { ...notFound, ...selectRefusals(releaseRefusals, 'FILE_NOT_FOUND') },
  },
} as const satisfies RouteContracts;

/** The names of the files that `linkReleaseFile` knows. */
export const isPublicFile = (name: string): name is (typeof publicFiles)[number] =>
  (publicFiles as readonly string[]).includes(name);
