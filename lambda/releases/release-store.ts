import { absent, type ItemKey, type TransactionWrite } from '../platform/document-table';
import { atVersion, type RegisterTable } from '../register/register-table';
import { RELEASES_PARTITION } from './partition.contract';
import { type ReleaseRecord, releaseRecord, underWay } from './release-record.contract';

/** Which release is under way, or that none is. */
export const underWayKey: ItemKey = { pk: RELEASES_PARTITION, sk: 'UNDER-WAY' };

const prefix = 'RELEASE#';

/** Sorts as versions do: numbers of a year have three digits at most. */
export function releaseKey(release: string): ItemKey {
  const [year = '', number = ''] = release.split('.');
  return { pk: RELEASES_PARTITION, sk: `${prefix}${year}.${number.padStart(3, '0')}` };
}

export function findRelease(
  table: Pick<RegisterTable, 'get'>,
  release: string,
): Promise<ReleaseRecord | null> {
  return table.get(releaseKey(release), releaseRecord);
}

/** @throws Error where there is no such release: a step is about one that was asked for */
export async function requireRelease(
  table: Pick<RegisterTable, 'get'>,
  release: string,
): Promise<ReleaseRecord> {
  const found = await findRelease(table, release);
  if (found === null) throw new Error(`no release ${release}`);
  return found;
}

/** All releases in whatever state, the latest version first: some a year. */
export function allReleases(table: Pick<RegisterTable, 'queryAll'>): Promise<ReleaseRecord[]> {
  return table.queryAll({ pk: RELEASES_PARTITION, skPrefix: prefix, descending: true }, releaseRecord);
}

export interface UnderWay {
  readonly release: string | null;
  /** 0 where nothing was ever under way. */
  readonly version: number;
}

export async function releaseUnderWay(table: Pick<RegisterTable, 'get'>): Promise<UnderWay> {
  return (await table.get(underWayKey, underWay)) ?? { release: null, version: 0 };
}

/** That another release is under way now, or none. */
export function nowUnderWay(before: UnderWay, release: string | null): TransactionWrite {
  return {
    put: { ...underWayKey, release, version: before.version + 1 },
    condition: atVersion(before.version),
  };
}

export function newRelease(record: ReleaseRecord): TransactionWrite {
  return { put: { ...releaseKey(record.release), ...record }, condition: absent };
}

export type ReleaseChange = Partial<Omit<ReleaseRecord, 'release' | 'version'>>;

/** The record after a change, in place of the one that was read. */
export function changedRelease(before: ReleaseRecord, change: ReleaseChange): TransactionWrite {
  return {
    put: { ...releaseKey(before.release), ...before, ...change, version: before.version + 1 },
    condition: atVersion(before.version),
  };
}
