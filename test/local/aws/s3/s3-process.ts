import { AwsGateway } from '../../../../local/aws/gateway';
import { IdentityRegistry } from '../../../../local/aws/iam/identity-registry';
import { KmsService } from '../../../../local/aws/kms/kms-service';
import { S3Service } from '../../../../local/aws/s3/s3-service';
import { systemClock as clock } from '../../../../local/storage/clock';
import { ACCOUNT, allow, policy, REGION, trustsService } from '../test-platform';

/** S3 alone in a process of its own, to be killed: `s3-process.ts <data folder>` prints endpoint and credentials. */
async function main(dataFolder: string): Promise<void> {
  const registry = new IdentityRegistry({ accountId: ACCOUNT, region: REGION, dataFolder, clock });
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/writer`;
  registry.putRole({
    arn: roleArn,
    trustPolicy: trustsService('lambda.amazonaws.com'),
    inlinePolicies: { storage: policy(allow('s3:*')) },
  });
  const keys = new KmsService({ registry, clock, dataFolder });
  const s3 = new S3Service({ registry, keys, clock, dataFolder, events: { publish: () => undefined } });
  s3.createBucket({ name: 'bucket' });
  const gateway = new AwsGateway({ registry, clock, vpcEndpointId: 'vpce-1' });
  gateway.register(s3);
  const { endpoint } = await gateway.listen({ port: 0, vpcEndpointPort: 0 });
  const credentials = registry.createRoleSession(roleArn, 'session', 900);
  process.stdout.write(`${JSON.stringify({ endpoint, credentials })}\n`);
  // Ends with the test, should the test itself be killed.
  process.stdin.on('end', () => process.exit(0)).resume();
}

void main(process.argv[2] ?? '');
