import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RecordTable } from '../constructs/record-table';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';

/** Tables: who sent what and what became of it; who may see what and why. */
export class RecordsStack extends StatefulStack {
  readonly ledger: RecordTable;
  readonly register: RecordTable;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    this.ledger = new RecordTable(this, 'Ledger', 'ledger of submissions');
    this.register = new RecordTable(this, 'Register', 'register of people, projects and grants');
    new CfnOutput(this, 'LedgerTable', { value: this.ledger.table.tableName });
    new CfnOutput(this, 'RegisterTable', { value: this.register.table.tableName });
  }
}
