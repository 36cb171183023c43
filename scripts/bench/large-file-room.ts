import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { seededNoise } from '../../dicom/synthetic/seeded-values';
import { functionBundle } from '../../lib/bundling/bundle-functions';
import { DynamoDbService } from '../../local/aws/dynamodb/dynamodb-service';
import { AwsGateway } from '../../local/aws/gateway';
import { IdentityRegistry } from '../../local/aws/iam/identity-registry';
import { KmsService } from '../../local/aws/kms/kms-service';
import { FunctionRunner } from '../../local/aws/lambda/function-runner';
import { S3Service } from '../../local/aws/s3/s3-service';
import { CountingRelay } from './counting-relay';
import { frameBytes, nativeStart } from './engine-inputs';

const accountId = '111122223333';
const region = 'eu-west-2';
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:deidentify-batch`;
const buckets = ['landing-rx1', 'work', 'deidentified', 'quarantine'] as const;
const clock = { now: () => new Date() };

/** Whole frames that are sent; the others are copied of them. */
const noiseFrames = 64;
/** Frames that stand behind the header in the first part, which must not be below 5 MiB. */
const firstFrames = 8;

/** No number in Patient ID is an NHS number here, so that nobody has to be cleared. */
const configuration = {
  trusts: [{ odsCode: 'RX1', nhsNumbers: [{ attribute: 'OtherPatientIDsSequence' }] }],
  collections: [
    { id: 'bench', arc: 9, policy: 'basic', patientsWithoutNhsNumber: 'accept', acceptedPixelKinds: [] },
  ],
};

/** What it takes to run deidentify-batch: mirrors what its role may do (lib/pipeline/pipeline-functions.ts). */
function rolePolicy(keyArns: Readonly<Record<string, string>>) {
  const allow = (Action: readonly string[], Resource: readonly string[]) => ({
    Effect: 'Allow',
    Action,
    Resource,
  });
  const objects = (name: string) => `arn:aws:s3:::${name}/*`;
  const key = (name: string) => keyArns[name] ?? '';
  return {
    Version: '2012-10-17',
    Statement: [
      allow(['s3:GetObject'], [objects('landing-rx1'), objects('work')]),
      allow(['s3:ListBucket'], ['arn:aws:s3:::landing-rx1', 'arn:aws:s3:::work']),
      allow(['s3:PutObject', 's3:AbortMultipartUpload'], ['work', 'deidentified', 'quarantine'].map(objects)),
      allow(['kms:Decrypt'], [key('landing-rx1')]),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], ['work', 'deidentified', 'quarantine'].map(key)),
      allow(['kms:GenerateMac'], [key('pseudonyms')]),
      allow(['dynamodb:*'], ['*']),
    ],
  };
}

export interface LandedLargeFile {
  readonly bytes: number;
  /** SHA-256 of the SHA-256 of its parts, hex. */
  readonly sha256: string;
}

export interface LargeFileRun {
  readonly seconds: number;
  /** Bytes that came to the function and went from it, whatever they were. */
  readonly received: number;
  readonly sent: number;
  /** Largest resident set of the function's process, as the kernel has it, in MiB; null where there is no /proc. */
  readonly peakMebibytes: number | null;
  readonly result: Readonly<Record<string, unknown>>;
}

/** The function deidentify-batch as it is deployed, in a process of its own, on services of the embedded platform. */
export class LargeFileRoom {
  private runs = 0;

  private constructor(
    private readonly folder: string,
    private readonly gateway: AwsGateway,
    private readonly runner: FunctionRunner,
    private readonly relay: CountingRelay,
    readonly s3: S3Client,
  ) {}

  /** `memoryMegabytes`: a function that takes more is ended, as in Lambda. */
  static async open(memoryMegabytes: number, parent = tmpdir()): Promise<LargeFileRoom> {
    const folder = await mkdtemp(join(parent, 'nmip-large-'));
    const registry = new IdentityRegistry({ accountId, region, dataFolder: folder, clock });
    const kms = new KmsService({ registry, clock, dataFolder: folder, hmacMaterial: Buffer.alloc(32, 7) });
    const s3 = new S3Service({
      registry,
      keys: kms,
      clock,
      dataFolder: folder,
      events: { publish: () => {} },
    });
    const dynamodb = await DynamoDbService.open({
      folder: join(folder, 'dynamodb'),
      accountId,
      region,
      clock,
    });
    await dynamodb.ensureTable({
      name: 'ledger',
      keySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      attributeDefinitions: ['pk', 'sk'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S' as const,
      })),
      globalSecondaryIndexes: [],
    });
    const keyArns = deployBuckets(kms, s3);
    const gateway = new AwsGateway({ registry, clock, vpcEndpointId: 'vpce-0' });
    for (const service of [kms, s3, dynamodb]) gateway.register(service);
    const { endpoint } = await gateway.listen({ port: 0, vpcEndpointPort: 0 });
    const relay = new CountingRelay(Number(new URL(endpoint).port));
    const relayed = await relay.listen();
    const runner = new FunctionRunner({
      dataFolder: folder,
      endpoint: () => relayed,
      clock,
      issueCredentials: (roleArn, name) => registry.createRoleSession(roleArn, name, 3600),
      deliverToQueue: () => {},
      processesPerFunction: 1,
    });
    runner.register({
      name: 'deidentify-batch',
      arn: functionArn,
      region,
      codeFolder: functionBundle('deidentification/deidentify-batch', JSON.stringify(configuration)),
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      roleArn: putRole(registry, 'deidentify-batch', rolePolicy(keyArns)),
      memoryMegabytes,
      timeoutSeconds: 900,
      environment: {
        LEDGER_TABLE: 'ledger',
        WORK_BUCKET: 'work',
        LANDING_BUCKET: 'landing-{odsCode}',
        DEIDENTIFIED_BUCKET: 'deidentified',
        QUARANTINE_BUCKET: 'quarantine',
        PSEUDONYM_KEY_ID: keyArns.pseudonyms ?? '',
        UID_ROOT: '1.3.6.1.4.1.32473.7',
        HELD_OUT_SHARE: '0.2',
      },
      asynchronous: { maximumRetryAttempts: 0 },
    });
    const everything = { Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' };
    const admin = putRole(registry, 'bench', { Version: '2012-10-17', Statement: [everything] });
    const credentials = registry.createRoleSession(admin, 'bench', 3600);
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    return new LargeFileRoom(folder, gateway, runner, relay, client);
  }

  /** Lands a native multi-frame file of about `megabytes` (10^6 bytes), at least 64, as the file of a submission. */
  async land(submissionId: string, megabytes: number): Promise<LandedLargeFile> {
    const frames = Math.max(noiseFrames, Math.round((megabytes * 1e6) / frameBytes));
    const noise = Buffer.alloc(noiseFrames * frameBytes, seededNoise('frame', frameBytes));
    // Frames tell themselves apart, so that an output made of the wrong ranges is another.
    for (let frame = 0; frame < noiseFrames; frame += 1) noise.writeUInt32LE(frame, frame * frameBytes);
    const start = Buffer.concat([nativeStart(frames), noise.subarray(0, firstFrames * frameBytes)]);
    const place = { Bucket: 'landing-rx1', Key: `${submissionId}/000001` };
    await this.s3.send(new PutObjectCommand({ Bucket: 'landing-rx1', Key: 'noise', Body: noise }));
    const { UploadId } = await this.s3.send(
      new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'SHA256' }),
    );
    const first = await this.s3.send(
      new UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: start, ChecksumAlgorithm: 'SHA256' }),
    );
    const parts = [{ PartNumber: 1, ETag: first.ETag, ChecksumSHA256: first.ChecksumSHA256 }];
    for (let left = frames - firstFrames; left > 0; left -= noiseFrames) {
      const { CopyPartResult } = await this.s3.send(
        new UploadPartCopyCommand({
          ...place,
          UploadId,
          PartNumber: parts.length + 1,
          CopySource: 'landing-rx1/noise',
          CopySourceRange: `bytes=0-${Math.min(left, noiseFrames) * frameBytes - 1}`,
        }),
      );
      parts.push({
        PartNumber: parts.length + 1,
        ETag: CopyPartResult?.ETag,
        ChecksumSHA256: CopyPartResult?.ChecksumSHA256,
      });
    }
    const { ChecksumSHA256 = '' } = await this.s3.send(
      new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts: parts } }),
    );
    const [digest = ''] = ChecksumSHA256.split('-');
    return {
      bytes: nativeStart(frames).length + frames * frameBytes,
      sha256: Buffer.from(digest, 'base64').toString('hex'),
    };
  }

  /**
   * Runs the function on a landed file, in a process that is warm. With another digest than S3 holds for the file the
   * function reads all of it; since it came in parts, only Plan would refuse it.
   */
  async run(submissionId: string, file: LandedLargeFile): Promise<LargeFileRun> {
    this.runs += 1;
    const batch = `b-${String(this.runs).padStart(6, '0')}`;
    const plan = { submissionId, trust: 'RX1', collection: 'bench', files: 1, packs: 1, batches: 1 };
    await this.s3.send(
      new PutObjectCommand({
        Bucket: 'work',
        Key: `submissions/${submissionId}/plan.json`,
        Body: JSON.stringify(plan),
      }),
    );
    await this.runner.warmUp([functionArn]);
    this.relay.reset();
    const startedAt = performance.now();
    const invocation = await this.runner.invokeForDeployment(functionArn, {
      submissionId,
      batch,
      pack: 'p-0001',
      files: [{ ordinal: 1, group: 1, digest: 'parts', ...file }],
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const { received, sent } = this.relay;
    const peakMebibytes = this.peakOfFunction();
    const results = await this.s3
      .send(
        new GetObjectCommand({ Bucket: 'work', Key: `submissions/${submissionId}/results/${batch}.json` }),
      )
      .then(({ Body }) => Body?.transformToString())
      .catch(() => undefined);
    if (results === undefined) throw new Error(`The function failed: ${JSON.stringify(invocation)}`);
    return { seconds, received, sent, peakMebibytes, result: JSON.parse(results)[0] };
  }

  /** Removes an object in the version that stands. */
  async remove(bucket: string, key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async close(): Promise<void> {
    this.s3.destroy();
    await this.runner.close();
    await this.relay.close();
    await this.gateway.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** VmHWM of the one process that runs the function. */
  private peakOfFunction(): number | null {
    const { pid } = process;
    let children: string[];
    try {
      children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
        readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' '),
      );
    } catch {
      return null;
    }
    for (const child of children) {
      if (child === '' || !readFileSync(`/proc/${child}/cmdline`, 'latin1').includes(this.folder)) continue;
      const status = readFileSync(`/proc/${child}/status`, 'latin1');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
    }
    throw new Error('The process of the function has ended.');
  }
}

function deployBuckets(kms: KmsService, s3: S3Service): Record<string, string> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
  const keyArns: Record<string, string> = {};
  for (const name of buckets) {
    keyArns[name] = kms.createKey({ name, policy }).arn;
    s3.createBucket({ name, kmsKeyArn: keyArns[name], bucketKey: true });
  }
  keyArns.pseudonyms = kms.createKey({
    name: 'pseudonyms',
    policy,
    keySpec: 'HMAC_256',
    keyUsage: 'GENERATE_VERIFY_MAC',
  }).arn;
  return keyArns;
}

function putRole(
  registry: IdentityRegistry,
  name: string,
  document: { readonly Version: string; readonly Statement: readonly object[] },
): string {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  const lambda = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  registry.putRole({
    arn,
    trustPolicy: { Version: '2012-10-17', Statement: [lambda] },
    inlinePolicies: { inline: document as never },
  });
  return arn;
}
