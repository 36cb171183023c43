import { z } from 'zod';
import { AwsError, type Caller, type Clock, type EventPublisher } from '../service';
import { type DatastoreRecord, type DatastoreRegistry, losslessStorageFormats } from './datastore-registry';
import { datastoreEvent } from './imaging-events';
import { demand, pageOf } from './rest-bodies';

const createRequest = z.strictObject({
  datastoreName: z
    .string()
    .regex(/^[A-Za-z0-9._/#-]{1,256}$/)
    .optional(),
  clientToken: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  kmsKeyArn: z.string().max(512).optional(),
  lambdaAuthorizerArn: z
    .string()
    .regex(/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:/)
    .optional(),
  losslessStorageFormat: z.enum(losslessStorageFormats).default('HTJ2K'),
});

/** Data stores: create, describe, list, delete, tag. */
export class DatastoreOperations {
  constructor(
    private readonly registry: DatastoreRegistry,
    private readonly events: EventPublisher,
    private readonly clock: Clock,
  ) {}

  create(caller: Caller, body: unknown) {
    caller.authorise('medical-imaging:CreateDatastore', '*');
    const request = demand(createRequest, body);
    const { datastoreName = 'datastore', tags, ...rest } = request;
    if (Object.keys(tags).length > 0)
      caller.authorise('medical-imaging:TagResource', this.registry.arnOf('*'));
    const record = this.registry.create({ ...rest, datastoreName, tags }, this.clock.now().getTime());
    if (record.datastoreStatus === 'CREATING') {
      this.events.publish(datastoreEvent('Creating', record));
      setImmediate(() => this.#activate(record.datastoreId));
    }
    return { datastoreId: record.datastoreId, datastoreStatus: record.datastoreStatus };
  }

  /** Brings up the data stores that the end of the process left half made. */
  resume(): void {
    for (const { record } of this.registry.list()) this.#activate(record.datastoreId);
  }

  get(caller: Caller, datastoreId: string) {
    caller.authorise('medical-imaging:GetDatastore', this.registry.arnOf(datastoreId));
    return { datastoreProperties: properties(this.registry.get(datastoreId).record) };
  }

  list(caller: Caller, query: URLSearchParams) {
    caller.authorise('medical-imaging:ListDatastores', '*');
    const status = query.get('datastoreStatus');
    const records = this.registry
      .list()
      .map(({ record }) => record)
      .filter(({ datastoreStatus }) => status === null || status === datastoreStatus);
    const { items, nextToken } = pageOf(records, query.get('maxResults'), query.get('nextToken'));
    return {
      datastoreSummaries: items.map((record) => {
        const { datastoreId, datastoreName, datastoreStatus, datastoreArn, createdAt, updatedAt } =
          properties(record);
        return { datastoreId, datastoreName, datastoreStatus, datastoreArn, createdAt, updatedAt };
      }),
      ...nextToken,
    };
  }

  delete(caller: Caller, datastoreId: string) {
    caller.authorise('medical-imaging:DeleteDatastore', this.registry.arnOf(datastoreId));
    const { index } = this.registry.get(datastoreId);
    if (index.size > 0) {
      throw new AwsError('ConflictException', `Datastore ${datastoreId} is not empty`, 409);
    }
    const updatedAt = this.clock.now().getTime();
    const record = this.registry.update(datastoreId, { datastoreStatus: 'DELETED', updatedAt });
    this.events.publish(datastoreEvent('Deleting', record));
    this.events.publish(datastoreEvent('Deleted', record));
    return { datastoreId, datastoreStatus: 'DELETING' };
  }

  listTags(caller: Caller, resourceArn: string) {
    caller.authorise('medical-imaging:ListTagsForResource', resourceArn);
    return { tags: this.#byArn(resourceArn).tags };
  }

  tag(caller: Caller, resourceArn: string, body: unknown) {
    caller.authorise('medical-imaging:TagResource', resourceArn);
    const { tags } = demand(z.object({ tags: z.record(z.string(), z.string()) }), body);
    const record = this.#byArn(resourceArn);
    this.registry.update(record.datastoreId, { tags: { ...record.tags, ...tags } });
    return {};
  }

  untag(caller: Caller, resourceArn: string, query: URLSearchParams) {
    caller.authorise('medical-imaging:UntagResource', resourceArn);
    const record = this.#byArn(resourceArn);
    const gone = new Set(query.getAll('tagKeys'));
    const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !gone.has(key)));
    this.registry.update(record.datastoreId, { tags });
    return {};
  }

  #activate(datastoreId: string): void {
    const { record } = this.registry.get(datastoreId);
    if (record.datastoreStatus !== 'CREATING') return;
    const active = this.registry.update(datastoreId, {
      datastoreStatus: 'ACTIVE',
      updatedAt: this.clock.now().getTime(),
    });
    this.events.publish(datastoreEvent('Created', active));
  }

  #byArn(resourceArn: string): DatastoreRecord {
    const found = this.registry.list().find(({ record }) => record.datastoreArn === resourceArn);
    if (found) return found.record;
    throw new AwsError('ResourceNotFoundException', `Resource ${resourceArn} does not exist`, 404);
  }
}

function properties(record: DatastoreRecord) {
  const { tags: _tags, clientToken: _token, createdAt, updatedAt, ...rest } = record;
  return { ...rest, createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) };
}
