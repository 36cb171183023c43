import type { Right } from '../things';

/** What a role may do with the platform's data, and why it may touch what is held out. */
export interface RoleRights {
  readonly may: readonly Right[];
  /** Said of every role that may read, change or delete something of the held-out split. */
  readonly heldOut?: string;
}

export const books = (thing: 'ledger' | 'register'): readonly Right[] => [
  `read ${thing}`,
  `put ${thing}`,
  `update ${thing}`,
];
export const allBooks: readonly Right[] = [...books('ledger'), 'remove ledger'];
export const steps: readonly Right[] = ['read steps', 'write steps', 'list work'];
export const landingRead: readonly Right[] = ['read landing', 'list landing'];
export const landingEnd: readonly Right[] = ['delete landing', 'list landing'];
export const withdrawalWork: readonly Right[] = [
  'read withdrawal-work',
  'write withdrawal-work',
  'list work',
];
export const bothSplits = (
  verb: 'read' | 'write' | 'delete',
  what:
    | 'deidentified'
    | 'rows'
    | 'clinical'
    | 'import-output'
    | 'lake-rows'
    | 'lake-clinical'
    | 'released-series',
) => [`${verb} ${what}`, `${verb} held-out-${what}`] as const satisfies readonly Right[];
export const releaseRecord: readonly Right[] = ['get release-records', 'put release-records'];
/** What whoever asks the lake has beside the tables. */
export const questions: readonly Right[] = [
  'list catalogue',
  'read lake-answers',
  'write lake-answers',
  'list lake-results',
];
/** Files of a table of the lake of either split, and the lists that name them. */
export const lakeTable = (what: 'rows' | 'clinical'): readonly Right[] => [
  ...bothSplits('read', `lake-${what}`),
  ...bothSplits('write', `lake-${what}`),
  `read lists-of-${what}`,
  `write lists-of-${what}`,
];
export const lake: readonly Right[] = [
  ...lakeTable('rows'),
  ...lakeTable('clinical'),
  ...bothSplits('delete', 'lake-rows'),
  ...bothSplits('delete', 'lake-clinical'),
  'read lake-tombstones',
  'write lake-tombstones',
  'delete lake-tombstones',
  'read lists-of-tombstones',
  'write lists-of-tombstones',
];
/** Rows of releases, in the table and on their way into it. */
export const releasedRows: readonly Right[] = [
  ...bothSplits('read', 'released-series'),
  ...bothSplits('write', 'released-series'),
  ...bothSplits('delete', 'released-series'),
  'read release-unloads',
  'write release-unloads',
  'delete release-unloads',
];
export const importJobs: readonly Right[] = ['follow images', 'follow held-out-images'];
