import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { unloadsFolder } from '../../lambda/lake/lake-folders.contract';
import { PUBLIC_PARTITION } from '../../lambda/register/partitions.contract';
import { commitHeldOutEnvironment } from '../../lambda/releases/commit-held-out.environment';
import { countWithdrawnEnvironment } from '../../lambda/releases/count-withdrawn.environment';
import { guardReleaseEnvironment } from '../../lambda/releases/guard-release.environment';
import { measureReleaseEnvironment } from '../../lambda/releases/measure-release.environment';
import { RELEASES_PARTITION } from '../../lambda/releases/partition.contract';
import { publishReleaseEnvironment } from '../../lambda/releases/publish-release.environment';
import { releaseStepSeconds } from '../../lambda/releases/steps.contract';
import { stopReleaseEnvironment } from '../../lambda/releases/stop-release.environment';
import { takeSeriesEnvironment } from '../../lambda/releases/take-series.environment';
import { writeDocumentsEnvironment } from '../../lambda/releases/write-documents.environment';
import { type FunctionEntry, functionName } from '../bundling/function-entries';
import type { EnvironmentValues } from '../constructs/function-environment';
import type { GrantedBucket } from '../constructs/granted-bucket';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import {
  configurationValues,
  keysValues,
  lakeValues,
  recordsValues,
  storageValues,
} from '../constructs/platform-values';
import { allowQuestions, allowUnload } from '../lake/lake-rights';
import type { KeysStack } from '../stacks/keys-stack';
import type { LakeStack } from '../stacks/lake-stack';
import type { RecordsStack } from '../stacks/records-stack';
import type { PlatformStackProps } from '../stacks/stateful-stack';
import type { StorageStack } from '../stacks/storage-stack';

export interface ReleaseFunctionsProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly lake: LakeStack;
  /** Runs of the schedule that failed; shared, since the alarm on such queues takes no more of them. */
  readonly deadLetterQueue: Queue;
}

const byRelease = 'Keys begin with the version of a release, which does not exist at synth.';

/** Partitions that a change of a release writes: its record, and the chain of the platform with what is to be copied. */
const changedPartitions = [RELEASES_PARTITION, 'PLATFORM', 'CHAINS', 'OUTBOX'];

/** And of a commitment: what is public. */
const committedPartitions = [...changedPartitions, PUBLIC_PARTITION];

/** The functions of the making of a release, each with what its step needs and nothing else. */
export class ReleaseFunctions extends Construct {
  readonly takeSeries: NmipFunction;
  readonly guardRelease: NmipFunction;
  readonly commitHeldOut: NmipFunction;
  readonly measureRelease: NmipFunction;
  readonly writeDocuments: NmipFunction;
  readonly publishRelease: NmipFunction;
  readonly stopRelease: NmipFunction;
  readonly countWithdrawn: NmipFunction;
  private readonly offered: EnvironmentValues;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseFunctionsProps,
  ) {
    super(scope, id);
    this.offered = {
      ...configurationValues(props.configuration),
      ...recordsValues(props.records),
      ...storageValues(props.storage),
      ...keysValues(props.keys),
      ...lakeValues(props.lake),
    };
    this.takeSeries = this.make('releases/take-series', 'Takes the rows of a release', takeSeriesEnvironment);
    this.guardRelease = this.make(
      'releases/guard-release',
      'Looks for what stands on both sides of the split',
      guardReleaseEnvironment,
    );
    this.commitHeldOut = this.make(
      'releases/commit-held-out',
      'Commits publicly to what a release holds out',
      commitHeldOutEnvironment,
    );
    this.measureRelease = this.make(
      'releases/measure-release',
      'Lists and counts what a release holds',
      measureReleaseEnvironment,
    );
    this.writeDocuments = this.make(
      'releases/write-documents',
      'Writes and signs the documents of a release',
      writeDocumentsEnvironment,
    );
    this.publishRelease = this.make(
      'releases/publish-release',
      'Publishes a release',
      publishReleaseEnvironment,
      512,
    );
    this.stopRelease = this.make(
      'releases/stop-release',
      'Marks a release as stopped',
      stopReleaseEnvironment,
      256,
    );
    this.countWithdrawn = this.make(
      'releases/count-withdrawn',
      'Counts withdrawn studies of releases',
      countWithdrawnEnvironment,
      3008,
      props.deadLetterQueue,
    );
    this.grantRecords();
    this.grantObjects();
    this.grantQuestions();
  }

  private make(
    entry: FunctionEntry,
    description: string,
    environmentSchema: z.ZodObject,
    // the manifest of a million series is some 150 MB, and is in memory as text and as rows
    memorySize = 3008,
    deadLetterQueue?: Queue,
  ): NmipFunction {
    return new NmipFunction(this, functionName(entry), {
      settings: this.props.settings,
      entry,
      description,
      environmentSchema,
      environment: this.offered,
      memorySize,
      timeout: Duration.seconds(releaseStepSeconds),
      deadLetterQueue,
    });
  }

  private grantRecords(): void {
    const { register } = this.props.records;
    for (const step of [this.takeSeries, this.guardRelease, this.measureRelease, this.stopRelease])
      step.allowPartition(register, ['GetItem', 'PutItem'], RELEASES_PARTITION);
    for (const step of [this.measureRelease, this.countWithdrawn])
      step.allowPartition(register, ['Query'], RELEASES_PARTITION);
    this.countWithdrawn.allowPartition(register, ['PutItem'], RELEASES_PARTITION);
    // what officers have looked at
    this.guardRelease.allowPartition(register, ['GetItem', 'BatchGetItem'], 'LEAKAGE');
    for (const [step, partitions] of [
      [this.publishRelease, changedPartitions],
      [this.commitHeldOut, committedPartitions],
    ] as const)
      step.allowItems(register, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'], {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': partitions },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      });
    // the public commitment
    this.measureRelease.allowPartition(register, ['GetItem'], PUBLIC_PARTITION);
    this.commitHeldOut.allow(['kms:GenerateMac'], this.props.keys.pseudonymKey.keyArn);
    this.writeDocuments.allow(['kms:Sign', 'kms:GetPublicKey'], this.props.keys.receiptKey.keyArn);
  }

  private grantObjects(): void {
    const { catalogue, releases } = this.props.storage;
    const read = (step: NmipFunction, bucket: GrantedBucket, keys: string) =>
      step.allowObjects({ in: bucket, actions: ['s3:GetObject'], keys, because: byRelease });
    const write = (step: NmipFunction, bucket: GrantedBucket, keys: string) =>
      step.allowObjects({
        in: bucket,
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        keys,
        because: byRelease,
      });
    for (const step of [this.takeSeries, this.measureRelease, this.writeDocuments])
      read(step, catalogue, 'releases/*');
    for (const step of [this.takeSeries, this.measureRelease]) write(step, catalogue, 'releases/*');
    write(this.measureRelease, catalogue, 'cohorts/queries/*');
    allowUnload(this.takeSeries, this.props.lake, unloadsFolder);
    read(this.takeSeries, catalogue, 'lake/released_series/*');
    write(this.takeSeries, catalogue, 'lake/released_series/*');
    const erased = [`${unloadsFolder}*`];
    for (const [step, keys] of [
      [this.takeSeries, [...erased, 'lake/released_series/*', 'releases/*']],
      [this.writeDocuments, erased],
    ] as const)
      for (const each of keys) {
        step.allowObjects({
          in: catalogue,
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          keys: each,
          because: byRelease,
        });
        step.allowBucket(catalogue, ['s3:ListBucket', 's3:ListBucketVersions']);
      }
    write(this.guardRelease, catalogue, 'splits/leakage/*');
    write(this.commitHeldOut, catalogue, 'splits/commitments/*');
    write(this.writeDocuments, releases, '*');
    for (const step of [this.measureRelease, this.writeDocuments, this.publishRelease, this.countWithdrawn])
      read(step, releases, '*');
  }

  private grantQuestions(): void {
    const { lake } = this.props;
    allowQuestions(this.takeSeries, lake, ['instances', 'demographics', 'tombstones', 'released_series']);
    allowQuestions(this.guardRelease, lake, ['instances', 'tombstones']);
    allowQuestions(this.commitHeldOut, lake, ['released_series', 'tombstones']);
    allowQuestions(this.measureRelease, lake, ['released_series', 'tombstones']);
    allowQuestions(this.countWithdrawn, lake, ['tombstones']);
  }
}
