import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../config/configuration';

export interface PlatformStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** A stack that holds what cannot be made again: CloudFormation refuses to delete it. */
export abstract class StatefulStack extends Stack {
  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
  }
}
