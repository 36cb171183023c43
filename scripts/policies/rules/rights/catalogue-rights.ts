import {
  allBooks,
  books,
  bothSplits,
  lake,
  lakeTable,
  questions,
  type RoleRights,
  steps,
} from './role-rights';

/** Functions of the catalogue: lake, cohorts, splits and quality. */
export const catalogueRights: Readonly<Record<string, RoleRights>> = {
  'catalogue/catalogue-submission': {
    may: [
      ...allBooks,
      ...steps,
      ...bothSplits('read', 'rows'),
      ...bothSplits('write', 'rows'),
      ...lakeTable('rows'),
      'list catalogue',
    ],
    heldOut: 'Writes the rows of either split, and has the lake follow them.',
  },
  'lake/compact-lake': {
    may: [
      'read ledger',
      'update ledger',
      ...lake,
      'read release-unloads',
      'delete release-unloads',
      'list catalogue',
    ],
    heldOut: 'Merges files of rows, of either split; tells counts of files to nobody but the log.',
  },
  'catalogue/catalogue-api': { may: ['read ledger', 'read register'] },
  'cohorts/cohorts-api': {
    may: [
      ...books('register'),
      'read cohort-lists',
      'write cohort-lists',
      'read told-sets',
      'write told-sets',
      ...questions,
      ...bothSplits('read', 'released-series'),
      'read lake-tombstones',
      'read lists-of-tombstones',
    ],
    heldOut:
      'Reads numbers and groups of all patients of a release for the log of questions; counts and lists what is for development alone.',
  },
  'splits/splits-api': {
    may: [
      ...books('register'),
      'read held-out-lists',
      'write held-out-lists',
      'read commitments',
      'write commitments',
      'read leakage-reports',
      ...questions,
      ...bothSplits('read', 'released-series'),
      'read lake-tombstones',
      'read lists-of-tombstones',
      'derive pseudonyms',
    ],
    heldOut:
      'Draws evaluation sets from the held-out patients and keeps their lists, for officers; opens no image.',
  },
  'quality/make-scorecards': {
    may: [
      'read ledger',
      'read steps',
      'list work',
      'list catalogue',
      'read lake-rows',
      'read held-out-lake-rows',
      'read lake-clinical',
      'read held-out-lake-clinical',
      'read lake-tombstones',
      'read lists-of-rows',
      'read lists-of-clinical',
      'read lists-of-tombstones',
      'read lake-answers',
      'write lake-answers',
      'list lake-results',
      'write scorecards',
    ],
    heldOut: 'Counts both splits together: a scorecard does not tell which images are held out.',
  },
  'quality/quality-api': { may: ['read scorecards'] },
};
