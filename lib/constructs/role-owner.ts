import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge';
import { allConditions, type Conditions, type GrantedBucket } from './granted-bucket';
import type { RecordTable } from './record-table';

/** Objects of a bucket under a prefix. */
export interface ObjectGrant {
  readonly in: GrantedBucket;
  readonly actions: readonly string[];
  /** Keys, with `*` where a name is not known before. */
  readonly keys: string;
  /** Why the wildcard in `keys` is no wider than needed. */
  readonly because: string;
}

/** What runs under a role of its own (a function, a task) and is granted what its step needs. */
export abstract class RoleOwner extends Construct {
  abstract readonly role: Role;

  /** Allows actions on resources named in full, optionally under conditions. */
  allow(actions: readonly string[], resources: string | readonly string[], conditions?: Conditions): void {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: typeof resources === 'string' ? [resources] : [...resources],
        conditions,
      }),
    );
  }

  /**
   * Allows actions on the objects of a bucket under some keys, and the bucket's KMS key for just that. Who may read may
   * list as well: S3 says of a missing key that it is missing only to those who may.
   */
  allowObjects(grant: ObjectGrant): void {
    const { bucketArn, keyArn, bucketConditions, keyConditions, wildcardReason } = grant.in;
    const objects = `${bucketArn}/${grant.keys}`;
    this.allow(grant.actions, objects, bucketConditions);
    acknowledgeWildcard(this, objects, [grant.because, wildcardReason].filter(Boolean).join(' '));
    const writes = grant.actions.includes('s3:PutObject');
    const reads = grant.actions.includes('s3:GetObject');
    if (reads) this.allowBucket(grant.in, ['s3:ListBucket']);
    if (writes || reads) {
      // a multipart upload reads its own parts again
      const uses = writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
      this.allowKey(keyArn, uses, 's3', keyConditions);
      if (wildcardReason !== undefined) acknowledgeWildcard(this, keyArn, wildcardReason);
    }
  }

  /** Allows actions on a bucket itself, such as listing it. */
  allowBucket(
    { bucketArn, bucketConditions, wildcardReason }: GrantedBucket,
    actions: readonly string[],
  ): void {
    this.allow(actions, bucketArn, bucketConditions);
    if (wildcardReason !== undefined) acknowledgeWildcard(this, bucketArn, wildcardReason);
  }

  /** Allows the use of a key through one service only, optionally under further conditions. */
  allowKey(keyArn: string, actions: readonly string[], service: string, conditions?: Conditions): void {
    const through = { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` };
    this.allow(actions, keyArn, allConditions({ StringEquals: through }, conditions));
  }

  /** Allows actions on the items of one partition of a table, and on no others. */
  allowPartition(records: RecordTable, actions: readonly ItemAction[], partition: string): void {
    this.allowItems(records, actions, {
      // a request that named no partition would satisfy the first alone
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  }

  /** Allows actions on the items of a table, optionally under conditions, and the table's key through DynamoDB. */
  allowItems({ table, key }: RecordTable, actions: readonly ItemAction[], conditions?: Conditions): void {
    this.allow(
      actions.map((action) => `dynamodb:${action}`),
      table.tableArn,
      conditions,
    );
    this.allowKey(
      key.keyArn,
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      'dynamodb',
    );
  }
}

export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

export const readItems: readonly ItemAction[] = ['GetItem', 'BatchGetItem', 'Query'];

export const writeItems: readonly ItemAction[] = [
  ...readItems,
  'PutItem',
  'UpdateItem',
  'ConditionCheckItem',
];
