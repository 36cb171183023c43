import type { ItemKey } from '../platform/document-table';
import type { ObjectPlace } from '../platform/object-store';
import type { RegisterTable } from '../register/register-table';
import {
  type CohortRecord,
  type CohortVersionRecord,
  cohortRecord,
  cohortVersionRecord,
} from './cohort.contract';

export const cohortKey = (id: string): ItemKey => ({ pk: `COHORT#${id}`, sk: 'COHORT' });

const versionPrefix = 'VERSION#';

export const cohortVersionKey = (id: string, number: number): ItemKey => ({
  pk: cohortKey(id).pk,
  sk: `${versionPrefix}${String(number).padStart(4, '0')}`,
});

/** Pointer to a cohort in the list of its project's. */
export const projectCohortPrefix = 'COHORT#';

/** Lists of studies and reports, each under its digest: nothing else is ever written there. */
export const manifestPlace = (bucket: string, sha256: string): ObjectPlace => ({
  bucket,
  key: `cohorts/manifests/${sha256}.ndjson`,
});

export const representationPlace = (bucket: string, sha256: string): ObjectPlace => ({
  bucket,
  key: `cohorts/representativeness/${sha256}.json`,
});

export function findCohort(table: Pick<RegisterTable, 'get'>, id: string): Promise<CohortRecord | null> {
  return table.get(cohortKey(id), cohortRecord);
}

export function findCohortVersion(
  table: Pick<RegisterTable, 'get'>,
  id: string,
  number: number,
): Promise<CohortVersionRecord | null> {
  return table.get(cohortVersionKey(id, number), cohortVersionRecord);
}

/** All versions, the first one first. */
export function allCohortVersions(
  table: Pick<RegisterTable, 'queryAll'>,
  id: string,
): Promise<CohortVersionRecord[]> {
  return table.queryAll({ pk: cohortKey(id).pk, skPrefix: versionPrefix }, cohortVersionRecord);
}
