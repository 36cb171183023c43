import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { beginWithdrawalEnvironment } from '../../lambda/withdrawal/begin-withdrawal.environment';
import { deleteImageSetsEnvironment } from '../../lambda/withdrawal/delete-image-sets.environment';
import { endWithdrawalEnvironment } from '../../lambda/withdrawal/end-withdrawal.environment';
import { eraseSubmissionEnvironment } from '../../lambda/withdrawal/erase-submission.environment';
import { prepareWithdrawalEnvironment } from '../../lambda/withdrawal/prepare-withdrawal.environment';
import { scrubLakeEnvironment } from '../../lambda/withdrawal/scrub-lake.environment';
import { stopWithdrawalEnvironment } from '../../lambda/withdrawal/stop-withdrawal.environment';
import { type FunctionEntry, functionName } from '../bundling/function-entries';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import type { EnvironmentValues } from '../constructs/function-environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import {
  configurationValues,
  imagingValues,
  keysValues,
  recordsValues,
  storageValues,
} from '../constructs/platform-values';
import { readItems, writeItems } from '../constructs/role-owner';
import { erase, read, write } from '../pipeline/object-rights';
import type { ImagingStack } from '../stacks/imaging-stack';
import type { KeysStack } from '../stacks/keys-stack';
import type { RecordsStack } from '../stacks/records-stack';
import type { PlatformStackProps } from '../stacks/stateful-stack';
import type { StorageStack } from '../stacks/storage-stack';
import { withdrawalStepSeconds } from './definition';

export interface WithdrawalFunctionsProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly imaging: ImagingStack;
}

/** The functions of the withdrawal, each with what its step needs and nothing else. */
export class WithdrawalFunctions extends Construct {
  readonly prepareWithdrawal: NmipFunction;
  readonly beginWithdrawal: NmipFunction;
  readonly eraseSubmission: NmipFunction;
  readonly deleteImageSets: NmipFunction;
  readonly scrubLake: NmipFunction;
  readonly endWithdrawal: NmipFunction;
  readonly stopWithdrawal: NmipFunction;
  private readonly offered: EnvironmentValues;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WithdrawalFunctionsProps,
  ) {
    super(scope, id);
    this.offered = {
      ...configurationValues(props.configuration),
      ...recordsValues(props.records),
      ...storageValues(props.storage),
      ...keysValues(props.keys),
      ...imagingValues(this, props.imaging),
    };
    this.prepareWithdrawal = this.make(
      'withdrawal/prepare-withdrawal',
      'Counts what a withdrawal would delete',
      prepareWithdrawalEnvironment,
    );
    this.beginWithdrawal = this.make(
      'withdrawal/begin-withdrawal',
      'Marks what is withdrawn and finds where it stands',
      beginWithdrawalEnvironment,
    );
    this.eraseSubmission = this.make(
      'withdrawal/erase-submission',
      'Deletes what a submission holds of what is withdrawn',
      eraseSubmissionEnvironment,
    );
    this.deleteImageSets = this.make(
      'withdrawal/delete-image-sets',
      'Deletes image sets at the rate of HealthImaging',
      deleteImageSetsEnvironment,
      512,
    );
    this.scrubLake = this.make(
      'withdrawal/scrub-lake',
      'Takes what is withdrawn out of the lake',
      scrubLakeEnvironment,
      // a full file of 200,000 rows, read, sorted and written
      3538,
    );
    this.endWithdrawal = this.make(
      'withdrawal/end-withdrawal',
      'Tells projects and signs the certificate',
      endWithdrawalEnvironment,
    );
    this.stopWithdrawal = this.make(
      'withdrawal/stop-withdrawal',
      'Marks a withdrawal as stopped',
      stopWithdrawalEnvironment,
      256,
    );
    this.grantRecords();
    this.grantObjects();
    this.grantImages();
  }

  private make(
    entry: FunctionEntry,
    description: string,
    environmentSchema: z.ZodObject,
    // lists of 100,000 image sets are about 10 MB as JSON
    memorySize = 1769,
  ): NmipFunction {
    return new NmipFunction(this, functionName(entry), {
      settings: this.props.settings,
      entry,
      description,
      environmentSchema,
      environment: this.offered,
      memorySize,
      timeout: Duration.seconds(withdrawalStepSeconds),
    });
  }

  private grantRecords(): void {
    const { ledger, register } = this.props.records;
    for (const step of [this.prepareWithdrawal, this.deleteImageSets, this.scrubLake, this.stopWithdrawal])
      step.allowItems(ledger, [...readItems, 'UpdateItem']);
    this.beginWithdrawal.allowItems(ledger, writeItems);
    for (const step of [this.eraseSubmission, this.endWithdrawal])
      step.allowItems(ledger, [...writeItems, 'DeleteItem']);
    this.prepareWithdrawal.allowItems(register, readItems);
    this.endWithdrawal.allowItems(register, readItems);
    // marks of studies, and what a project's history takes: neither people nor applications, issues' pointers or closures
    this.endWithdrawal.allowItems(register, ['PutItem', 'UpdateItem'], {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': ['WITHDRAWN-STUDY#*', 'PROJECT#*', 'CHAINS', 'OUTBOX'],
      },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    const { pseudonymKey, receiptKey } = this.props.keys;
    this.prepareWithdrawal.allow(['kms:GenerateMac'], pseudonymKey.keyArn);
    this.endWithdrawal.allow(['kms:Sign', 'kms:GetPublicKey'], receiptKey.keyArn);
  }

  private grantObjects(): void {
    const { exchange, work, deidentified, quarantine, landing, catalogue } = this.props.storage;
    for (const step of [
      this.prepareWithdrawal,
      this.beginWithdrawal,
      this.eraseSubmission,
      this.deleteImageSets,
      this.scrubLake,
      this.endWithdrawal,
    ])
      read(step, work, 'withdrawals/*');
    for (const step of [
      this.prepareWithdrawal,
      this.beginWithdrawal,
      this.eraseSubmission,
      this.endWithdrawal,
    ])
      write(step, work, 'withdrawals/*');
    for (const step of [this.prepareWithdrawal, this.beginWithdrawal, this.eraseSubmission])
      read(step, catalogue, 'rows/*');
    for (const step of [this.prepareWithdrawal, this.beginWithdrawal])
      step.allowBucket(quarantine, ['s3:ListBucket']);
    read(this.prepareWithdrawal, exchange, 'withdrawals/*');
    erase(this.prepareWithdrawal, exchange, 'withdrawals/*');

    for (const rows of ['rows/*', 'clinical/*']) read(this.scrubLake, catalogue, rows);
    const folders = ['instances', 'demographics', 'tombstones', 'lists', 'released_series', 'unloads'];
    for (const folder of folders) {
      const files = `lake/${folder}/*`;
      read(this.scrubLake, catalogue, files);
      write(this.scrubLake, catalogue, files);
      erase(this.scrubLake, catalogue, files);
    }

    read(this.eraseSubmission, catalogue, 'clinical/*');
    for (const rows of ['rows/*', 'clinical/*']) {
      write(this.eraseSubmission, catalogue, rows);
      erase(this.eraseSubmission, catalogue, rows);
    }
    for (const sent of ['subjects/*', 'requests/*', 'responses/*', 'demographics/*'])
      erase(this.eraseSubmission, exchange, sent);
    read(this.eraseSubmission, work, 'submissions/*');
    write(this.eraseSubmission, work, 'submissions/*');
    erase(this.eraseSubmission, work, 'submissions/*');
    erase(this.eraseSubmission, work, 'import-jobs/*');
    erase(this.eraseSubmission, deidentified, '*');
    write(this.endWithdrawal, catalogue, 'tombstones/*');
    erase(this.endWithdrawal, work, 'withdrawals/*');
    // deletes files as sent and quarantined ones, and reads none
    erase(this.eraseSubmission, landing, '*', ['s3:AbortMultipartUpload']);
    erase(this.endWithdrawal, landing, '*');
    for (const step of [this.eraseSubmission, this.endWithdrawal]) erase(step, quarantine, '*');
  }

  private grantImages(): void {
    const { development, heldOut } = this.props.imaging;
    for (const { datastoreArn } of [development, heldOut]) {
      const imageSets = `${datastoreArn}/imageset/*`;
      this.deleteImageSets.allow(
        ['medical-imaging:DeleteImageSet', 'medical-imaging:GetImageSet'],
        [datastoreArn, imageSets],
      );
      acknowledgeWildcard(this.deleteImageSets, imageSets, 'HealthImaging draws the ids of image sets.');
    }
  }
}
