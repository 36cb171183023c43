import { ZodError } from 'zod';
import { canonicalDigest } from '../platform/canonical-json';
import {
  type CustomResourceEnvelope,
  type DatastoreProperties,
  datastoreProperties,
} from './datastore.contract';
import type { DatastoreState, Datastores } from './datastores';

/** A new store takes about a minute; between looks. */
const lookPauseMilliseconds = 5_000;

/** Physical id of a store that could not be made: CloudFormation wants one to delete. */
export const neverMade = 'not-created';

export interface DatastoreResourcePorts {
  readonly datastores: Datastores;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds that are left to wait for a store. */
  readonly remaining: () => number;
}

export type CustomResourceResult =
  | {
      readonly status: 'SUCCESS';
      readonly physicalResourceId: string;
      readonly data: Readonly<Record<string, string>>;
    }
  | { readonly status: 'FAILED'; readonly physicalResourceId: string; readonly reason: string };

const fixedProperties = [
  'DatastoreName',
  'KmsKeyArn',
  'LosslessStorageFormat',
  'LambdaAuthorizerArn',
] as const;

/** Names of the fixed properties in which two descriptions of a store differ. */
export function changedFixedProperties(before: DatastoreProperties, after: DatastoreProperties): string[] {
  return fixedProperties.filter((name) => before[name] !== after[name]);
}

async function untilActive(ports: DatastoreResourcePorts, id: string): Promise<DatastoreState> {
  for (;;) {
    const store = await ports.datastores.get(id);
    if (store.status === 'ACTIVE') return store;
    if (store.status !== 'CREATING') throw new Error(`the data store ${id} is ${store.status}`);
    if (ports.remaining() < 2 * lookPauseMilliseconds)
      throw new Error(`the data store ${id} is still CREATING; deploy again to go on waiting for it`);
    await ports.pause(lookPauseMilliseconds);
  }
}

function success(store: DatastoreState): CustomResourceResult {
  return {
    status: 'SUCCESS',
    physicalResourceId: store.id,
    data: { DatastoreId: store.id, DatastoreArn: store.arn },
  };
}

async function make(
  ports: DatastoreResourcePorts,
  request: CustomResourceEnvelope,
  properties: DatastoreProperties,
): Promise<CustomResourceResult> {
  // From what is asked rather than from the request, so that a second deployment finds the store of one that gave up.
  const { Tags: _, ...fixed } = properties;
  const clientToken = canonicalDigest([request.StackId, request.LogicalResourceId, fixed]);
  const id = await ports.datastores.create(properties, clientToken);
  return success(await untilActive(ports, id));
}

async function answer(
  ports: DatastoreResourcePorts,
  request: CustomResourceEnvelope,
): Promise<CustomResourceResult> {
  const { RequestType, PhysicalResourceId } = request;
  // A store holds images for ever: it outlives its stack.
  if (RequestType === 'Delete')
    return { status: 'SUCCESS', physicalResourceId: PhysicalResourceId ?? neverMade, data: {} };
  const properties = datastoreProperties.parse(request.ResourceProperties);
  if (RequestType === 'Create' || PhysicalResourceId === undefined || PhysicalResourceId === neverMade)
    return make(ports, request, properties);
  const before = datastoreProperties.parse(request.OldResourceProperties);
  const changed = changedFixedProperties(before, properties);
  if (changed.length === 0) {
    const store = await untilActive(ports, PhysicalResourceId);
    await ports.datastores.tag(store.arn, properties.Tags);
    return success(store);
  }
  if (properties.ReplaceOnChange === 'true') return make(ports, request, properties);
  return {
    status: 'FAILED',
    physicalResourceId: PhysicalResourceId,
    reason: `${changed.join(', ')} of a data store cannot change: make a new store (ReplaceOnChange) and import again`,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}

/** Makes, updates or lets go of a data store for CloudFormation; every end, also an error, is an answer. */
export async function answerDatastoreRequest(
  ports: DatastoreResourcePorts,
  request: CustomResourceEnvelope,
): Promise<CustomResourceResult> {
  try {
    return await answer(ports, request);
  } catch (error) {
    return {
      status: 'FAILED',
      physicalResourceId: request.PhysicalResourceId ?? neverMade,
      reason: reasonOf(error),
    };
  }
}
