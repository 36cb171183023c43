import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { catalogueSubmissionEnvironment } from '../../lambda/catalogue/catalogue-submission.environment';
import { clearSubjectsEnvironment } from '../../lambda/deidentification/clear-subjects.environment';
import { deidentifyBatchEnvironment } from '../../lambda/deidentification/deidentify-batch.environment';
import { planSubmissionEnvironment } from '../../lambda/deidentification/plan-submission.environment';
import { quarantineBatchEnvironment } from '../../lambda/deidentification/quarantine-batch.environment';
import { receiveClearanceEnvironment } from '../../lambda/deidentification/receive-clearance.environment';
import { settleSubmissionEnvironment } from '../../lambda/deidentification/settle-submission.environment';
import { applyDemographicsEnvironment } from '../../lambda/demographics/apply-demographics.environment';
import { awaitImportEnvironment } from '../../lambda/imaging/await-import.environment';
import { importFinishedEnvironment } from '../../lambda/imaging/import-finished.environment';
import { reconcileImportEnvironment } from '../../lambda/imaging/reconcile-import.environment';
import { recordFailureEnvironment } from '../../lambda/submission/record-failure.environment';
import { writeReceiptEnvironment } from '../../lambda/submission/write-receipt.environment';
import { type FunctionEntry, functionName } from '../bundling/function-entries';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
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
import { followWith } from '../lake/follow-rights';
import type { ImagingStack } from '../stacks/imaging-stack';
import type { KeysStack } from '../stacks/keys-stack';
import type { RecordsStack } from '../stacks/records-stack';
import type { PlatformStackProps } from '../stacks/stateful-stack';
import type { StorageStack } from '../stacks/storage-stack';
import { stepSeconds } from './definition';
import { allowDeidentification } from './deidentification-rights';
import { erase, read, write } from './object-rights';

export interface PipelineFunctionsProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly imaging: ImagingStack;
}

interface Size {
  readonly memorySize: number;
  readonly seconds: number;
  readonly reservedConcurrency?: number;
}

/** Steps that read and write lists of a whole submission: 100,000 entries are about 40 MB as JSON, parsed three times. */
const listStep: Size = { memorySize: 1769, seconds: stepSeconds.step };
/** Steps that write a few items. */
const shortStep: Size = { memorySize: 256, seconds: 30 };

/** The functions of the pipeline, each with what its step needs and nothing else. */
export class PipelineFunctions extends Construct {
  readonly planSubmission: NmipFunction;
  readonly clearSubjects: NmipFunction;
  readonly receiveClearance: NmipFunction;
  readonly deidentifyBatch: NmipFunction;
  readonly quarantineBatch: NmipFunction;
  readonly settleSubmission: NmipFunction;
  readonly awaitImport: NmipFunction;
  readonly importFinished: NmipFunction;
  readonly reconcileImport: NmipFunction;
  readonly catalogueSubmission: NmipFunction;
  readonly applyDemographics: NmipFunction;
  readonly writeReceipt: NmipFunction;
  readonly recordFailure: NmipFunction;
  /** What this stack can offer to the environment of a function or a task. */
  readonly offered: EnvironmentValues;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineFunctionsProps,
  ) {
    super(scope, id);
    const { configuration, imaging, records } = props;
    this.offered = {
      ...configurationValues(configuration),
      ...recordsValues(records),
      ...storageValues(props.storage),
      ...keysValues(props.keys),
      ...imagingValues(this, imaging),
    };

    this.planSubmission = this.make(
      'deidentification/plan-submission',
      'What came, in packs and batches',
      planSubmissionEnvironment,
      listStep,
    );
    this.clearSubjects = this.make(
      'deidentification/clear-subjects',
      'Asks the opt-out service',
      clearSubjectsEnvironment,
      listStep,
    );
    this.receiveClearance = this.make(
      'deidentification/receive-clearance',
      'Takes the answer of the opt-out service',
      receiveClearanceEnvironment,
      { memorySize: 1024, seconds: 120 },
      true,
    );
    this.deidentifyBatch = this.make(
      'deidentification/deidentify-batch',
      'De-identifies and proves a few files',
      deidentifyBatchEnvironment,
      {
        // two processors' worth: one for the stream, one for hashing and the SDK
        memorySize: 3538,
        seconds: stepSeconds.deidentify,
        reservedConcurrency: configuration.pipeline.deidentifyConcurrency,
      },
    );
    this.quarantineBatch = this.make(
      'deidentification/quarantine-batch',
      'Quarantines what a batch left without a result',
      quarantineBatchEnvironment,
      { memorySize: 512, seconds: stepSeconds.quarantine },
    );
    this.settleSubmission = this.make(
      'deidentification/settle-submission',
      'One fate a file, in manifest order',
      settleSubmissionEnvironment,
      listStep,
    );
    this.awaitImport = this.make(
      'imaging/await-import',
      'Keeps the task token of an import job',
      awaitImportEnvironment,
      shortStep,
    );
    this.importFinished = this.make(
      'imaging/import-finished',
      'Resumes the execution that waits for an import job',
      importFinishedEnvironment,
      shortStep,
      true,
    );
    this.reconcileImport = this.make(
      'imaging/reconcile-import',
      'Counts what an import job did',
      reconcileImportEnvironment,
      listStep,
    );
    this.catalogueSubmission = this.make(
      'catalogue/catalogue-submission',
      'Rows of what was imported',
      catalogueSubmissionEnvironment,
      listStep,
    );
    this.applyDemographics = this.make(
      'demographics/apply-demographics',
      'Demographics of imaged patients, under their pseudonyms',
      applyDemographicsEnvironment,
      listStep,
      true,
    );
    this.writeReceipt = this.make(
      'submission/write-receipt',
      'Balances and signs the receipt',
      writeReceiptEnvironment,
      listStep,
    );
    this.recordFailure = this.make(
      'submission/record-failure',
      'Marks a submission as stopped',
      recordFailureEnvironment,
      shortStep,
    );
    this.grant();
  }

  private make(
    entry: FunctionEntry,
    description: string,
    environmentSchema: z.ZodObject,
    size: Size,
    fromEvents = false,
  ): NmipFunction {
    const name = functionName(entry);
    return new NmipFunction(this, name, {
      settings: this.props.settings,
      entry,
      description,
      environmentSchema,
      environment: this.offered,
      memorySize: size.memorySize,
      timeout: Duration.seconds(size.seconds),
      reservedConcurrency: size.reservedConcurrency,
      deadLetterQueue: fromEvents
        ? deadLetterQueue(this, `${name}-dead-letters`, this.props.keys.operationsKey)
        : undefined,
    });
  }

  private grant(): void {
    this.grantLedger();
    this.grantFilesAsSent();
    this.grantExchange();
    this.grantResults();
    this.grantDemographics();
    this.grantImages();
    const { keys } = this.props;
    allowDeidentification(this.deidentifyBatch, this.props);
    for (const step of [this.clearSubjects, this.receiveClearance, this.applyDemographics]) {
      step.allow(['kms:GenerateMac'], keys.pseudonymKey.keyArn);
    }
    this.writeReceipt.allow(['kms:Sign', 'kms:GetPublicKey'], keys.receiptKey.keyArn);
  }

  private grantLedger(): void {
    const { ledger } = this.props.records;
    for (const step of [
      this.planSubmission,
      this.clearSubjects,
      this.receiveClearance,
      this.awaitImport,
      this.importFinished,
    ]) {
      step.allowItems(ledger, writeItems);
    }
    // a quarantined file that is released leaves one list for another
    this.writeReceipt.allowItems(ledger, [...writeItems, 'DeleteItem']);
    // the claim of a file that is not kept after all is given back
    for (const step of [this.settleSubmission, this.reconcileImport, this.catalogueSubmission]) {
      step.allowItems(ledger, [...writeItems, 'DeleteItem']);
    }
    for (const step of [this.applyDemographics, this.recordFailure]) {
      step.allowItems(ledger, [...readItems, 'UpdateItem']);
    }
  }

  private grantFilesAsSent(): void {
    const { storage } = this.props;
    for (const step of [
      this.planSubmission,
      this.clearSubjects,
      this.settleSubmission,
      this.reconcileImport,
    ]) {
      read(step, storage.landing, '*');
    }
    // what is quarantined in an archive is set apart, since the receipt deletes the archive
    write(this.settleSubmission, storage.landing, '*');
    erase(this.writeReceipt, storage.landing, '*', ['s3:AbortMultipartUpload']);
    // of a replay: the files that it released
    erase(this.writeReceipt, storage.quarantine, '*');
    for (const step of [this.settleSubmission, this.reconcileImport]) {
      write(step, storage.quarantine, '*', ['s3:PutObjectTagging']);
    }
  }

  private grantExchange(): void {
    const { exchange } = this.props.storage;
    read(this.clearSubjects, exchange, 'subjects/*');
    read(this.clearSubjects, exchange, 'requests/*');
    read(this.clearSubjects, exchange, 'responses/*');
    write(this.clearSubjects, exchange, 'requests/*');
    for (const keys of ['subjects/*', 'requests/*', 'responses/*']) {
      read(this.receiveClearance, exchange, keys);
      erase(this.writeReceipt, exchange, keys);
    }
  }

  /** Rows from the exchange bucket to the catalogue; the only step that holds both identifiers and catalogue. */
  private grantDemographics(): void {
    const { exchange, work, catalogue } = this.props.storage;
    read(this.applyDemographics, exchange, 'demographics/rows/*');
    erase(this.applyDemographics, exchange, 'demographics/rows/*');
    // tables that were never handed in
    erase(this.writeReceipt, exchange, 'demographics/tables/*');
    read(this.applyDemographics, work, 'submissions/*');
    read(this.applyDemographics, work, 'demographics/*');
    write(this.applyDemographics, work, 'demographics/*');
    // to write only over what it has seen
    read(this.applyDemographics, catalogue, 'clinical/*');
    write(this.applyDemographics, catalogue, 'clinical/*');
    followWith(this.applyDemographics, catalogue, 'demographics');
  }

  private grantResults(): void {
    const { work, deidentified, catalogue } = this.props.storage;
    for (const step of [
      this.planSubmission,
      this.clearSubjects,
      this.receiveClearance,
      this.quarantineBatch,
      this.settleSubmission,
      this.reconcileImport,
      this.catalogueSubmission,
      this.writeReceipt,
    ]) {
      read(step, work, 'submissions/*');
      write(step, work, 'submissions/*');
    }
    read(this.reconcileImport, work, 'import-jobs/*');
    erase(this.writeReceipt, work, 'submissions/*');
    read(this.writeReceipt, work, 'receipts/*');
    read(this.writeReceipt, work, 'demographics/*');
    write(this.writeReceipt, work, 'receipts/*');
    write(this.catalogueSubmission, catalogue, 'rows/*');
    read(this.catalogueSubmission, catalogue, 'rows/*');
    followWith(this.catalogueSubmission, catalogue, 'instances');

    for (const step of [this.settleSubmission, this.reconcileImport]) {
      erase(step, deidentified, '*');
    }
    // what leaves a pack that is too large for one import job is copied inside the staging area
    read(this.settleSubmission, deidentified, '*');
    write(this.settleSubmission, deidentified, '*', ['s3:PutObjectTagging']);
  }

  private grantImages(): void {
    const { development, heldOut } = this.props.imaging;
    for (const { datastoreArn } of [development, heldOut]) {
      for (const step of [this.awaitImport, this.importFinished, this.reconcileImport]) {
        step.allow(['medical-imaging:GetDICOMImportJob'], datastoreArn);
      }
      // an image set that is not the primary one of its series hides from readers: a fault, taken out again
      const imageSets = `${datastoreArn}/imageset/*`;
      this.reconcileImport.allow(['medical-imaging:DeleteImageSet'], [datastoreArn, imageSets]);
      acknowledgeWildcard(this.reconcileImport, imageSets, 'HealthImaging draws the ids of image sets.');
    }
  }
}
