import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { crowdedFiles } from '../../lambda/lake/compact-lake.contract';
import { compactLakeEnvironment } from '../../lambda/lake/compact-lake.environment';
import {
  type ListedTable,
  listedTables,
  tableFolder,
  unloadsFolder,
} from '../../lambda/lake/lake-folders.contract';
import type { EnvironmentValues } from '../constructs/function-environment';
import { NmipFunction } from '../constructs/nmip-function';
import { readItems } from '../constructs/role-owner';
import { erase, read, write } from './object-rights';
import type { PipelineFunctionsProps } from './pipeline-functions';

export interface LakeCompactionProps extends PipelineFunctionsProps {
  /** What the functions of the pipeline are offered. */
  readonly environment: EnvironmentValues;
  /** Where a run that failed leaves its message. */
  readonly deadLetterQueue: Queue;
}

/**
 * Merges the small files of the lake every night, and within the hour where they are many. A run that failed leaves a message;
 * the next does its work.
 */
export class LakeCompaction extends Construct {
  readonly compactLake: NmipFunction;

  constructor(scope: Construct, id: string, props: LakeCompactionProps) {
    super(scope, id);
    const { settings, records, storage, deadLetterQueue } = props;
    this.compactLake = new NmipFunction(this, 'compact-lake', {
      settings,
      entry: 'lake/compact-lake',
      description: 'Merges the small files of the lake',
      environmentSchema: compactLakeEnvironment,
      environment: props.environment,
      // a full file of 200,000 rows, read, sorted and written
      memorySize: 3538,
      timeout: Duration.minutes(15),
      deadLetterQueue,
    });
    this.compactLake.allowItems(records.ledger, [...readItems, 'UpdateItem']);
    for (const table of Object.keys(listedTables) as ListedTable[]) {
      for (const keys of [`lake/${table}/*`, `${tableFolder(table)}*`]) {
        read(this.compactLake, storage.catalogue, keys);
        write(this.compactLake, storage.catalogue, keys);
      }
      erase(this.compactLake, storage.catalogue, `lake/${table}/*`);
    }
    // what attempts at a release left behind that died
    read(this.compactLake, storage.catalogue, `${unloadsFolder}*`);
    erase(this.compactLake, storage.catalogue, `${unloadsFolder}*`);
    const target = { deadLetterQueue, retryAttempts: 2, maxEventAge: Duration.hours(6) };
    new Rule(this, 'Nightly', {
      description: 'Merges the small files of the lake',
      schedule: Schedule.cron({ hour: '3', minute: '30' }),
      targets: [new LambdaFunction(this.compactLake.function, target)],
    });
    new Rule(this, 'Hourly', {
      description: 'Merges the small files of the lake where there are many of them',
      schedule: Schedule.cron({ minute: '5' }),
      targets: [
        new LambdaFunction(this.compactLake.function, {
          ...target,
          event: RuleTargetInput.fromObject({ leastAdded: crowdedFiles }),
        }),
      ],
    });
  }
}
