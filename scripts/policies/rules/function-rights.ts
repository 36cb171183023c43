import { catalogueRights } from './rights/catalogue-rights';
import { deidentifyBatch, ingestRights } from './rights/ingest-rights';
import { registerRights } from './rights/register-rights';
import { releasesRights } from './rights/releases-rights';
import { bothSplits, importJobs, type RoleRights } from './rights/role-rights';
import { withdrawalRights } from './rights/withdrawal-rights';

/**
 * What each function may do, by what it does (docs/architecture.md, "Entries" and "Buckets and keys"). A role that is not
 * named may do nothing with any of the data.
 */
const functions: Readonly<Record<string, RoleRights>> = {
  ...ingestRights,
  ...catalogueRights,
  ...releasesRights,
  ...withdrawalRights,
  ...registerRights,
};

/** Roles that belong to no function, by `<stack>/<logical id>`. */
const others: Readonly<Record<string, RoleRights>> = {
  'pipeline/LargeFilesDeidentifyBatchRole': deidentifyBatch,
  'pipeline/StateMachineRole': {
    may: [
      'read steps',
      'write steps',
      'import images',
      'import held-out-images',
      ...importJobs,
      'pass import-role',
      'pass task-roles',
      'run-steps-of pipeline',
      'start pipeline',
    ],
    heldOut: 'Starts import jobs into either store and asks how they stand; opens no image.',
  },
  'quarantine/StateMachineRole': { may: ['run-steps-of replay'] },
  'releases/StateMachineRole': { may: ['run-steps-of release'] },
  'withdrawal/StateMachineRole': {
    may: ['read withdrawal-work', 'write withdrawal-work', 'run-steps-of withdrawal', 'start withdrawal'],
  },
  'imaging/ImportRole': {
    may: [
      ...bothSplits('read', 'deidentified'),
      ...bothSplits('write', 'import-output'),
      'list deidentified',
      'list work',
      'use-freely deidentified-key',
      'use-freely work-key',
    ],
    heldOut: 'HealthImaging reads the files of a job under it, for the two stores alone (trust policy).',
  },
};

/** Things in which either split is found together: who may read them sees UIDs and counts of held-out studies, no image. */
export const mixedThings: Readonly<Record<string, string>> = {
  ledger:
    'Claims, index and counts of studies of either split; the catalogue API answers for granted collections only.',
  steps: 'Plans and results of a submission, of either split.',
  'release-unloads': 'Rows of a release on their way into the table, of either split.',
  'lake-answers': 'Answers of questions to the lake, of either split, for a day.',
  'leakage-reports': 'Series of either split that meet.',
  commitments: 'Lists of what is held out, kept back until somebody is to be shown that they stood.',
  'withdrawal-work': 'Lists of what a withdrawal deletes, of either split.',
};

/** The rights of a role: of a function by its entry, of another role by its id. */
export function rightsOfRole(role: { readonly id: string; readonly entry?: string }): RoleRights {
  return others[role.id] ?? (role.entry === undefined ? undefined : functions[role.entry]) ?? { may: [] };
}

/** The reasons for which roles touch what is held out. */
export function heldOutReasons(): readonly string[] {
  return [...Object.values(functions), ...Object.values(others)].flatMap(({ heldOut }) => heldOut ?? []);
}
