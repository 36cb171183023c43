import * as z from 'zod';
import { stringList, stringLiteral } from './literals';
import { type ReleaseScope, releaseCondition } from './released-rows';

/** A study that was withdrawn, of whatever release. */
export const withdrawnStudyRow = z.object({ collection: z.string(), study_instance_uid: z.string() });

export const withdrawnStudiesSelect = (split: 'development' | 'held-out'): string =>
  `SELECT DISTINCT t.collection, t.study_instance_uid FROM tombstones t WHERE t.split = ${stringLiteral(split)}`;

export const withdrawnUidRow = z.object({ study_instance_uid: z.string() });

/** The studies of some collections that were ever withdrawn. */
export const withdrawnUidsSelect = (collections: readonly string[]): string =>
  `SELECT DISTINCT t.study_instance_uid
FROM tombstones t
WHERE t.collection IN ${stringList(collections)}`;

export const withdrawnNumberRow = z.object({ study_number: z.number().int() });

/** Studies of a release that were withdrawn since. */
export const withdrawnFromReleaseSelect = (scope: ReleaseScope): string =>
  `SELECT DISTINCT r.study_number
FROM released_series r
JOIN tombstones t ON t.collection = r.collection AND t.study_instance_uid = r.study_instance_uid
WHERE ${releaseCondition(scope)}`;
