import { manifestPageEntryLimit, uploadUrlLimit } from '../../../lambda/submission/submission.contract';
import type { PipelineShape } from '../pipeline-shape';
import { stageSeconds } from '../stage-seconds';
import { landingHours, memory } from './assumptions';
import type { PriceName } from './prices';

/** What is to be paid for, in the units that the pipeline counts in. Shares of a unit are allowed. */
export interface Work {
  readonly submissions: number;
  readonly studies: number;
  readonly files: number;
  readonly bytes: number;
  readonly batches: number;
  /** Import jobs, one a pack and split. */
  readonly jobs: number;
  /** Seconds of environments of deidentify-batch. */
  readonly deidentifySeconds: number;
  /** Environments of deidentify-batch that were started. */
  readonly processStarts: number;
  /** What HealthImaging bills for the image sets. */
  readonly billedBytes: number;
}

export type Part =
  | 'upload'
  | 'de-identification'
  | 'other steps'
  | 'ledger'
  | 'orchestration'
  | 'import'
  | 'keys'
  | 'audit'
  | 'logs'
  | 'storage'
  | 'HealthImaging';

/** `code`: counted in the code. `assumed`: a guess, or a figure that was not measured on AWS. */
export type Basis = 'code' | 'assumed';

/** So many units of a price for each unit of work. */
export interface Demand {
  readonly part: Part;
  readonly what: string;
  readonly price: PriceName;
  readonly each: keyof Work;
  readonly count: number;
  readonly basis: Basis;
}

const GIB = 2 ** 30;
const MONTH_HOURS = 730;
const gib = (mebibytes: number) => mebibytes / 1024;

const demand =
  (part: Part, basis: Basis) =>
  (what: string, price: PriceName, each: keyof Work, count: number): Demand => ({
    part,
    what,
    price,
    each,
    count,
    basis,
  });

const upload = demand('upload', 'code');
const engine = demand('de-identification', 'code');
const steps = demand('other steps', 'code');
const ledger = demand('ledger', 'code');
const imports = demand('import', 'code');

/** Of one submission: create, manifest page, URL of the numbers, complete, own record, receipt, and ten looks at its state. */
const REQUESTS_A_SUBMISSION = 16;
/** Authoriser and handler of a request. */
const SECONDS_A_REQUEST = 0.2;

const uploadDemands: readonly Demand[] = [
  upload('file to landing, by presigned URL', 's3Put', 'files', 1),
  upload('manifest page, NHS numbers', 's3Put', 'submissions', 2),
  upload('requests to the API', 'apiRequest', 'submissions', REQUESTS_A_SUBMISSION),
  upload(
    'requests for upload URLs and manifest pages',
    'apiRequest',
    'files',
    1 / uploadUrlLimit + 1 / manifestPageEntryLimit,
  ),
  {
    ...upload(
      'functions of the API',
      'lambdaArm',
      'submissions',
      REQUESTS_A_SUBMISSION * SECONDS_A_REQUEST * gib(memory.list),
    ),
    basis: 'assumed',
  },
  {
    ...upload(
      'functions of the API, upload URLs',
      'lambdaArm',
      'files',
      (SECONDS_A_REQUEST * gib(memory.list)) / uploadUrlLimit,
    ),
    basis: 'assumed',
  },
];

const deidentifyDemands: readonly Demand[] = [
  engine('file from landing', 's3Get', 'files', 1),
  engine('de-identified file', 's3Put', 'files', 1),
  engine('results of the batch looked for, plan', 's3Get', 'batches', 2),
  engine('results of the batch', 's3Put', 'batches', 1),
  engine('list of the cleared', 's3Get', 'processStarts', 1),
  engine('invocation of a batch', 'lambdaRequest', 'batches', 1),
  {
    ...engine('deidentify-batch', 'lambdaArm', 'deidentifySeconds', gib(memory.deidentify)),
    basis: 'assumed',
  },
  {
    ...engine('start of an environment, one second', 'lambdaArm', 'processStarts', gib(memory.deidentify)),
    basis: 'assumed',
  },
];

/** Seconds of Plan, Settle, Catalogue, Demographics and Receipt (stage-seconds.ts): of each file, and of each submission. */
const secondsOfSteps = (files: number) =>
  stageSeconds.plan(files) +
  stageSeconds.settle(files) +
  stageSeconds.catalogue(files, 0) +
  stageSeconds.demographics +
  stageSeconds.receipt(files);

const stepDemands: readonly Demand[] = [
  // Plan 3, Clear 5, answer 3, its carrier 1, map 1, Settle 4, Catalogue 3, Receipt 3, the trust 1
  steps('plans, clearance, settlement, receipt: read', 's3Get', 'submissions', 24),
  // Plan 3, request, answer, cleared, map 3, settlement, catalogue 2, receipt
  steps('the same: written', 's3Put', 'submissions', 13),
  steps('listings at the start and the end', 's3Put', 'submissions', 9),
  steps('listings, 1,000 files a request', 's3Put', 'files', 3 / 1_000),
  steps('results of a batch, for Settle and Catalogue', 's3Get', 'batches', 2),
  steps('invocations', 'lambdaRequest', 'submissions', 7),
  {
    ...steps(
      'functions, of a submission',
      'lambdaArm',
      'submissions',
      (secondsOfSteps(0) + 2) * gib(memory.list),
    ),
    basis: 'assumed',
  },
  {
    ...steps(
      'functions, of a file',
      'lambdaArm',
      'files',
      (secondsOfSteps(1) - secondsOfSteps(0)) * gib(memory.list),
    ),
    basis: 'assumed',
  },
];

const ledgerDemands: readonly Demand[] = [
  ledger('claim of an instance, transactional', 'dynamodbWrite', 'files', 2),
  ledger('claims read', 'dynamodbRead', 'files', 1),
  ledger('claim of a study, its catalogue entry', 'dynamodbWrite', 'studies', 4),
  ledger('the same: read', 'dynamodbRead', 'studies', 2),
  // created 6, page 4, wait for clearance 2, completed, catalogued, finished
  ledger('records of the submission', 'dynamodbWrite', 'submissions', 15),
  {
    ...ledger('the same, and the person at each request: read', 'dynamodbRead', 'submissions', 40),
    basis: 'assumed',
  },
  ledger('task token of an import job', 'dynamodbWrite', 'jobs', 2),
  ledger('the same: read', 'dynamodbRead', 'jobs', 1),
  { ...ledger('first month of 350 bytes a claim', 'dynamodbStorage', 'files', 350 / GIB), basis: 'assumed' },
];

const importDemands: readonly Demand[] = [
  imports('de-identified file, read by HealthImaging', 's3Get', 'files', 1),
  imports('listing of the prefix, 1,000 files a request', 's3Put', 'files', 1 / 1_000),
  imports('listing of the prefix', 's3Put', 'jobs', 1),
  { ...imports("job's output", 's3Put', 'jobs', 3), basis: 'assumed' },
  imports('account of the job', 's3Put', 'jobs', 1),
  imports('output and account read', 's3Get', 'jobs', 8),
  imports('start and look at the job', 'healthImagingCall', 'jobs', 2),
  imports('invocations', 'lambdaRequest', 'jobs', 3),
  {
    ...imports(
      'functions of a job',
      'lambdaArm',
      'jobs',
      stageSeconds.reconcile * gib(memory.list) + 0.5 * gib(memory.short),
    ),
    basis: 'assumed',
  },
];

/** With bucket keys S3 asks KMS for one request in a hundred (AWS: up to 99 % fewer). */
const BUCKET_KEY_SHARE = 0.01;
/** S3 requests for data: put, read, put, read. */
const REQUESTS_A_FILE = 4;

const keyDemands: readonly Demand[] = [
  {
    ...demand('keys', 'assumed')(
      'bucket keys, of a file',
      'kmsRequest',
      'files',
      REQUESTS_A_FILE * BUCKET_KEY_SHARE,
    ),
  },
  { ...demand('keys', 'code')('six derived keys an environment', 'kmsRequest', 'processStarts', 6) },
  { ...demand('keys', 'assumed')('tables, executions, other objects', 'kmsRequest', 'submissions', 30) },
  { ...demand('keys', 'code')('signature of the receipt', 'kmsSign', 'submissions', 1) },
];

/** The app makes no trail; this is the organisation's, of the objects of all data buckets. */
const trail = demand('audit', 'assumed');
const auditDemands: readonly Demand[] = [
  trail('put, read, put, read, deleted', 'dataEvent', 'files', REQUESTS_A_FILE + 1),
  trail('objects of a batch', 'dataEvent', 'batches', 5),
  trail('objects of a job', 'dataEvent', 'jobs', 12),
  trail('objects of a submission', 'dataEvent', 'submissions', 40),
];

const log = demand('logs', 'assumed');
const logDemands: readonly Demand[] = [
  log('4.2 kB a batch: function, Express child at level ALL', 'logs', 'batches', 4_200 / 1e9),
  log('10 kB a job', 'logs', 'jobs', 10_000 / 1e9),
  log('60 kB a submission', 'logs', 'submissions', 60_000 / 1e9),
];

const store = demand('storage', 'assumed');
const storageDemands: readonly Demand[] = [
  store(
    `landing, ${landingHours} hours until the receipt`,
    's3Standard',
    'bytes',
    landingHours / MONTH_HOURS / GIB,
  ),
  { ...store('de-identified files, first month', 's3Standard', 'bytes', 1 / GIB), basis: 'code' },
  store('results, rows and access logs, 6 kB a file', 's3Standard', 'files', 6_000 / GIB),
  {
    ...store('image sets, first month', 'healthImagingFrequent', 'billedBytes', 1 / GIB),
    part: 'HealthImaging',
  },
];

function orchestrationDemands({
  transitionsPerSubmission,
  transitionsPerJob,
}: PipelineShape): readonly Demand[] {
  const states = demand('orchestration', 'code');
  return [
    states('states of a submission', 'stateTransition', 'submissions', transitionsPerSubmission),
    states('states of an import job', 'stateTransition', 'jobs', transitionsPerJob),
    states('Express child of a batch', 'expressRequest', 'batches', 1),
    {
      ...states('its duration, in chunks of 64 MB', 'expressDuration', 'deidentifySeconds', 64 / 1024),
      basis: 'assumed',
    },
  ];
}

/** Everything that is paid for between the first request of a trust and the end of the first month. */
export function ingestDemands(shape: PipelineShape): readonly Demand[] {
  return [
    ...uploadDemands,
    ...deidentifyDemands,
    ...stepDemands,
    ...ledgerDemands,
    ...orchestrationDemands(shape),
    ...importDemands,
    ...keyDemands,
    ...auditDemands,
    ...logDemands,
    ...storageDemands,
  ];
}
