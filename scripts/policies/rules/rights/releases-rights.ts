import { books, bothSplits, questions, type RoleRights, releasedRows, releaseRecord } from './role-rights';

/** Functions that make and show releases. */
export const releasesRights: Readonly<Record<string, RoleRights>> = {
  'releases/take-series': {
    may: [
      ...releaseRecord,
      ...questions,
      ...bothSplits('read', 'lake-rows'),
      ...bothSplits('read', 'lake-clinical'),
      'read lake-tombstones',
      'read lists-of-rows',
      'read lists-of-clinical',
      'read lists-of-tombstones',
      ...releasedRows,
      'read release-steps',
      'write release-steps',
      'delete release-steps',
    ],
    heldOut: 'Writes the rows of a release, of either split: what is held out is counted and committed to.',
  },
  'releases/guard-release': {
    may: [
      ...releaseRecord,
      'get acknowledgements',
      ...questions,
      ...bothSplits('read', 'lake-rows'),
      'read lake-tombstones',
      'read lists-of-rows',
      'read lists-of-tombstones',
      'write leakage-reports',
    ],
    heldOut: 'Compares what is held out with what is not; tells officers where they meet.',
  },
  'releases/commit-held-out': {
    may: [
      ...releaseRecord,
      ...questions,
      ...bothSplits('read', 'released-series'),
      'read lake-tombstones',
      'read lists-of-tombstones',
      'derive pseudonyms',
      'write commitments',
      'get published',
      'put published',
      'get closures',
      'put closures',
      'get outbox',
      'put outbox',
    ],
    heldOut: 'Hashes the list of what a release holds out, with a salt, and publishes the hash.',
  },
  'releases/measure-release': {
    may: [
      'get published',
      ...releaseRecord,
      'query release-records',
      ...questions,
      ...bothSplits('read', 'released-series'),
      'read lake-tombstones',
      'read lists-of-tombstones',
      'read release-steps',
      'write release-steps',
      'write told-sets',
      'read release-documents',
      'list releases',
    ],
    heldOut: 'Counts both splits for the balance of the draw.',
  },
  'releases/write-documents': {
    may: [
      'read release-steps',
      'delete release-unloads',
      'list catalogue',
      'read release-documents',
      'write release-documents',
      'list releases',
      'sign receipts',
    ],
  },
  // the event stands in the chain of the platform, whose partition holds the closures too
  'releases/publish-release': {
    may: [
      ...releaseRecord,
      'get closures',
      'put closures',
      'get outbox',
      'put outbox',
      'read release-documents',
      'list releases',
    ],
  },
  'releases/stop-release': { may: releaseRecord },
  'releases/count-withdrawn': {
    may: [
      'query release-records',
      'put release-records',
      ...questions,
      'read lake-tombstones',
      'read lists-of-tombstones',
      'read release-documents',
      'list releases',
    ],
  },
  'releases/releases-api': {
    may: [
      ...books('register'),
      'read release-steps',
      'read leakage-reports',
      'list catalogue',
      'read release-documents',
      'list releases',
      'start release',
    ],
  },
  'releases/public-releases-api': {
    may: ['get release-records', 'query release-records', 'read release-documents', 'list releases'],
  },
};
