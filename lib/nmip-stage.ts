import { Annotations, Stage, Tags } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Configuration, expiringLegalBases } from '../config/configuration';
import { ApiStack } from './stacks/api-stack';
import { CohortsStack } from './stacks/cohorts-stack';
import { CredentialsStack } from './stacks/credentials-stack';
import { DicomwebAuthoriserStack } from './stacks/dicomweb-authoriser-stack';
import { HistoryStack } from './stacks/history-stack';
import { ImagingStack } from './stacks/imaging-stack';
import { KeysStack } from './stacks/keys-stack';
import { LakeStack } from './stacks/lake-stack';
import { LandingStack, landingGroup } from './stacks/landing-stack';
import { ObservabilityStack } from './stacks/observability-stack';
import { PipelineStack } from './stacks/pipeline-stack';
import { QualityStack } from './stacks/quality-stack';
import { QuarantineStack } from './stacks/quarantine-stack';
import { RecordsStack } from './stacks/records-stack';
import { RegisterStack } from './stacks/register-stack';
import { ReleasesStack } from './stacks/releases-stack';
import { SplitsStack } from './stacks/splits-stack';
import { StorageStack } from './stacks/storage-stack';
import { TrailStack } from './stacks/trail-stack';
import { WithdrawalStack } from './stacks/withdrawal-stack';

/** A legal basis takes months to renew; this long before its end every synth says so. */
const NOTICE_DAYS = 180;

/**
 * One environment of the platform. The stacks up to `lake` hold what cannot be made again and are protected from
 * deletion; the others can be deleted and made anew.
 */
export class NmipStage extends Stage {
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  /** By the group of the trusts whose files land there. */
  readonly landing: ReadonlyMap<string, LandingStack>;
  readonly records: RecordsStack;
  readonly authorisation: DicomwebAuthoriserStack;
  readonly imaging: ImagingStack;
  readonly trail: TrailStack;
  readonly lake: LakeStack;
  readonly pipeline: PipelineStack;
  readonly quarantine: QuarantineStack;
  readonly quality: QualityStack;
  readonly withdrawal: WithdrawalStack;
  readonly releases: ReleasesStack;
  readonly history: HistoryStack;
  readonly register: RegisterStack;
  readonly splits: SplitsStack;
  readonly cohorts: CohortsStack;
  readonly credentials: CredentialsStack;
  readonly api: ApiStack;
  readonly observability: ObservabilityStack;

  constructor(scope: Construct, configuration: Configuration) {
    const { environmentName, region, account, retention } = configuration;
    super(scope, `nmip-${environmentName}`, { env: { region, account } });

    this.keys = new KeysStack(this, 'keys', { configuration });
    const settings = {
      environmentName,
      configuration,
      logKey: this.keys.operationsKey,
      logRetention: retention.logDays as RetentionDays,
    };
    const common = { configuration, settings };
    this.storage = new StorageStack(this, 'storage', common);
    this.records = new RecordsStack(this, 'records', common);
    const { keys, storage, records } = this;
    this.landing = this.makeLanding(configuration);
    this.authorisation = new DicomwebAuthoriserStack(this, 'dicomweb-authoriser', { ...common, records });
    const { authorisation } = this;
    this.imaging = new ImagingStack(this, 'imaging', { ...common, storage, authorisation });
    const { imaging } = this;
    this.trail = new TrailStack(this, 'trail', { ...common, storage, imaging });
    this.lake = new LakeStack(this, 'lake', { ...common, storage });

    this.pipeline = new PipelineStack(this, 'pipeline', { ...common, keys, storage, records, imaging });
    this.quarantine = new QuarantineStack(this, 'quarantine', {
      ...common,
      keys,
      storage,
      records,
      pipeline: this.pipeline,
    });
    this.quality = new QualityStack(this, 'quality', { ...common, storage, records, lake: this.lake });
    this.withdrawal = new WithdrawalStack(this, 'withdrawal', { ...common, keys, storage, records, imaging });
    this.history = new HistoryStack(this, 'history', {
      ...common,
      keys,
      storage,
      records,
      trail: this.trail,
    });
    this.register = new RegisterStack(this, 'register', { ...common, keys, records });
    this.cohorts = new CohortsStack(this, 'cohorts', { ...common, storage, records, lake: this.lake });
    this.splits = new SplitsStack(this, 'splits', { ...common, keys, storage, records, lake: this.lake });
    this.releases = new ReleasesStack(this, 'releases', {
      ...common,
      keys,
      storage,
      records,
      lake: this.lake,
      deadLetterQueue: this.register.deadLetterQueue,
    });
    this.credentials = new CredentialsStack(this, 'credentials', {
      ...common,
      keys,
      records,
      imaging,
      authorisation,
    });
    this.api = new ApiStack(this, 'api', {
      ...common,
      keys,
      storage,
      records,
      pipeline: this.pipeline,
      withdrawal: this.withdrawal,
      issuer: this.credentials.issuer,
      revocationApi: this.credentials.revocation.api,
      quarantineApi: this.quarantine.api,
      qualityApi: this.quality.api,
      historyApi: this.history.api,
      publicRegisterApi: this.register.publicRegisterApi,
      splitsApi: this.splits.api,
      releasesApi: this.releases.api,
      publicReleasesApi: this.releases.publicApi,
      cohortsApi: this.cohorts.api,
    });
    for (const landing of this.landing.values()) this.api.addStackDependency(landing);
    this.observability = new ObservabilityStack(this, 'observability', {
      configuration,
      keys,
      records,
      authorisation,
      pipeline: this.pipeline,
      quarantine: this.quarantine,
      register: this.register,
      withdrawal: this.withdrawal,
      releases: this.releases,
      history: this.history,
      credentials: this.credentials,
      api: this.api,
    });
    const today = new Date().toISOString().slice(0, 10);
    for (const { id, endsOn } of expiringLegalBases(configuration.collections, today, NOTICE_DAYS)) {
      Annotations.of(this.api).addWarningV2(
        `nmip:legalBasisEnds-${id}`,
        `The legal basis of collection ${id} ends on ${endsOn}; nothing of it may be granted after that day.`,
      );
    }
    Tags.of(this).add('service', 'nmip');
    Tags.of(this).add('environment', environmentName);
  }

  private makeLanding(configuration: Configuration): ReadonlyMap<string, LandingStack> {
    const groups = [...new Set(configuration.trusts.map(({ odsCode }) => landingGroup(odsCode)))].sort();
    return new Map(
      groups.map((group) => {
        const trusts = configuration.trusts.filter(({ odsCode }) => landingGroup(odsCode) === group);
        const props = { configuration, storage: this.storage, trusts };
        return [group, new LandingStack(this, `landing-${group}`, props)];
      }),
    );
  }
}
