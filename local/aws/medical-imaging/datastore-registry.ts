import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { AwsError } from '../service';
import { ImageSetIndex } from './image-set-index';

export const losslessStorageFormats = ['HTJ2K', 'JPEG_2000_LOSSLESS'] as const;

/** A data store as it is kept. Times in milliseconds since 1970. */
export interface DatastoreRecord {
  readonly datastoreId: string;
  readonly datastoreName: string;
  readonly datastoreStatus: 'CREATING' | 'ACTIVE' | 'DELETED';
  readonly datastoreArn: string;
  readonly kmsKeyArn?: string | undefined;
  readonly lambdaAuthorizerArn?: string | undefined;
  readonly losslessStorageFormat: (typeof losslessStorageFormats)[number];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly clientToken?: string | undefined;
}

/** A data store with its image sets. */
export interface Datastore {
  readonly record: DatastoreRecord;
  readonly folder: string;
  readonly index: ImageSetIndex;
}

/** AWS's default quota; the older page says 10. */
const datastoreQuota = 100;

/** Keeps the data stores in one small file; their image sets in a folder each. */
export class DatastoreRegistry {
  readonly #datastores = new Map<string, Datastore>();
  readonly #path: string;

  constructor(
    private readonly folder: string,
    private readonly arnPrefix: string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'datastores.json');
    const records = readJsonFile(this.#path) as DatastoreRecord[] | undefined;
    for (const record of records ?? []) this.#open(record);
  }

  /** Data stores that are not deleted. */
  list(): Datastore[] {
    return [...this.#datastores.values()].filter(({ record }) => record.datastoreStatus !== 'DELETED');
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(datastoreId: string): Datastore {
    const datastore = this.#datastores.get(datastoreId);
    if (datastore && datastore.record.datastoreStatus !== 'DELETED') return datastore;
    throw new AwsError('ResourceNotFoundException', `Datastore ${datastoreId} does not exist`, 404);
  }

  /** ARN that a data store of this id has or would have. */
  arnOf(datastoreId: string): string {
    return `${this.arnPrefix}${datastoreId}`;
  }

  create(
    request: Pick<
      DatastoreRecord,
      'datastoreName' | 'kmsKeyArn' | 'lambdaAuthorizerArn' | 'losslessStorageFormat' | 'tags' | 'clientToken'
    >,
    at: number,
  ): DatastoreRecord {
    const repeated = this.list().find(
      ({ record }) => request.clientToken !== undefined && record.clientToken === request.clientToken,
    );
    if (repeated) return repeated.record;
    if (this.list().length >= datastoreQuota) {
      throw new AwsError('ServiceQuotaExceededException', 'Maximum number of datastores reached', 402);
    }
    const datastoreId = randomBytes(16).toString('hex');
    const record: DatastoreRecord = {
      ...request,
      datastoreId,
      datastoreArn: this.arnOf(datastoreId),
      datastoreStatus: 'CREATING',
      createdAt: at,
      updatedAt: at,
    };
    this.#open(record);
    this.#save();
    return record;
  }

  update(datastoreId: string, changes: Partial<DatastoreRecord>): DatastoreRecord {
    const datastore = this.get(datastoreId);
    const record = { ...datastore.record, ...changes };
    this.#datastores.set(datastoreId, { ...datastore, record });
    this.#save();
    return record;
  }

  close(): void {
    for (const { index } of this.#datastores.values()) index.close();
  }

  #open(record: DatastoreRecord): void {
    const folder = join(this.folder, record.datastoreId);
    mkdirSync(folder, { recursive: true });
    const index = new ImageSetIndex(join(folder, 'image-sets.ndjson'));
    this.#datastores.set(record.datastoreId, { record, folder, index });
  }

  #save(): void {
    writeJsonFile(
      this.#path,
      [...this.#datastores.values()].map(({ record }) => record),
    );
  }
}
