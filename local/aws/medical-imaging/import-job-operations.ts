import { randomBytes } from 'node:crypto';
import { AwsError, type Caller, type Clock, type EventPublisher } from '../service';
import type { Datastore, DatastoreRegistry } from './datastore-registry';
import { importJobEvent } from './imaging-events';
import { demandFolder, type ImportJob, jobQuotas, startRequest } from './import-job';
import { type ImportJobStore, jobStoreOf } from './import-job-store';
import type { ImportRunner } from './import-runner';
import { demand, pageOf } from './rest-bodies';

/** Import jobs: start, describe, list. */
export class ImportJobOperations {
  readonly #stores = new Map<string, ImportJobStore>();

  constructor(
    private readonly registry: DatastoreRegistry,
    private readonly runner: ImportRunner,
    private readonly events: EventPublisher,
    private readonly clock: Clock,
  ) {}

  /** StartDICOMImportJob. The caller also needs `iam:PassRole` on the data access role. */
  start(caller: Caller, datastoreId: string, body: unknown) {
    caller.authorise('medical-imaging:StartDICOMImportJob', this.registry.arnOf(datastoreId));
    const request = demand(startRequest, body);
    caller.authorise('iam:PassRole', request.dataAccessRoleArn, {
      'iam:PassedToService': 'medical-imaging.amazonaws.com',
    });
    demandFolder(request.inputS3Uri);
    const datastore = this.registry.get(datastoreId);
    if (datastore.record.datastoreStatus !== 'ACTIVE') {
      throw new AwsError('ConflictException', `Datastore ${datastoreId} is not ACTIVE`, 409);
    }
    const store = this.#storeOf(datastore);
    const repeated = request.clientToken === undefined ? undefined : store.byToken(request.clientToken);
    if (repeated) return answered(repeated, request);
    const open = store.list().filter(({ endedAt }) => endedAt === undefined);
    if (open.length >= jobQuotas.concurrent) {
      throw new AwsError(
        'ServiceQuotaExceededException',
        `Maximum number of concurrent import jobs reached (${jobQuotas.concurrent})`,
        402,
      );
    }
    const jobId = randomBytes(16).toString('hex');
    const { jobName = jobId, inputOwnerAccountId, clientToken } = request;
    const job: ImportJob = {
      jobId,
      jobName,
      jobStatus: 'SUBMITTED',
      datastoreId,
      dataAccessRoleArn: request.dataAccessRoleArn,
      inputS3Uri: request.inputS3Uri,
      outputS3Uri: request.outputS3Uri,
      submittedAt: this.clock.now().getTime(),
      clientToken,
      inputOwnerAccountId,
    };
    store.save(job);
    this.events.publish(importJobEvent(job, datastore.record.datastoreArn));
    this.runner.begin(datastore, store, jobId);
    return answered(job, request);
  }

  get(caller: Caller, datastoreId: string, jobId: string) {
    caller.authorise('medical-imaging:GetDICOMImportJob', this.registry.arnOf(datastoreId));
    const job = this.#storeOf(this.registry.get(datastoreId)).get(jobId);
    return { jobProperties: properties(job) };
  }

  list(caller: Caller, datastoreId: string, query: URLSearchParams) {
    caller.authorise('medical-imaging:ListDICOMImportJobs', this.registry.arnOf(datastoreId));
    const status = query.get('jobStatus');
    const jobs = this.#storeOf(this.registry.get(datastoreId))
      .list()
      .filter(({ jobStatus }) => status === null || status === jobStatus);
    const { items, nextToken } = pageOf(jobs, query.get('maxResults'), query.get('nextToken'));
    return {
      jobSummaries: items.map((job) => {
        const { inputS3Uri: _in, outputS3Uri: _out, ...summary } = properties(job);
        return summary;
      }),
      ...nextToken,
    };
  }

  /** Runs the jobs again that the end of the process broke off; returns how many. */
  resume(): number {
    let resumed = 0;
    for (const datastore of this.registry.list()) {
      const store = this.#storeOf(datastore);
      for (const job of store.list().reverse()) {
        if (job.endedAt !== undefined) continue;
        this.runner.begin(datastore, store, job.jobId);
        resumed += 1;
      }
    }
    return resumed;
  }

  #storeOf(datastore: Datastore): ImportJobStore {
    const { datastoreId } = datastore.record;
    const known = this.#stores.get(datastoreId);
    if (known) return known;
    const opened = jobStoreOf(datastore);
    this.#stores.set(datastoreId, opened);
    return opened;
  }
}

/** The answer to a start; the same client token with another request is a conflict. */
function answered(
  job: ImportJob,
  request: Pick<ImportJob, 'inputS3Uri' | 'outputS3Uri' | 'dataAccessRoleArn'>,
) {
  const same =
    job.inputS3Uri === request.inputS3Uri &&
    job.outputS3Uri === request.outputS3Uri &&
    job.dataAccessRoleArn === request.dataAccessRoleArn;
  if (!same) throw new AwsError('ConflictException', 'The client token was used with another request', 409);
  const { datastoreId, jobId, jobStatus, submittedAt } = job;
  return { datastoreId, jobId, jobStatus, submittedAt: new Date(submittedAt) };
}

function properties(job: ImportJob) {
  const { clientToken: _token, inputOwnerAccountId: _owner, submittedAt, endedAt, ...rest } = job;
  return {
    ...rest,
    submittedAt: new Date(submittedAt),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
  };
}
