import { CfnOutput, Tags } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { TrustConfiguration } from '../../lambda/platform/configuration.contract';
import type { FunctionEntry } from '../bundling/function-entries';
import { DataBucket, expire } from '../constructs/data-bucket';
import { landingKeyTag } from '../constructs/landing-buckets';
import { MalwareScan, scannerRolePattern, scanVerdict } from '../constructs/malware-scan';
import { rolePattern } from '../constructs/role-path';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';
import type { StorageStack } from './storage-stack';

/** Beside the API: what is quarantined in landing is taken out of its archive before that is deleted. */
const setsApart: FunctionEntry = 'deidentification/settle-submission';

/** Functions that read a trust's files as sent. Nobody else does, whatever a role says. */
const landingReaders: readonly FunctionEntry[] = [
  'deidentification/plan-submission',
  'deidentification/clear-subjects',
  'deidentification/deidentify-batch',
  setsApart,
  'imaging/reconcile-import',
  'quarantine/replay-part',
];

/** Copies quarantined files back, to be processed again; everybody else puts files by URLs that the API signed. */
const replayer: FunctionEntry = 'quarantine/replay-part';

/**
 * Which landing stack a trust's bucket stands in: the one of the last character of its ODS code. A bucket cannot move
 * from stack to stack, so this depends on nothing but the code; 300 trusts spread over 36 stacks of about 25 resources,
 * where CloudFormation allows 500.
 */
export function landingGroup(odsCode: string): string {
  return odsCode.slice(-1).toLowerCase();
}

export interface LandingStackProps extends PlatformStackProps {
  readonly storage: StorageStack;
  readonly trusts: readonly TrustConfiguration[];
}

/** Landing buckets of some trusts, each with its own key. */
export class LandingStack extends StatefulStack {
  constructor(scope: Construct, id: string, props: LandingStackProps) {
    super(scope, id, props);
    const { storage } = props;
    const accessLogs = Bucket.fromBucketName(this, 'AccessLogs', storage.accessLogs.bucketName);
    for (const { odsCode } of props.trusts) {
      const { bucket } = this.makeLanding(odsCode, accessLogs, props);
      new CfnOutput(this, `LandingBucket${odsCode}`, { value: bucket.bucketName });
    }
  }

  private makeLanding(
    odsCode: string,
    accessLogs: IBucket,
    { configuration, storage }: LandingStackProps,
  ): DataBucket {
    const { environmentName, malwareScanning, retention, portalOrigin } = configuration;
    const landing = new DataBucket(this, `Landing${odsCode}`, {
      holds: `files of ${odsCode} as sent`,
      physicalName: storage.landing.nameOf(odsCode),
      accessLogs,
      accessLogPrefix: `landing/${odsCode}`,
      lifecycle: [expire('end-of-landing', retention.landingDays)],
      uploadsFrom: portalOrigin,
    });
    Tags.of(landing.key).add(landingKeyTag.name, landingKeyTag.value);

    const principal = (entries: readonly FunctionEntry[]) =>
      entries.map((entry) => rolePattern(this, environmentName, entry));
    const scanner = malwareScanning ? [scannerRolePattern(this, environmentName)] : [];
    const except = (entries: readonly FunctionEntry[]) => ({
      ArnNotLike: { 'aws:PrincipalArn': [...principal(entries), ...scanner] },
    });
    landing.refuseOldSignatures();
    landing.refuse(
      'OnlyTheSubmissionApiSigns',
      ['s3:PutObject'],
      except(['submission/submission-api', setsApart, replayer]),
    );
    landing.refuse('OnlyByUrl', ['s3:PutObject'], {
      StringNotEquals: { 's3:authType': 'REST-QUERY-STRING' },
      ...except([replayer]),
    });
    landing.refuse('OnlyThePipelineReads', ['s3:GetObject', 's3:GetObjectVersion'], except(landingReaders));
    if (malwareScanning) {
      new MalwareScan(this, `MalwareScan${odsCode}`, environmentName, landing);
      landing.refuse('OnlyScannedFilesAreRead', ['s3:GetObject', 's3:GetObjectVersion'], {
        StringNotEquals: { [`s3:ExistingObjectTag/${scanVerdict.tag}`]: scanVerdict.clean },
        // Plan reads no file: it asks for lengths and checksums, and reads the directories of archives
        ArnNotLike: {
          'aws:PrincipalArn': [...principal(['deidentification/plan-submission']), ...scanner],
        },
      });
    }
    return landing;
  }
}
