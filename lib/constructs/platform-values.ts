import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Configuration, dicomwebAddress } from '../../config/configuration';
import type { ImagingStack } from '../stacks/imaging-stack';
import type { KeysStack } from '../stacks/keys-stack';
import type { LakeStack } from '../stacks/lake-stack';
import type { RecordsStack } from '../stacks/records-stack';
import type { StorageStack } from '../stacks/storage-stack';
import type { EnvironmentValues } from './function-environment';

/** Variables that come from the configuration alone. */
export function configurationValues(configuration: Configuration): EnvironmentValues {
  return {
    UID_ROOT: configuration.uidRoot,
    OIDC_ISSUER: configuration.oidc.issuer,
    OIDC_AUDIENCE: configuration.oidc.audience,
    OIDC_ACCESS_TOKENS: JSON.stringify(configuration.oidc.accessTokens),
    OIDC_SCOPE: JSON.stringify(configuration.oidc.scope ?? null),
    OIDC_ASSURANCE: JSON.stringify(configuration.oidc.assurance ?? null),
    FIRST_OFFICERS: JSON.stringify(configuration.firstOfficers),
    CLEARANCE_LIMIT_SECONDS: String(configuration.clearance.limitSeconds),
    CLEARANCE_ANSWER_SECONDS: String(configuration.clearance.answerSeconds),
    TARGET_WORKING_DAYS: String(configuration.committee.targetWorkingDays),
    DEMOGRAPHICS_DAYS: String(configuration.demographics.acceptedDays),
    QUARANTINE_DAYS: String(configuration.retention.quarantineDays),
    QUARANTINE_WARNING_DAYS: String(configuration.retention.quarantineWarningDays),
    LANDING_DAYS: String(configuration.retention.landingDays),
    DELETES_PER_SECOND: String(configuration.withdrawal.deletesPerSecond),
    HELD_OUT_SHARE: String(configuration.heldOutShare),
    EVALUATION_USES: String(configuration.evaluation.usesPerProject),
    LARGE_FILES: configuration.pipeline.largeFiles,
    LARGE_FILE_BYTES: String(configuration.pipeline.largeFileBytes),
    DICOMWEB_ENDPOINT: dicomwebAddress(configuration),
    RELEASES_ADDRESS: `${configuration.portalOrigin}/releases`,
  };
}

export function recordsValues({ ledger, register }: RecordsStack): EnvironmentValues {
  return { LEDGER_TABLE: ledger.table.tableName, REGISTER_TABLE: register.table.tableName };
}

export function storageValues(storage: StorageStack): EnvironmentValues {
  return {
    LANDING_BUCKET: storage.landing.template,
    WORK_BUCKET: storage.work.bucket.bucketName,
    EXCHANGE_BUCKET: storage.exchange.bucket.bucketName,
    DEIDENTIFIED_BUCKET: storage.deidentified.bucket.bucketName,
    QUARANTINE_BUCKET: storage.quarantine.bucket.bucketName,
    CATALOGUE_BUCKET: storage.catalogue.bucket.bucketName,
    APPLICATIONS_BUCKET: storage.applications.bucket.bucketName,
    RELEASES_BUCKET: storage.releases.bucket.bucketName,
  };
}

export function lakeValues({ databaseName, workGroupName }: LakeStack): EnvironmentValues {
  return { LAKE_DATABASE: databaseName, LAKE_WORK_GROUP: workGroupName };
}

export function keysValues({ pseudonymKey, receiptKey }: KeysStack): EnvironmentValues {
  return { PSEUDONYM_KEY_ID: pseudonymKey.keyArn, RECEIPT_KEY_ID: receiptKey.keyArn };
}

export function imagingValues(scope: Construct, imaging: ImagingStack): EnvironmentValues {
  const stack = Stack.of(scope);
  return {
    DATASTORES: stack.toJsonString({
      development: imaging.development.datastoreId,
      heldOut: imaging.heldOut.datastoreId,
    }),
    DATASTORE_ARNS: stack.toJsonString({
      development: imaging.development.datastoreArn,
      heldOut: imaging.heldOut.datastoreArn,
    }),
  };
}
