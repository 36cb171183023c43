import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  type MedicalImagingClient,
  TagResourceCommand,
} from '@aws-sdk/client-medical-imaging';
import type { DatastoreProperties } from './datastore.contract';

export interface DatastoreState {
  readonly id: string;
  readonly arn: string;
  /** CREATING, CREATE_FAILED, ACTIVE, DELETING or DELETED. */
  readonly status: string;
}

/** Data stores of HealthImaging. */
export interface Datastores {
  /** Starts making a store and gives its id; the same token gives the same store. */
  create(properties: DatastoreProperties, clientToken: string): Promise<string>;
  get(id: string): Promise<DatastoreState>;
  tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void>;
}

export class HealthImagingDatastores implements Datastores {
  constructor(private readonly imaging: MedicalImagingClient) {}

  async create(properties: DatastoreProperties, clientToken: string): Promise<string> {
    const answer = await this.imaging.send(
      new CreateDatastoreCommand({
        clientToken,
        datastoreName: properties.DatastoreName,
        kmsKeyArn: properties.KmsKeyArn,
        losslessStorageFormat: properties.LosslessStorageFormat,
        lambdaAuthorizerArn: properties.LambdaAuthorizerArn,
        tags: properties.Tags,
      }),
    );
    if (answer.datastoreId === undefined) throw new Error('HealthImaging gave no data store id');
    return answer.datastoreId;
  }

  async get(id: string): Promise<DatastoreState> {
    const { datastoreProperties: store } = await this.imaging.send(
      new GetDatastoreCommand({ datastoreId: id }),
    );
    if (store?.datastoreArn === undefined) throw new Error('HealthImaging gave no ARN of the data store');
    return { id, arn: store.datastoreArn, status: store.datastoreStatus ?? 'UNKNOWN' };
  }

  async tag(arn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(tags).length === 0) return;
    await this.imaging.send(new TagResourceCommand({ resourceArn: arn, tags: { ...tags } }));
  }
}
