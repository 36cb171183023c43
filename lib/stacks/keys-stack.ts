import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { allowLogs, dataKey } from '../constructs/data-key';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';

/** Keys that belong to no one store. */
export class KeysStack extends StatefulStack {
  /** Every pseudonym, UID and shift of dates derives from it; without it no later delivery joins an earlier one. */
  readonly pseudonymKey: Key;
  /** Signs receipts; its public half is published. */
  readonly receiptKey: Key;
  /** Encrypts logs, dead letters and alarms: nothing of theirs identifies a patient. */
  readonly operationsKey: Key;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    this.pseudonymKey = new Key(this, 'PseudonymKey', {
      description: 'NMIP pseudonyms: HMAC key of all derivations',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.RETAIN,
      pendingWindow: Duration.days(30),
    });
    this.receiptKey = new Key(this, 'ReceiptKey', {
      description: 'NMIP receipts: ES256 signing key',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
      pendingWindow: Duration.days(30),
    });
    this.operationsKey = dataKey(this, 'OperationsKey', 'NMIP logs, dead letters and alarms');
    this.allowOperations();

    acknowledge(this.pseudonymKey, {
      'NIST.800.53.R5-KMSBackingKeyRotationEnabled':
        'KMS turns no HMAC key, and another key would be another pseudonym for every patient.',
    });
    acknowledge(this.receiptKey, {
      'NIST.800.53.R5-KMSBackingKeyRotationEnabled':
        'KMS turns no asymmetric key. A new key is published beside the old one, so that old receipts stay verifiable.',
    });
    new CfnOutput(this, 'ReceiptKeyId', { value: this.receiptKey.keyId });
  }

  private allowOperations(): void {
    allowLogs(this.operationsKey);
    for (const [sid, service] of [
      ['DeadLettersOfEvents', 'events.amazonaws.com'],
      ['AlarmTopic', 'cloudwatch.amazonaws.com'],
    ] as const) {
      this.operationsKey.addToResourcePolicy(
        new PolicyStatement({
          sid,
          effect: Effect.ALLOW,
          principals: [new ServicePrincipal(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
        }),
      );
    }
  }
}
