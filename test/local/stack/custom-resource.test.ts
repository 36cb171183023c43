import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedResource } from '../../../local/stack/resource';
import { CustomResources } from '../../../local/stack/resources/custom-resource';

type Request = Record<string, unknown> & { ResponseURL: string; RequestType: string };

const resource = (properties: Record<string, unknown>): ResolvedResource => ({
  type: 'Custom::Store',
  logicalId: 'Store',
  stack: 'imaging',
  region: 'eu-west-2',
  accountId: '000000000000',
  properties: { ServiceToken: 'arn:function', ...properties },
  retained: true,
});

describe('CustomResources', () => {
  let folder: string;
  const requests: Request[] = [];
  let answer: Record<string, unknown>;
  let error: string | undefined;

  const open = (): CustomResources =>
    new CustomResources({
      path: join(folder, 'custom-resources.json'),
      invoke: async (_arn, event) => {
        const request = event as Request;
        requests.push(request);
        if (error === undefined)
          await fetch(request.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
        return error;
      },
    });

  const deploy = async (properties: Record<string, unknown>) => {
    const custom = open();
    try {
      return await custom.deploy(resource(properties));
    } finally {
      custom.close();
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custom-resource-'));
    requests.length = 0;
    error = undefined;
    answer = { Status: 'SUCCESS', PhysicalResourceId: 'store-1', Data: { DatastoreId: 'abc' } };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('asks the function to create, in the words of CloudFormation', async () => {
    expect(await deploy({ Format: 'HTJ2K' })).toEqual({ ref: 'store-1', attributes: { DatastoreId: 'abc' } });
    expect(requests[0]).toMatchObject({
      RequestType: 'Create',
      ResourceType: 'Custom::Store',
      LogicalResourceId: 'Store',
      ResourceProperties: { ServiceToken: 'arn:function', Format: 'HTJ2K' },
    });
    expect(requests[0]).not.toHaveProperty('PhysicalResourceId');
  });

  it('asks nothing when the properties are those of the last start', async () => {
    const first = await deploy({ Format: 'HTJ2K' });
    expect(await deploy({ Format: 'HTJ2K' })).toEqual(first);
    expect(requests).toHaveLength(1);
  });

  it('asks to update when a property changes', async () => {
    await deploy({ Format: 'HTJ2K' });
    await deploy({ Format: 'JPEG_2000_LOSSLESS' });
    expect(requests[1]).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'store-1',
      OldResourceProperties: { Format: 'HTJ2K' },
    });
  });

  it("fails with the function's reason, and asks to create again at the next start", async () => {
    answer = { Status: 'FAILED', PhysicalResourceId: 'none', Reason: 'no quota' };
    await expect(deploy({})).rejects.toMatchObject({
      code: 'CUSTOM_RESOURCE_FAILED',
      message: expect.stringContaining('no quota'),
    });
    answer = { Status: 'SUCCESS', PhysicalResourceId: 'store-1' };
    await deploy({});
    expect(requests.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Create']);
  });

  it('fails when the function fails without an answer', async () => {
    error = 'TypeError: broken';
    await expect(deploy({})).rejects.toThrow('TypeError: broken');
  });
});
