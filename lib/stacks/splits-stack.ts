import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { splitsApiEnvironment } from '../../lambda/splits/splits-api.environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import {
  configurationValues,
  keysValues,
  lakeValues,
  recordsValues,
  storageValues,
} from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import { allowQuestions } from '../lake/lake-rights';
import type { KeysStack } from './keys-stack';
import type { LakeStack } from './lake-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface SplitsStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly lake: LakeStack;
}

const byHash = 'Keys hold the hash of what stands under them, which does not exist at synth.';

/** Evaluation sets from the held-out patients, and what stands on both sides of the split. */
export class SplitsStack extends Stack {
  /** Behind the routes of evaluation sets. */
  readonly api: NmipFunction;

  constructor(scope: Construct, id: string, props: SplitsStackProps) {
    super(scope, id, props);
    const { configuration, settings, keys, storage, records, lake } = props;
    this.api = new NmipFunction(this, 'SplitsApi', {
      settings,
      environment: {
        ...configurationValues(configuration),
        ...recordsValues(records),
        ...storageValues(storage),
        ...keysValues(keys),
        ...lakeValues(lake),
      },
      entry: 'splits/splits-api',
      description: 'Evaluation sets, their uses, and findings of the leakage guard',
      environmentSchema: splitsApiEnvironment,
      memorySize: 1769,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    this.api.allowItems(records.register, writeItems);
    for (const folder of ['evaluation-sets', 'commitments'])
      this.api.allowObjects({
        in: storage.catalogue,
        actions: ['s3:GetObject', 's3:PutObject'],
        keys: `splits/${folder}/*`,
        because: byHash,
      });
    this.api.allowObjects({
      in: storage.catalogue,
      actions: ['s3:GetObject'],
      keys: 'splits/leakage/*',
      because: 'Keys are versions of releases, which do not exist at synth.',
    });
    allowQuestions(this.api, lake, ['released_series', 'tombstones']);
    this.api.allow(['kms:GenerateMac'], keys.pseudonymKey.keyArn);
  }
}
