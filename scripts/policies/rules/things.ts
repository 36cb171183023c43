import type { AccountRole } from '../account-policies';
import { heldOutStudy, ownStudy } from '../cases/studies';
import { kindOf, type Landscape } from '../landscape';
import type { Question, QuestionContext } from '../question';

const submission = 's-01jb0000000000000000000001';
const withdrawal = 'w-01jb0000000000000000000001';
const paper = 'a-01jb0000000000000000000001/f-01jb0000000000000000000001';

/** Kinds of objects: the data class (bucket and key) and a key as docs/architecture.md, "Buckets and keys", has it. */
const objects = {
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
  papers: ['applications', paper],
  history: ['audit', 'events/2026/1.json'],
  checkpoints: ['audit', 'checkpoints/1.json'],
  'access-log-lines': ['access-logs', 'work/2026-11-29-1'],
} as const;

const objectVerbs = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject'],
  delete: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
} as const;

const buckets = {
  landing: 'landing/Bucket',
  exchange: 'storage/ExchangeBucket',
  work: 'storage/WorkBucket',
  deidentified: 'storage/DeidentifiedBucket',
  quarantine: 'storage/QuarantineBucket',
  catalogue: 'storage/CatalogueBucket',
  applications: 'storage/ApplicationsBucket',
  audit: 'storage/AuditBucket',
  'access-logs': 'storage/AccessLogs',
} as const;

const tables = { ledger: 'records/LedgerTable', register: 'records/RegisterTable' } as const;

const tableVerbs = {
  get: ['dynamodb:GetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  remove: ['dynamodb:DeleteItem'],
  scan: ['dynamodb:Scan', 'dynamodb:PartiQLSelect', 'dynamodb:ExportTableToPointInTime'],
} as const;

/**
 * Items of the register that a function may be let to by themselves: what is published, what waits to be copied, what a
 * withdrawal leaves of a study, a project, a person, what is shut for everybody.
 */
const partitions = {
  published: 'PUBLIC',
  outbox: 'OUTBOX',
  'copied-so-far': 'AUDIT',
  'withdrawn-marks': 'WITHDRAWN-STUDY#1.3.6.1.4.1.32473.7.7.1.5',
  projects: 'PROJECT#p-01jb0000000000000000000001',
  people: 'PERSON#applicant-1',
  closures: 'PLATFORM',
} as const;

const partitionVerbs = {
  get: 'dynamodb:GetItem',
  query: 'dynamodb:Query',
  put: 'dynamodb:PutItem',
  remove: 'dynamodb:DeleteItem',
} as const;

const imageVerbs = {
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
const onImageSets: ReadonlySet<string> = new Set(['open', 'look-up', 'delete']);

/** Keys of data, with the service through which they are used. */
const keys = {
  'landing-key': ['landing/Key', 's3'],
  'exchange-key': ['storage/ExchangeKey', 's3'],
  'work-key': ['storage/WorkKey', 's3'],
  'deidentified-key': ['storage/DeidentifiedKey', 's3'],
  'quarantine-key': ['storage/QuarantineKey', 's3'],
  'catalogue-key': ['storage/CatalogueKey', 's3'],
  'applications-key': ['storage/ApplicationsKey', 's3'],
  'audit-key': ['storage/AuditKey', 's3'],
  'ledger-key': ['records/LedgerKey', 'dynamodb'],
  'register-key': ['records/RegisterKey', 'dynamodb'],
  'development-key': ['imaging/DevelopmentKey', 'medical-imaging'],
  'held-out-key': ['imaging/HeldOutKey', 'medical-imaging'],
  'pseudonym-key': ['keys/PseudonymKey', 's3'],
  'receipt-key': ['keys/ReceiptKey', 's3'],
} as const;

const machines = {
  pipeline: 'pipeline/StateMachine',
  replay: 'quarantine/StateMachine',
  withdrawal: 'withdrawal/StateMachine',
} as const;

type ObjectThing = keyof typeof objects;
type BucketThing = keyof typeof buckets;
type TableThing = keyof typeof tables;
type KeyThing = keyof typeof keys;
type PartitionThing = keyof typeof partitions;
type MachineThing = keyof typeof machines;
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

/** A right and the requests that it would take. */
export interface Deeds {
  readonly right: Right;
  readonly questions: readonly Question[];
}

const asText = <Name extends string>(names: Readonly<Record<Name, unknown>>) => Object.keys(names) as Name[];

function ask(actions: readonly string[], resources: readonly string[], context: QuestionContext): Question[] {
  return resources.flatMap((resource) => actions.map((action) => ({ action, resource, context })));
}

function objectDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return asText(objects).flatMap((thing) => {
    const [bucket, key] = objects[thing];
    const resource = `${landscape.arnOf(buckets[bucket])}/${key}`;
    return asText(objectVerbs).map((verb) => ({
      right: `${verb} ${thing}` as const,
      questions: ask(objectVerbs[verb], [resource], base),
    }));
  });
}

function imageDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const [arc = 0] = landscape.arcs;
  const stores = [
    { thing: 'images', store: landscape.developmentStore, study: ownStudy(landscape, arc) },
    { thing: 'held-out-images', store: landscape.heldOutStore, study: heldOutStudy(landscape, arc) },
  ] as const;
  return stores.flatMap(({ thing, store, study }) =>
    asText(imageVerbs).map((verb) => ({
      right: `${verb} ${thing}` as const,
      questions: ask(
        imageVerbs[verb].map((action) => `medical-imaging:${action}`),
        onImageSets.has(verb) ? [store, `${store}/imageset/${'a1'.repeat(16)}`] : [store],
        { ...base, ...(verb === 'read-studies' ? { 'medical-imaging:StudyInstanceUID': study } : {}) },
      ),
    })),
  );
}

function keyDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const landing = landscape.arnOf(buckets.landing);
  return asText(keys).flatMap((thing) => {
    const [id, service] = keys[thing];
    const resources = [landscape.arnOf(id)];
    const through = { ...base, 'kms:ViaService': `${service}.${landscape.region}.amazonaws.com` };
    const tagged: QuestionContext =
      thing === 'landing-key'
        ? { 'aws:ResourceTag/data': 'landing', 'kms:EncryptionContext:aws:s3:arn': landing }
        : // another key under the name of a landing bucket
          { 'kms:EncryptionContext:aws:s3:arn': landing };
    return [
      {
        right: `use ${thing}` as const,
        questions: ask(['kms:Decrypt'], resources, { ...through, ...tagged }),
      },
      {
        right: `use-freely ${thing}` as const,
        questions: ask(['kms:Decrypt'], resources, { ...base, ...tagged }),
      },
      {
        right: `hand-over ${thing}` as const,
        questions: ask(['kms:CreateGrant'], resources, {
          ...base,
          'kms:ViaService': `medical-imaging.${landscape.region}.amazonaws.com`,
        }),
      },
    ];
  });
}

/** Functions that are the steps of a state machine (docs/architecture.md, the tables of the state machines). */
const stepsOf: Readonly<Record<MachineThing, readonly string[]>> = {
  pipeline: [
    'plansubmission',
    'clearsubjects',
    'deidentifybatch',
    'quarantinebatch',
    'settlesubmission',
    'awaitimport',
    'reconcileimport',
    'cataloguesubmission',
    'applydemographics',
    'writereceipt',
    'recordfailure',
  ].map((name) => `pipeline/Functions${name}Function`),
  replay: ['quarantine/ReplayPartFunction'],
  withdrawal: [
    'preparewithdrawal',
    'beginwithdrawal',
    'erasesubmission',
    'deleteimagesets',
    'endwithdrawal',
    'stopwithdrawal',
  ].map((name) => `withdrawal/Functions${name}Function`),
};

const DENY_SESSIONS = 'credentials/DenialDenySessionsFunction';

function invokeDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const action = ['lambda:InvokeFunction'];
  const ofMachines = asText(machines).map((thing) => ({
    right: `run-steps-of ${thing}` as const,
    questions: ask(
      action,
      stepsOf[thing].map((id) => landscape.arnOf(id)),
      base,
    ),
  }));
  const steps = new Set(Object.values(stepsOf).flat());
  const others = landscape.ofType('AWS::Lambda::Function').filter(({ id }) => !steps.has(id));
  const rest = others.filter(({ id }) => id !== DENY_SESSIONS);
  return [
    ...ofMachines,
    ...others
      .filter(({ id }) => id === DENY_SESSIONS)
      .map(({ arn }) => ({ right: 'invoke deny-sessions' as const, questions: ask(action, [arn], base) })),
    {
      right: 'invoke other-functions',
      questions: ask(
        action,
        rest.map(({ arn }) => arn),
        base,
      ),
    },
  ];
}

function machineDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return asText(machines).flatMap((thing) => {
    const machine = landscape.arnOf(machines[thing]);
    return [
      { right: `start ${thing}` as const, questions: ask(['states:StartExecution'], [machine], base) },
      { right: `answer ${thing}` as const, questions: ask(['states:SendTaskSuccess'], [machine], base) },
      { right: `change ${thing}` as const, questions: ask(['states:UpdateStateMachine'], [machine], base) },
    ];
  });
}

const policyActions = ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion'];

/** Managed policies of the account; the one that denies what was revoked holds nothing but denials. */
function rewriteDeeds({ roles, accountId }: Landscape, base: QuestionContext): Deeds[] {
  const managed = new Map(
    roles
      .flatMap(({ identityPolicies }) => identityPolicies)
      .filter(({ name }) => name.startsWith(`arn:aws:iam::${accountId}:policy/`))
      .map(({ name, document }) => [name, document.Statement.every(({ Effect }) => Effect === 'Deny')]),
  );
  return [...managed].flatMap(([arn, denies]): Deeds[] => [
    {
      right: denies ? 'rewrite denials' : 'rewrite other-policies',
      questions: ask(policyActions, [arn], base),
    },
    {
      right: 'rule the-account',
      questions: ask(['iam:SetDefaultPolicyVersion', 'iam:DeletePolicy'], [arn], base),
    },
  ]);
}

function takenBy(
  role: AccountRole,
  landscape: Landscape,
): 'researcher-roles' | 'canary-roles' | 'other-roles' {
  const { kind } = kindOf(role, landscape);
  return kind === 'researcher' || kind === 'canary' ? `${kind}-roles` : 'other-roles';
}

function assumeDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  return landscape.roles.map((role) => ({
    right: `assume ${takenBy(role, landscape)}` as const,
    questions: ask(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], [role.arn], base),
  }));
}

/** What would let a role take another one's power. */
function rulingDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const roles = landscape.roles.map(({ arn }) => arn);
  const programs = landscape.ofType('AWS::Lambda::Function').map(({ arn }) => arn);
  const bucketArns = Object.values(buckets).map((id) => landscape.arnOf(id));
  const keyArns = Object.values(keys).map(([id]) => landscape.arnOf(id));
  return [
    {
      right: 'rule the-account',
      questions: [
        ...ask(['iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy'], roles, base),
        ...ask(['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'], programs, base),
        ...ask(['s3:PutBucketPolicy'], bucketArns, base),
        ...ask(['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], keyArns, base),
        ...ask(['iam:CreateUser', 'iam:CreatePolicyVersion', 'lambda:CreateFunction'], ['*'], base),
      ],
    },
  ];
}

function passDeeds(landscape: Landscape, base: QuestionContext): Deeds[] {
  const named = { 'imaging/ImportRole': ['import-role', 'medical-imaging.amazonaws.com'] } as const;
  return landscape.roles.map((role) => {
    const [what, service] =
      role.id in named
        ? named['imaging/ImportRole']
        : /^pipeline\/LargeFilesDeidentifyBatch(Execution)?Role$/.test(role.id)
          ? (['task-roles', 'ecs-tasks.amazonaws.com'] as const)
          : (['other-roles', 'lambda.amazonaws.com'] as const);
    return {
      right: `pass ${what}` as const,
      questions: ask(['iam:PassRole'], [role.arn], { ...base, 'iam:PassedToService': service }),
    };
  });
}

/** All rights there are, with the requests that each would take in this environment. */
export function deedsOf(landscape: Landscape): readonly Deeds[] {
  const base: QuestionContext = {
    'aws:SecureTransport': 'true',
    'aws:PrincipalAccount': landscape.accountId,
    'aws:ResourceAccount': landscape.accountId,
  };
  return [
    ...objectDeeds(landscape, base),
    ...asText(buckets).map((thing) => ({
      right: `list ${thing}` as const,
      questions: ask(['s3:ListBucket'], [landscape.arnOf(buckets[thing])], base),
    })),
    ...asText(tables).flatMap((thing) =>
      asText(tableVerbs).map((verb) => ({
        right: `${verb} ${thing}` as const,
        questions: ask(tableVerbs[verb], [landscape.arnOf(tables[thing])], base),
      })),
    ),
    ...asText(partitions).flatMap((thing) =>
      asText(partitionVerbs).map((verb) => ({
        right: `${verb} ${thing}` as const,
        questions: ask([partitionVerbs[verb]], [landscape.arnOf(tables.register)], {
          ...base,
          'dynamodb:LeadingKeys': [partitions[thing]],
        }),
      })),
    ),
    ...imageDeeds(landscape, base),
    ...keyDeeds(landscape, base),
    ...machineDeeds(landscape, base),
    ...invokeDeeds(landscape, base),
    ...passDeeds(landscape, base),
    ...assumeDeeds(landscape, base),
    ...rewriteDeeds(landscape, base),
    {
      right: 'derive pseudonyms',
      questions: ask(['kms:GenerateMac'], [landscape.arnOf('keys/PseudonymKey')], base),
    },
    { right: 'sign receipts', questions: ask(['kms:Sign'], [landscape.arnOf('keys/ReceiptKey')], base) },
    ...rulingDeeds(landscape, base),
  ];
}

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
