import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { catalogueApiEnvironment } from '../../lambda/catalogue/catalogue-api.environment';
import { demographicsApiEnvironment } from '../../lambda/demographics/demographics-api.environment';
import { authoriseRequestEnvironment } from '../../lambda/register/authorise-request.environment';
import { registerApiEnvironment } from '../../lambda/register/register-api.environment';
import { submissionApiEnvironment } from '../../lambda/submission/submission-api.environment';
import { withdrawalApiEnvironment } from '../../lambda/withdrawal/withdrawal-api.environment';
import { PlatformApi } from '../api/platform-api';
import { WebFirewall } from '../api/web-firewall';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, keysValues, recordsValues, storageValues } from '../constructs/platform-values';
import { readItems, writeItems } from '../constructs/role-owner';
import type { KeysStack } from './keys-stack';
import type { PipelineStack } from './pipeline-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';
import type { WithdrawalStack } from './withdrawal-stack';

export interface ApiStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly pipeline: PipelineStack;
  readonly withdrawal: WithdrawalStack;
  readonly issuer: NmipFunction;
  /** Behind the routes of revocations. */
  readonly revocationApi: NmipFunction;
  /** Behind the routes of the quarantine. */
  readonly quarantineApi: NmipFunction;
  /** Behind the routes of scorecards. */
  readonly qualityApi: NmipFunction;
  /** Behind the routes of auditors. */
  readonly historyApi: NmipFunction;
  /** Behind the routes of the public register. */
  readonly publicRegisterApi: NmipFunction;
  /** Behind the routes of evaluation sets. */
  readonly splitsApi: NmipFunction;
  /** Behind the routes of the making of releases. */
  readonly releasesApi: NmipFunction;
  /** Behind the routes of published releases. */
  readonly publicReleasesApi: NmipFunction;
  /** Behind the routes of counts and cohorts. */
  readonly cohortsApi: NmipFunction;
}

const byWithdrawal = 'Keys begin with the id of a withdrawal, which does not exist at synth.';
const bySubmission = 'Keys begin with the id of a submission, which does not exist at synth.';

/** The REST API and the functions behind it. */
export class ApiStack extends Stack {
  readonly api: PlatformApi;
  readonly submissionApi: NmipFunction;
  readonly demographicsApi: NmipFunction;
  readonly catalogueApi: NmipFunction;
  readonly withdrawalApi: NmipFunction;
  readonly registerApi: NmipFunction;
  readonly authoriseRequest: NmipFunction;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { configuration, settings, records } = props;
    const environment = {
      ...configurationValues(configuration),
      ...recordsValues(records),
      ...storageValues(props.storage),
      ...keysValues(props.keys),
      PIPELINE_ARN: props.pipeline.workflow.stateMachine.stateMachineArn,
      WITHDRAWAL_ARN: props.withdrawal.workflow.stateMachine.stateMachineArn,
    };
    // API Gateway gives a function 29 seconds
    const common = { settings, environment, memorySize: 1769, timeout: Duration.seconds(28) };

    this.submissionApi = new NmipFunction(this, 'SubmissionApi', {
      ...common,
      entry: 'submission/submission-api',
      description: 'Submissions of trusts',
      environmentSchema: submissionApiEnvironment,
    });
    this.grantSubmissionApi(props);

    this.demographicsApi = new NmipFunction(this, 'DemographicsApi', {
      ...common,
      entry: 'demographics/demographics-api',
      description: 'Checks demographics tables of trusts',
      environmentSchema: demographicsApiEnvironment,
    });
    this.grantDemographicsApi(props);

    this.withdrawalApi = new NmipFunction(this, 'WithdrawalApi', {
      ...common,
      entry: 'withdrawal/withdrawal-api',
      description: 'Withdrawals of patients, studies and trusts',
      environmentSchema: withdrawalApiEnvironment,
    });
    this.grantWithdrawalApi(props);

    this.catalogueApi = new NmipFunction(this, 'CatalogueApi', {
      ...common,
      entry: 'catalogue/catalogue-api',
      description: 'Studies within the grants of a project',
      environmentSchema: catalogueApiEnvironment,
    });
    this.catalogueApi.allowItems(records.register, readItems);
    this.catalogueApi.allowItems(records.ledger, readItems);

    this.registerApi = new NmipFunction(this, 'RegisterApi', {
      ...common,
      entry: 'register/register-api',
      description: 'People, applications, decisions, projects',
      environmentSchema: registerApiEnvironment,
    });
    this.registerApi.allowItems(records.register, writeItems);
    this.registerApi.allowObjects({
      in: props.storage.applications,
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      keys: '*',
      because: 'Keys begin with the id of an application, which does not exist at synth.',
    });
    this.registerApi.allowBucket(props.storage.applications, ['s3:ListBucketVersions']);

    this.authoriseRequest = new NmipFunction(this, 'AuthoriseRequest', {
      ...common,
      entry: 'register/authorise-request',
      description: 'Bearer token to a person of the register',
      environmentSchema: authoriseRequestEnvironment,
      timeout: Duration.seconds(10),
    });
    this.authoriseRequest.allowItems(records.register, readItems);

    this.api = new PlatformApi(this, 'Api', {
      configuration,
      settings,
      authoriser: this.authoriseRequest,
      handlers: {
        submission: this.submissionApi.function,
        demographics: this.demographicsApi.function,
        catalogue: this.catalogueApi.function,
        register: this.registerApi.function,
        publicRegister: props.publicRegisterApi.function,
        releases: props.releasesApi.function,
        publicReleases: props.publicReleasesApi.function,
        credentials: props.issuer.function,
        quarantine: props.quarantineApi.function,
        quality: props.qualityApi.function,
        history: props.historyApi.function,
        withdrawal: this.withdrawalApi.function,
        revocation: props.revocationApi.function,
        splits: props.splitsApi.function,
        cohorts: props.cohortsApi.function,
      },
    });
    new WebFirewall(this, 'Firewall', { configuration, settings, stage: this.api.api.deploymentStage });
    new CfnOutput(this, 'ApiUrl', { value: this.api.api.url });
  }

  /** Apart from the API of submissions, which can read nothing that identifies a patient. */
  private grantDemographicsApi({ storage, records }: ApiStackProps): void {
    const { demographicsApi } = this;
    demographicsApi.allowItems(records.ledger, [...readItems, 'UpdateItem']);
    const changes = ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'];
    demographicsApi.allowObjects({
      in: storage.exchange,
      actions: ['s3:GetObject', ...changes],
      keys: 'demographics/tables/*',
      because: bySubmission,
    });
    demographicsApi.allowObjects({
      in: storage.exchange,
      actions: changes,
      keys: 'demographics/rows/*',
      because: bySubmission,
    });
    demographicsApi.allowObjects({
      in: storage.work,
      actions: ['s3:GetObject', 's3:PutObject'],
      keys: 'demographics/*',
      because: bySubmission,
    });
    demographicsApi.allowBucket(storage.exchange, ['s3:ListBucket', 's3:ListBucketVersions']);
  }

  private grantWithdrawalApi({ storage, records, withdrawal }: ApiStackProps): void {
    const { withdrawalApi } = this;
    withdrawalApi.allowItems(records.ledger, writeItems);
    withdrawalApi.allowObjects({
      in: storage.work,
      actions: ['s3:GetObject', 's3:PutObject'],
      keys: 'withdrawals/*',
      because: byWithdrawal,
    });
    // signs URLs to put lists of patients and can read none
    withdrawalApi.allowObjects({
      in: storage.exchange,
      actions: ['s3:PutObject'],
      keys: 'withdrawals/*',
      because: byWithdrawal,
    });
    withdrawalApi.allow(['states:StartExecution'], withdrawal.workflow.stateMachine.stateMachineArn);
    withdrawalApi.allowKey(withdrawal.workflow.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
  }

  private grantSubmissionApi({ storage, records, keys, pipeline }: ApiStackProps): void {
    const { submissionApi } = this;
    // a completed submission leaves the index of open ones
    submissionApi.allowItems(records.ledger, [...writeItems, 'DeleteItem']);
    submissionApi.allowObjects({
      in: storage.work,
      actions: ['s3:GetObject', 's3:PutObject'],
      keys: 'submissions/*',
      because: bySubmission,
    });
    for (const keys of ['receipts/*', 'demographics/*']) {
      submissionApi.allowObjects({
        in: storage.work,
        actions: ['s3:GetObject'],
        keys,
        because: bySubmission,
      });
    }
    submissionApi.allowObjects({
      in: storage.exchange,
      actions: ['s3:PutObject'],
      keys: 'subjects/*',
      because: bySubmission,
    });
    // signs URLs to put files and can read none; of a file in parts it sees which parts and whether the file is there
    submissionApi.allowObjects({
      in: storage.landing,
      actions: ['s3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      keys: '*',
      because: bySubmission,
    });
    submissionApi.allowBucket(storage.landing, ['s3:ListBucket']);
    submissionApi.allow(['kms:GetPublicKey'], keys.receiptKey.keyArn);
    submissionApi.allow(['states:StartExecution'], pipeline.workflow.stateMachine.stateMachineArn);
    submissionApi.allowKey(pipeline.workflow.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
  }
}
