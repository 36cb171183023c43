import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { dataKey } from './data-key';

/** A single-table store (`pk`, `sk`): own key, restorable to any second of the last 35 days, never deleted with its stack. */
export class RecordTable extends Construct {
  readonly table: Table;
  readonly key: Key;

  constructor(scope: Construct, id: string, holds: string) {
    super(scope, id);
    this.key = dataKey(this, 'Key', `NMIP ${holds}`);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      // seconds since 1970; set only on what may be forgotten, such as idempotency keys
      timeToLiveAttribute: 'timeToLive',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.table, {
      'NIST.800.53.R5-DynamoDBInBackupPlan':
        'Point-in-time recovery restores any second of the last 35 days; deletion protection and RETAIN keep the table.',
    });
  }
}
