import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cohortsApiEnvironment } from '../../lambda/cohorts/cohorts-api.environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { lakeValues, recordsValues, storageValues } from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import { allowQuestions } from '../lake/lake-rights';
import type { LakeStack } from './lake-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface CohortsStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly lake: LakeStack;
}

/** Counts of releases under the disclosure rule, and the cohorts of projects. */
export class CohortsStack extends Stack {
  /** Behind the routes of counts and cohorts. */
  readonly api: NmipFunction;

  constructor(scope: Construct, id: string, props: CohortsStackProps) {
    super(scope, id, props);
    const { settings, storage, records, lake } = props;
    this.api = new NmipFunction(this, 'CohortsApi', {
      settings,
      environment: { ...recordsValues(records), ...storageValues(storage), ...lakeValues(lake) },
      entry: 'cohorts/cohorts-api',
      description: 'Counts under the disclosure rule, and cohorts',
      environmentSchema: cohortsApiEnvironment,
      // the list of a hundred thousand studies, and what was told of a release, stand in memory at once
      memorySize: 3008,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    this.api.allowItems(records.register, writeItems);
    this.api.allowObjects({
      in: storage.catalogue,
      actions: ['s3:GetObject', 's3:PutObject'],
      keys: 'cohorts/*',
      because: 'Keys hold the hash of what stands under them, which does not exist at synth.',
    });
    allowQuestions(this.api, lake, ['released_series', 'tombstones']);
  }
}
