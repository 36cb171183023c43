import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { makeScorecardsEnvironment } from '../../lambda/quality/make-scorecards.environment';
import { qualityApiEnvironment } from '../../lambda/quality/quality-api.environment';
import { acknowledgeWildcard } from '../constructs/acknowledge';
import type { DataBucket } from '../constructs/data-bucket';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { lakeValues, recordsValues, storageValues } from '../constructs/platform-values';
import { readItems } from '../constructs/role-owner';
import { allowQuestions } from '../lake/lake-rights';
import type { LakeStack } from './lake-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface QualityStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly lake: LakeStack;
}

const scorecards = 'quality/*';
const byTrustAndWeek = 'Keys go on with trust and week.';

/** Scorecards of trusts, made weekly, and the routes that show them. */
export class QualityStack extends Stack {
  /** Behind the routes of the quality. Reads scorecards alone. */
  readonly api: NmipFunction;
  readonly makeScorecards: NmipFunction;

  constructor(scope: Construct, id: string, props: QualityStackProps) {
    super(scope, id, props);
    const { settings, storage, records, lake } = props;
    const environment = { ...recordsValues(records), ...storageValues(storage), ...lakeValues(lake) };
    const common = { settings, environment, memorySize: 1769 };

    this.makeScorecards = new NmipFunction(this, 'MakeScorecards', {
      ...common,
      entry: 'quality/make-scorecards',
      description: 'Scorecards of trusts for the weeks that are over',
      environmentSchema: makeScorecardsEnvironment,
      timeout: Duration.seconds(840),
    });
    this.makeScorecards.allowItems(records.ledger, readItems);
    this.makeScorecards.allowObjects({
      in: storage.work,
      actions: ['s3:GetObject'],
      keys: 'submissions/*',
      because: 'Keys begin with the id of a submission, which does not exist at synth.',
    });
    this.makeScorecards.allowObjects({
      in: storage.catalogue,
      actions: ['s3:PutObject'],
      keys: scorecards,
      because: byTrustAndWeek,
    });
    allowQuestions(this.makeScorecards, lake, ['instances', 'demographics', 'tombstones']);

    this.api = new NmipFunction(this, 'QualityApi', {
      ...common,
      entry: 'quality/quality-api',
      description: 'Scorecards of trusts and the quality of collections',
      environmentSchema: qualityApiEnvironment,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    this.allowScorecards(storage.catalogue);

    new Rule(this, 'Weekly', {
      description: 'Makes the scorecards of the week before',
      // what a run leaves out, the next one makes up for
      schedule: Schedule.cron({ minute: '0', hour: '4', weekDay: 'MON' }),
      targets: [
        new LambdaFunction(this.makeScorecards.function, {
          retryAttempts: 2,
          maxEventAge: Duration.hours(6),
        }),
      ],
    });
  }

  /** Reading scorecards by their keys, and no list of the bucket: it names rows of what is held out, too. */
  private allowScorecards({ bucketArn, keyArn }: DataBucket): void {
    const objects = `${bucketArn}/${scorecards}`;
    this.api.allow(['s3:GetObject'], objects);
    acknowledgeWildcard(this.api, objects, byTrustAndWeek);
    this.api.allowKey(keyArn, ['kms:Decrypt'], 's3');
  }
}
