import {
  largeFileBranch,
  largeFileNetworkUsd,
  largeFileUsd,
} from '../../../scripts/capacity/cost/large-files';
import { prices } from '../../../scripts/capacity/cost/prices';
import { templateOf } from '../../lib/synthesized-stage';

const template = templateOf('pipeline');

describe('the cost of large files', () => {
  it('is of the container and the endpoints that the template has', () => {
    const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    expect(task?.Properties).toMatchObject({
      Cpu: String(largeFileBranch.processors * 1024),
      Memory: String(largeFileBranch.memoryGigabytes * 1024),
    });
    const endpoints = Object.values(
      template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }),
    );
    expect(endpoints).toHaveLength(largeFileBranch.interfaceEndpoints);
    for (const { Properties } of endpoints) expect(Properties.SubnetIds).toHaveLength(largeFileBranch.zones);
  });

  it('is the network by the hour, and each file by its bytes', () => {
    expect(largeFileNetworkUsd()).toBeCloseTo(8 * 730 * prices.interfaceEndpoint.usd, 9);
    expect(largeFileUsd(10e9)).toBeGreaterThan(largeFileUsd(2e9));
    expect(largeFileUsd(10e9)).toBeLessThan(5 * largeFileUsd(2e9));
  });
});
