import type { CustomResourceEnvelope, DatastoreProperties } from '../../../lambda/imaging/datastore.contract';
import { answerDatastoreRequest, neverMade } from '../../../lambda/imaging/datastore-resource';

const properties = {
  DatastoreName: 'nmip-development',
  KmsKeyArn: 'arn:aws:kms:eu-west-2:000000000000:key/1',
  LosslessStorageFormat: 'HTJ2K',
  LambdaAuthorizerArn: 'arn:aws:lambda:eu-west-2:000000000000:function:authorise',
};

function request(change: Partial<CustomResourceEnvelope>): CustomResourceEnvelope {
  return {
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example/answer',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Development',
    ResourceProperties: properties,
    OldResourceProperties: undefined,
    ...change,
  };
}

class Imaging {
  readonly created: { properties: DatastoreProperties; clientToken: string }[] = [];
  readonly tagged: unknown[] = [];
  statuses = ['CREATING', 'CREATING', 'ACTIVE'];
  remaining = 600_000;

  answer(message: CustomResourceEnvelope) {
    return answerDatastoreRequest(
      {
        datastores: {
          create: async (made, clientToken) => {
            const known = this.created.findIndex((each) => each.clientToken === clientToken);
            if (known >= 0) return `store-${known + 1}`;
            this.created.push({ properties: made, clientToken });
            return `store-${this.created.length}`;
          },
          get: async (id) => {
            const status = (this.statuses.length > 1 ? this.statuses.shift() : this.statuses[0]) ?? 'UNKNOWN';
            return { id, arn: `arn:store/${id}`, status };
          },
          tag: async (_arn, tags) => void this.tagged.push(tags),
        },
        pause: async (milliseconds) => {
          this.remaining -= milliseconds;
        },
        remaining: () => this.remaining,
      },
      message,
    );
  }
}

const made = {
  status: 'SUCCESS',
  physicalResourceId: 'store-1',
  data: { DatastoreId: 'store-1', DatastoreArn: 'arn:store/store-1' },
};

describe('a data store as a CloudFormation resource', () => {
  it('is made with its key, format and authoriser, and answered once it is ACTIVE', async () => {
    const imaging = new Imaging();
    expect(await imaging.answer(request({}))).toEqual(made);
    expect(imaging.created).toEqual([
      { properties: { ...properties, Tags: {}, ReplaceOnChange: 'false' }, clientToken: expect.any(String) },
    ]);
    expect(imaging.created[0]?.clientToken).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is made once, also where the request comes twice or a deployment is tried again', async () => {
    const imaging = new Imaging();
    await imaging.answer(request({}));
    expect(await imaging.answer(request({}))).toEqual(made);
    expect(await imaging.answer(request({ RequestId: 'another' }))).toEqual(made);
    expect(imaging.created).toHaveLength(1);
  });

  it.each([
    ['failed', ['CREATING', 'CREATE_FAILED'], /CREATE_FAILED/],
    ['is slower than the function', ['CREATING'], /still CREATING/],
  ])('fails with a reason where its making %s', async (_name, statuses, reason) => {
    const imaging = new Imaging();
    imaging.statuses = statuses;
    expect(await imaging.answer(request({}))).toMatchObject({
      status: 'FAILED',
      physicalResourceId: neverMade,
      reason: expect.stringMatching(reason),
    });
  });

  it('fails with the name of a property that is wrong', async () => {
    const ResourceProperties = { ...properties, LosslessStorageFormat: 'PNG' };
    expect(await new Imaging().answer(request({ ResourceProperties }))).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('LosslessStorageFormat'),
    });
  });

  const update = (change: object, old: object = properties) =>
    request({
      RequestType: 'Update',
      PhysicalResourceId: 'store-0',
      ResourceProperties: { ...properties, ...change },
      OldResourceProperties: old,
    });

  it('takes new tags', async () => {
    const imaging = new Imaging();
    expect(await imaging.answer(update({ Tags: { team: 'imaging' } }))).toMatchObject({
      status: 'SUCCESS',
      physicalResourceId: 'store-0',
    });
    expect(imaging.tagged).toEqual([{ team: 'imaging' }]);
    expect(imaging.created).toEqual([]);
  });

  it('refuses a change of what is fixed, unless a new store is asked for', async () => {
    const imaging = new Imaging();
    expect(await imaging.answer(update({ KmsKeyArn: 'arn:aws:kms:other' }))).toMatchObject({
      status: 'FAILED',
      physicalResourceId: 'store-0',
      reason: expect.stringContaining('KmsKeyArn'),
    });
    expect(
      await imaging.answer(update({ KmsKeyArn: 'arn:aws:kms:other', ReplaceOnChange: 'true' })),
    ).toMatchObject({ status: 'SUCCESS', physicalResourceId: 'store-1' });
  });

  it('outlives its stack', async () => {
    const imaging = new Imaging();
    expect(
      await imaging.answer(request({ RequestType: 'Delete', PhysicalResourceId: 'store-0' })),
    ).toMatchObject({ status: 'SUCCESS', physicalResourceId: 'store-0' });
  });
});
