import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { AthenaService } from '../../../local/aws/athena/athena-service';
import { AwsGateway, type RequestDrill } from '../../../local/aws/gateway';
import { IamService } from '../../../local/aws/iam/iam-service';
import { IdentityRegistry } from '../../../local/aws/iam/identity-registry';
import type { PolicyDocument } from '../../../local/aws/iam/policy';
import type { RoleDefinition } from '../../../local/aws/iam/role';
import type { SessionCredentials } from '../../../local/aws/iam/session';
import { KmsService } from '../../../local/aws/kms/kms-service';
import { S3Service } from '../../../local/aws/s3/s3-service';
import type { BusEvent, Caller } from '../../../local/aws/service';
import { StsService } from '../../../local/aws/sts/sts-service';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-2';
export const VPC_ENDPOINT_ID = 'vpce-0123456789abcdef0';

type StatementElement = Readonly<Record<string, unknown>>;

export function policy(...statements: readonly StatementElement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

export const allow = (action: string | readonly string[], resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

export const trustsService = (service: string): PolicyDocument =>
  policy({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });

/** The policy that CDK gives to keys: the account decides by IAM. */
export const accountKeyPolicy = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
});

/** Gateway, IAM, STS, KMS and S3 on a folder of their own; its clock runs `ahead` milliseconds before the real one. */
export class TestPlatform {
  readonly events: BusEvent[] = [];
  readonly faults: unknown[] = [];
  ahead = 0;
  registry!: IdentityRegistry;
  kms!: KmsService;
  s3!: S3Service;
  athena!: AthenaService;
  endpoint!: string;
  vpcEndpoint!: string;
  private gateway!: AwsGateway;
  private readonly clients: { destroy(): void }[] = [];

  private constructor(
    readonly dataFolder: string,
    private readonly drill: RequestDrill | undefined,
  ) {}

  static async start(drill?: RequestDrill): Promise<TestPlatform> {
    const platform = new TestPlatform(mkdtempSync(join(tmpdir(), 'nmip-platform-')), drill);
    await platform.open();
    return platform;
  }

  readonly clock = { now: () => new Date(Date.now() + this.ahead) };

  private async open(): Promise<void> {
    const { clock, dataFolder } = this;
    this.registry = new IdentityRegistry({ accountId: ACCOUNT, region: REGION, dataFolder, clock });
    this.kms = new KmsService({ registry: this.registry, clock, dataFolder });
    this.s3 = new S3Service({
      registry: this.registry,
      keys: this.kms,
      clock,
      dataFolder,
      events: { publish: (event) => this.events.push(event) },
    });
    this.athena = new AthenaService({
      accountId: ACCOUNT,
      region: REGION,
      clock,
      objects: this.s3,
      workFolder: join(dataFolder, 'athena'),
    });
    this.gateway = new AwsGateway({
      registry: this.registry,
      clock,
      vpcEndpointId: VPC_ENDPOINT_ID,
      onFault: (_service, _requestId, error) => this.faults.push(error),
      drill: this.drill,
    });
    const { registry } = this;
    for (const service of [
      this.athena,
      this.kms,
      this.s3,
      new StsService(registry),
      new IamService(registry),
    ])
      this.gateway.register(service);
    const urls = await this.gateway.listen({ port: 0, vpcEndpointPort: 0 });
    this.endpoint = urls.endpoint;
    this.vpcEndpoint = urls.vpcEndpoint;
  }

  /** Stops and starts on the same folder; roles, buckets and keys are to be put again, as a deployment does. */
  async restart(): Promise<void> {
    await this.gateway.close();
    await this.open();
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.gateway.close();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  /** Makes a role that Lambda may assume; returns its ARN. */
  role(name: string, document: PolicyDocument, more: Partial<RoleDefinition> = {}): string {
    const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
    this.registry.putRole({
      arn,
      trustPolicy: trustsService('lambda.amazonaws.com'),
      inlinePolicies: { inline: document },
      ...more,
    });
    return arn;
  }

  /** Credentials of a new role with these permissions. */
  as(name: string, document: PolicyDocument): SessionCredentials {
    return this.registry.createRoleSession(this.role(name, document), 'session', 3600);
  }

  caller(name: string, document: PolicyDocument): Caller {
    return this.registry.callerForService(this.role(name, document), 'lambda.amazonaws.com', 'session');
  }

  s3Client(credentials: SessionCredentials, config: S3ClientConfig = {}): S3Client {
    const client = new S3Client({
      endpoint: this.endpoint,
      region: REGION,
      credentials,
      maxAttempts: 1,
      ...config,
    });
    this.clients.push(client);
    return client;
  }

  kmsClient(credentials: SessionCredentials): KMSClient {
    const client = new KMSClient({ endpoint: this.endpoint, region: REGION, credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }

  athenaClient(credentials: SessionCredentials): AthenaClient {
    const client = new AthenaClient({ endpoint: this.endpoint, region: REGION, credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }

  iamClient(credentials: SessionCredentials): IAMClient {
    const client = new IAMClient({ endpoint: this.endpoint, region: REGION, credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }

  stsClient(credentials: SessionCredentials, endpoint = this.endpoint): STSClient {
    const client = new STSClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }
}
