import type { Right } from './things';

/** What a role may do with the platform's data, and why it may touch what is held out. */
export interface RoleRights {
  readonly may: readonly Right[];
  /** Said of every role that may read, change or delete something of the held-out split. */
  readonly heldOut?: string;
}

const books = (thing: 'ledger' | 'register'): readonly Right[] => [
  `read ${thing}`,
  `put ${thing}`,
  `update ${thing}`,
];
const allBooks: readonly Right[] = [...books('ledger'), 'remove ledger'];
const steps: readonly Right[] = ['read steps', 'write steps', 'list work'];
const landingRead: readonly Right[] = ['read landing', 'list landing'];
const landingEnd: readonly Right[] = ['delete landing', 'list landing'];
const withdrawalWork: readonly Right[] = ['read withdrawal-work', 'write withdrawal-work', 'list work'];
const bothSplits = (
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
const releaseRecord: readonly Right[] = ['get release-records', 'put release-records'];
/** What whoever asks the lake has beside the tables. */
const questions: readonly Right[] = [
  'list catalogue',
  'read lake-answers',
  'write lake-answers',
  'list lake-results',
];
/** Files of a table of the lake of either split, and the lists that name them. */
const lakeTable = (what: 'rows' | 'clinical'): readonly Right[] => [
  ...bothSplits('read', `lake-${what}`),
  ...bothSplits('write', `lake-${what}`),
  `read lists-of-${what}`,
  `write lists-of-${what}`,
];
const lake: readonly Right[] = [
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
const importJobs: readonly Right[] = ['follow images', 'follow held-out-images'];

const deidentifyBatch: RoleRights = {
  may: [
    ...landingRead,
    ...steps,
    ...bothSplits('write', 'deidentified'),
    'write quarantined',
    ...allBooks,
    'derive pseudonyms',
  ],
  heldOut: 'Draws the split and writes each file under it; reads none of its outputs.',
};

/**
 * What each function may do, by what it does (docs/architecture.md, "Entries" and "Buckets and keys"). A role that is not
 * named may do nothing with any of the data.
 */
const functions: Readonly<Record<string, RoleRights>> = {
  'submission/submission-api': {
    may: [
      ...allBooks,
      ...steps,
      'read receipts',
      'read demographics-accounts',
      'write subjects',
      'write landing',
      'list landing',
      'start pipeline',
    ],
  },
  'submission/write-receipt': {
    may: [
      ...allBooks,
      ...landingEnd,
      'delete demographics-tables',
      'delete requests',
      'delete responses',
      'delete subjects',
      'list exchange',
      'delete quarantined',
      'list quarantine',
      ...steps,
      'delete steps',
      'read receipts',
      'write receipts',
      'read demographics-accounts',
      'sign receipts',
    ],
  },
  'submission/expire-submissions': { may: [...allBooks, 'read steps', 'list work', 'start pipeline'] },
  'submission/record-failure': { may: ['read ledger', 'update ledger'] },
  'deidentification/plan-submission': { may: [...books('ledger'), ...landingRead, ...steps] },
  'deidentification/clear-subjects': {
    may: [
      ...books('ledger'),
      ...landingRead,
      'read subjects',
      'read requests',
      'read responses',
      'write requests',
      'list exchange',
      ...steps,
      'derive pseudonyms',
      'answer pipeline',
    ],
  },
  'deidentification/receive-clearance': {
    may: [
      ...books('ledger'),
      'read subjects',
      'read requests',
      'read responses',
      'list exchange',
      ...steps,
      'derive pseudonyms',
      'answer pipeline',
    ],
  },
  'deidentification/deidentify-batch': deidentifyBatch,
  'deidentification/quarantine-batch': { may: steps },
  'deidentification/settle-submission': {
    may: [
      ...allBooks,
      ...landingRead,
      'write landing',
      ...bothSplits('read', 'deidentified'),
      ...bothSplits('write', 'deidentified'),
      ...bothSplits('delete', 'deidentified'),
      'list deidentified',
      'write quarantined',
      ...steps,
    ],
    heldOut:
      'Copies outputs of a pack above 10 GB into further packs, of either split, and deletes what is not imported.',
  },
  'demographics/demographics-api': {
    may: [
      'read ledger',
      'update ledger',
      'read demographics-tables',
      'write demographics-tables',
      'delete demographics-tables',
      'write demographics-rows',
      'delete demographics-rows',
      'read demographics-accounts',
      'write demographics-accounts',
      'list exchange',
      'list work',
    ],
  },
  'demographics/apply-demographics': {
    may: [
      'read ledger',
      'update ledger',
      'read demographics-rows',
      'delete demographics-rows',
      'list exchange',
      ...bothSplits('read', 'clinical'),
      ...bothSplits('write', 'clinical'),
      ...lakeTable('clinical'),
      'list catalogue',
      'read demographics-accounts',
      'write demographics-accounts',
      'read steps',
      'list work',
      'derive pseudonyms',
    ],
    heldOut:
      'Writes the rows of imaged patients of either split, and reads them back to replace those of an earlier table.',
  },
  'imaging/await-import': {
    may: [...books('ledger'), ...importJobs, 'answer pipeline'],
    heldOut: 'Asks how an import job stands; learns counts, no image.',
  },
  'imaging/import-finished': {
    may: [...books('ledger'), ...importJobs, 'answer pipeline'],
    heldOut: 'Asks how an import job stands; learns counts, no image.',
  },
  'imaging/reconcile-import': {
    may: [
      ...allBooks,
      ...landingRead,
      'write quarantined',
      ...steps,
      ...bothSplits('read', 'import-output'),
      ...bothSplits('delete', 'deidentified'),
      'list deidentified',
      ...importJobs,
      'delete images',
      'delete held-out-images',
    ],
    heldOut: 'Reads the account of an import job and takes out what is not primary; opens no image.',
  },
  'imaging/datastore-resource': {
    may: [
      'make images',
      'make held-out-images',
      'use development-key',
      'use held-out-key',
      'hand-over development-key',
      'hand-over held-out-key',
    ],
    heldOut:
      'Makes the data stores and hands their keys to HealthImaging; called by CloudFormation alone, reads no image.',
  },
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
  'quarantine/quarantine-api': {
    may: [
      ...allBooks,
      'delete quarantined',
      'list quarantine',
      ...landingEnd,
      'write releases',
      'start replay',
    ],
  },
  'quarantine/replay-part': {
    may: [
      ...books('ledger'),
      'read quarantined',
      'list quarantine',
      'read releases',
      ...steps,
      ...landingRead,
      'write landing',
      'start pipeline',
    ],
  },
  'quarantine/expire-quarantine': {
    may: [...allBooks, 'delete quarantined', 'list quarantine', ...landingEnd],
  },
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
  'withdrawal/withdrawal-api': {
    may: [...books('ledger'), ...withdrawalWork, 'write withdrawal-subjects', 'start withdrawal'],
  },
  'withdrawal/prepare-withdrawal': {
    may: [
      'read ledger',
      'update ledger',
      'read register',
      'derive pseudonyms',
      ...withdrawalWork,
      ...bothSplits('read', 'rows'),
      'list catalogue',
      'read withdrawal-subjects',
      'delete withdrawal-subjects',
      'list exchange',
      'list quarantine',
    ],
    heldOut: 'Counts what a withdrawal would delete, of either split.',
  },
  'withdrawal/begin-withdrawal': {
    may: [
      ...books('ledger'),
      ...withdrawalWork,
      ...bothSplits('read', 'rows'),
      'list catalogue',
      'list quarantine',
    ],
    heldOut: 'Lists what goes, of either split.',
  },
  'withdrawal/erase-submission': {
    may: [
      ...allBooks,
      ...withdrawalWork,
      ...bothSplits('read', 'rows'),
      ...bothSplits('write', 'rows'),
      ...bothSplits('delete', 'rows'),
      ...bothSplits('read', 'clinical'),
      ...bothSplits('write', 'clinical'),
      ...bothSplits('delete', 'clinical'),
      'list catalogue',
      ...bothSplits('delete', 'deidentified'),
      'list deidentified',
      ...bothSplits('delete', 'import-output'),
      'read steps',
      'write steps',
      'delete steps',
      'delete demographics-tables',
      'delete demographics-rows',
      'delete requests',
      'delete responses',
      'delete subjects',
      'list exchange',
      'delete quarantined',
      'list quarantine',
      ...landingEnd,
    ],
    heldOut:
      'A withdrawn patient goes from both splits: rows are rewritten without them, files deleted unread.',
  },
  'withdrawal/delete-image-sets': {
    may: [
      'read ledger',
      'update ledger',
      'read withdrawal-work',
      'list work',
      'delete images',
      'delete held-out-images',
      'look-up images',
      'look-up held-out-images',
    ],
    heldOut:
      'Deletes image sets and asks whether they are gone (GetImageSet: properties, no metadata, no pixels).',
  },
  'withdrawal/end-withdrawal': {
    may: [
      ...allBooks,
      'read register',
      'put withdrawn-marks',
      'put projects',
      'put outbox',
      ...withdrawalWork,
      'delete withdrawal-work',
      'write tombstones',
      'delete quarantined',
      'list quarantine',
      ...landingEnd,
      'sign receipts',
    ],
  },
  'withdrawal/scrub-lake': {
    may: [
      'read ledger',
      'update ledger',
      'read withdrawal-work',
      'list work',
      ...bothSplits('read', 'rows'),
      ...bothSplits('read', 'clinical'),
      ...lake,
      'delete lists-of-rows',
      'delete lists-of-clinical',
      'delete lists-of-tombstones',
      ...bothSplits('read', 'released-series'),
      ...bothSplits('write', 'released-series'),
      ...bothSplits('delete', 'released-series'),
      'read release-unloads',
      'write release-unloads',
      'delete release-unloads',
      'list catalogue',
    ],
    heldOut: 'A withdrawn patient goes from both splits of the lake: files are rewritten without them.',
  },
  'withdrawal/stop-withdrawal': { may: ['read ledger', 'update ledger'] },
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
      ...bothSplits('read', 'released-series'),
      ...bothSplits('write', 'released-series'),
      ...bothSplits('delete', 'released-series'),
      'read release-unloads',
      'write release-unloads',
      'delete release-unloads',
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
  'history/export-events': {
    may: [
      'get outbox',
      'query outbox',
      'remove outbox',
      'get copied-so-far',
      'query copied-so-far',
      'put copied-so-far',
      'read checkpoints',
      'write checkpoints',
      'list audit',
    ],
  },
  'history/history-api': { may: ['read register', 'read checkpoints', 'list audit'] },
  'public-register/public-register-api': { may: ['query published'] },
  'register/expire-grants': { may: books('register') },
  'register/register-api': {
    may: [...books('register'), 'read papers', 'write papers', 'delete papers', 'list applications'],
  },
  'register/authorise-request': { may: ['read register'] },
  // the path of researchers' roles holds the canary's too, which does not trust the issuer
  'credentials/credentials-api': {
    may: [...books('register'), 'assume researcher-roles', 'assume canary-roles'],
  },
  'credentials/deny-sessions': { may: ['query register', 'rewrite denials'] },
  'credentials/revocation-canary': {
    may: ['put outbox', 'assume canary-roles', 'invoke deny-sessions'],
  },
  'register/revocation-api': {
    may: [...books('register'), 'assume canary-roles', 'invoke deny-sessions'],
  },
  'credentials/authorise-dicomweb': { may: ['read register'] },
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
