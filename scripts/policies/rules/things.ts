const submission = 's-01jb0000000000000000000001';
const withdrawal = 'w-01jb0000000000000000000001';
const paper = 'a-01jb0000000000000000000001/f-01jb0000000000000000000001';

/** Kinds of objects: the data class (bucket and key) and a key as docs/architecture.md, "Buckets and keys", has it. */
export const objects = {
  landing: ['landing', `${submission}/000001`],
  subjects: ['exchange', `subjects/${submission}.txt`],
  requests: ['exchange', `requests/${submission}.txt`],
  responses: ['exchange', `responses/${submission}.txt`],
  'demographics-tables': ['exchange', `demographics/tables/${submission}/u-1.csv`],
  'demographics-rows': ['exchange', `demographics/rows/${submission}/u-1.json`],
  'withdrawal-subjects': ['exchange', `withdrawals/${withdrawal}.txt`],
  steps: ['work', `submissions/${submission}/results/0001.json`],
  receipts: ['work', `receipts/${submission}.json`],
  'demographics-accounts': ['work', `demographics/${submission}/u-1-accepted.json`],
  releases: ['work', 'releases/r-1/1.json'],
  'withdrawal-work': ['work', `withdrawals/${withdrawal}/gathered/1.json`],
  'import-output': ['work', `import-jobs/${submission}/development/0001/job-output-manifest.json`],
  'held-out-import-output': ['work', `import-jobs/${submission}/held-out/0001/job-output-manifest.json`],
  'unnamed-work': ['work', 'unnamed/1.json'],
  deidentified: ['deidentified', `${submission}/development/0001/000001.dcm`],
  'held-out-deidentified': ['deidentified', `${submission}/held-out/0001/000001.dcm`],
  quarantined: ['quarantine', `RX1/${submission}/000001`],
  rows: ['catalogue', `rows/collection=chest/split=development/${submission}.ndjson`],
  'held-out-rows': ['catalogue', `rows/collection=chest/split=held-out/${submission}.ndjson`],
  clinical: ['catalogue', `clinical/collection=chest/split=development/${submission}.ndjson`],
  'held-out-clinical': ['catalogue', `clinical/collection=chest/split=held-out/${submission}.ndjson`],
  tombstones: ['catalogue', `tombstones/collection=chest/split=development/${withdrawal}.ndjson`],
  'cohort-lists': ['catalogue', `cohorts/manifests/${'a1'.repeat(32)}.ndjson`],
  'told-sets': ['catalogue', 'cohorts/queries/2026.1/published.json'],
  'held-out-lists': ['catalogue', 'splits/evaluation-sets/chest/0001-00.json'],
  'lake-rows': [
    'catalogue',
    `lake/instances/collection=chest/split=development/added.${submission}.0.parquet`,
  ],
  'held-out-lake-rows': [
    'catalogue',
    `lake/instances/collection=chest/split=held-out/added.${submission}.0.parquet`,
  ],
  'lake-clinical': [
    'catalogue',
    `lake/demographics/collection=chest/split=development/added.${submission}.0.parquet`,
  ],
  'held-out-lake-clinical': [
    'catalogue',
    `lake/demographics/collection=chest/split=held-out/added.${submission}.0.parquet`,
  ],
  'lake-tombstones': [
    'catalogue',
    `lake/tombstones/collection=chest/split=development/added.${withdrawal}.0.parquet`,
  ],
  'lists-of-rows': ['catalogue', 'lake/lists/instances/collection=chest/split=development/files.txt'],
  'lists-of-clinical': ['catalogue', 'lake/lists/demographics/collection=chest/split=development/files.txt'],
  'lists-of-tombstones': ['catalogue', 'lake/lists/tombstones/collection=chest/split=development/files.txt'],
  'released-series': [
    'catalogue',
    'lake/released_series/release=r-1/collection=chest/split=development/1.parquet',
  ],
  'held-out-released-series': [
    'catalogue',
    'lake/released_series/release=r-1/collection=chest/split=held-out/1.parquet',
  ],
  'release-unloads': [
    'catalogue',
    'lake/unloads/2026.1/u-1/release=2026.1/collection=chest/split=development/1',
  ],
  'release-steps': ['catalogue', 'releases/2026.1/figures.json'],
  commitments: ['catalogue', `splits/commitments/${'a1'.repeat(32)}.txt`],
  'leakage-reports': ['catalogue', 'splits/leakage/2026.1.json'],
  'release-documents': ['releases', '2026.1/datasheet.md'],
  scorecards: ['catalogue', 'quality/RX1/2026-W48.json'],
  'lake-answers': ['lake-results', '00000000-0000-4000-8000-000000000000.csv'],
  papers: ['applications', paper],
  history: ['audit', 'events/2026/1.json'],
  checkpoints: ['audit', 'checkpoints/1.json'],
  'access-log-lines': ['access-logs', 'work/2026-11-29-1'],
} as const;

export const objectVerbs = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject'],
  delete: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
} as const;

export const buckets = {
  landing: 'landing/Bucket',
  exchange: 'storage/ExchangeBucket',
  work: 'storage/WorkBucket',
  deidentified: 'storage/DeidentifiedBucket',
  quarantine: 'storage/QuarantineBucket',
  catalogue: 'storage/CatalogueBucket',
  applications: 'storage/ApplicationsBucket',
  releases: 'storage/ReleasesBucket',
  'lake-results': 'lake/LakeResultsBucket',
  audit: 'storage/AuditBucket',
  'access-logs': 'storage/AccessLogs',
} as const;

export const tables = { ledger: 'records/LedgerTable', register: 'records/RegisterTable' } as const;

export const tableVerbs = {
  get: ['dynamodb:GetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  remove: ['dynamodb:DeleteItem'],
  scan: ['dynamodb:Scan', 'dynamodb:PartiQLSelect', 'dynamodb:ExportTableToPointInTime'],
} as const;

/**
 * Items of the register that a function may be let to by themselves: what is published, what waits to be copied, what a
 * withdrawal leaves of a study, a project, a person, what is shut for everybody, releases, findings that were looked at.
 */
export const partitions = {
  published: 'PUBLIC',
  outbox: 'OUTBOX',
  'copied-so-far': 'AUDIT',
  'withdrawn-marks': 'WITHDRAWN-STUDY#1.3.6.1.4.1.32473.7.7.1.5',
  projects: 'PROJECT#p-01jb0000000000000000000001',
  people: 'PERSON#applicant-1',
  closures: 'PLATFORM',
  'release-records': 'RELEASES',
  acknowledgements: 'LEAKAGE',
} as const;

export const partitionVerbs = {
  get: 'dynamodb:GetItem',
  query: 'dynamodb:Query',
  put: 'dynamodb:PutItem',
  remove: 'dynamodb:DeleteItem',
} as const;

export const imageVerbs = {
  'read-studies': [
    'GetDICOMInstance',
    'GetDICOMInstanceFrames',
    'GetDICOMInstanceMetadata',
    'GetDICOMSeriesMetadata',
    'GetDICOMBulkdata',
  ],
  search: ['SearchImageSets', 'SearchDICOMStudies', 'SearchDICOMSeries', 'SearchDICOMInstances'],
  'store-into': ['StoreDICOM', 'StoreDICOMStudy'],
  open: [
    'GetImageFrame',
    'GetImageSetMetadata',
    'ListImageSetVersions',
    'CopyImageSet',
    'UpdateImageSetMetadata',
  ],
  'look-up': ['GetImageSet'],
  delete: ['DeleteImageSet'],
  import: ['StartDICOMImportJob'],
  follow: ['GetDICOMImportJob'],
  make: ['GetDatastore', 'TagResource'],
  destroy: ['DeleteDatastore', 'UntagResource'],
} as const;

/** Verbs that are authorised on image sets. */
export const onImageSets: ReadonlySet<string> = new Set(['open', 'look-up', 'delete']);

/** Keys of data, with the service through which they are used. */
export const keys = {
  'landing-key': ['landing/Key', 's3'],
  'exchange-key': ['storage/ExchangeKey', 's3'],
  'work-key': ['storage/WorkKey', 's3'],
  'deidentified-key': ['storage/DeidentifiedKey', 's3'],
  'quarantine-key': ['storage/QuarantineKey', 's3'],
  'catalogue-key': ['storage/CatalogueKey', 's3'],
  'applications-key': ['storage/ApplicationsKey', 's3'],
  'releases-key': ['storage/ReleasesKey', 's3'],
  'lake-results-key': ['lake/LakeResultsKey', 's3'],
  'audit-key': ['storage/AuditKey', 's3'],
  'ledger-key': ['records/LedgerKey', 'dynamodb'],
  'register-key': ['records/RegisterKey', 'dynamodb'],
  'development-key': ['imaging/DevelopmentKey', 'medical-imaging'],
  'held-out-key': ['imaging/HeldOutKey', 'medical-imaging'],
  'pseudonym-key': ['keys/PseudonymKey', 's3'],
  'receipt-key': ['keys/ReceiptKey', 's3'],
} as const;

export const machines = {
  pipeline: 'pipeline/StateMachine',
  replay: 'quarantine/StateMachine',
  withdrawal: 'withdrawal/StateMachine',
  release: 'releases/StateMachine',
} as const;

type ObjectThing = keyof typeof objects;
type BucketThing = keyof typeof buckets;
type TableThing = keyof typeof tables;
type KeyThing = keyof typeof keys;
type PartitionThing = keyof typeof partitions;
export type MachineThing = keyof typeof machines;
type ImageThing = 'images' | 'held-out-images';

export type Right =
  | `${keyof typeof objectVerbs} ${ObjectThing}`
  | `list ${BucketThing}`
  /** `read` is `get` and `query`. */
  | `${keyof typeof tableVerbs | 'read'} ${TableThing}`
  | `${keyof typeof partitionVerbs} ${PartitionThing}`
  | `${keyof typeof imageVerbs} ${ImageThing}`
  /** `use`: through the service of the data; `use-freely`: by any way; `hand-over`: to HealthImaging, for a data store. */
  | `${'use' | 'use-freely' | 'hand-over'} ${KeyThing}`
  | `${'start' | 'answer' | 'change' | 'run-steps-of'} ${MachineThing}`
  | 'invoke deny-sessions'
  | 'invoke other-functions'
  | `pass ${'import-role' | 'task-roles' | 'other-roles'}`
  | 'derive pseudonyms'
  | 'sign receipts'
  /** To make another version of the policy that denies what was revoked, or of any other managed policy. */
  | 'rewrite denials'
  | 'rewrite other-policies'
  | 'assume researcher-roles'
  | 'assume canary-roles'
  | 'assume other-roles'
  | 'rule the-account';

/** The names of a table, as its type knows them. */
export const asText = <Name extends string>(names: Readonly<Record<Name, unknown>>) =>
  Object.keys(names) as Name[];

/** Verbs of a partition that come with a verb of the whole table. */
const withTheTable: Readonly<Record<string, readonly (keyof typeof partitionVerbs)[]>> = {
  read: ['get', 'query'],
  get: ['get'],
  query: ['query'],
  put: ['put'],
  remove: ['remove'],
};

/**
 * Rights that come with others: to the parts of a table with the whole, and to the key of what may be read or written; who has
 * the data has its key, through the service, and nobody else.
 */
export function impliedRights(rights: readonly Right[]): readonly Right[] {
  return rights.flatMap((right): Right[] => {
    const [verb = '', thing = ''] = right.split(' ');
    if (Object.hasOwn(partitions, thing)) return ['use register-key'];
    if (Object.hasOwn(tables, thing)) {
      const ofParts = thing === 'register' ? (withTheTable[verb] ?? []) : [];
      const table = thing as TableThing;
      return [
        `use ${table}-key`,
        ...(verb === 'read' ? ([`get ${table}`, `query ${table}`] as const) : []),
        ...asText(partitions).flatMap((part) => ofParts.map((partVerb): Right => `${partVerb} ${part}`)),
      ];
    }
    if (!Object.hasOwn(objects, thing) || (verb !== 'read' && verb !== 'write')) return [];
    const [bucket] = objects[thing as ObjectThing];
    return bucket === 'access-logs' ? [] : [`use ${bucket}-key`];
  });
}

/** Whether a right reaches what is held out: by its name, or because it makes and hands over the store's key. */
export function reachesHeldOut(right: Right): boolean {
  return / held-out-/.test(right) || right === 'list deidentified';
}
