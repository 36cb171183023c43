import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionEntry } from '../bundling/function-entries';

/**
 * IAM path of a function's role. A bucket policy of a stateful stack can name the role by it although the role is made
 * by a later stack under a generated name.
 */
export function rolePath(environmentName: string, entry: FunctionEntry): string {
  return `/nmip/${environmentName}/${entry}/`;
}

/** Pattern of `aws:PrincipalArn` that fits the role of one function and no other. */
export function rolePattern(scope: Construct, environmentName: string, entry: FunctionEntry): string {
  return Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${rolePath(environmentName, entry).slice(1)}*`,
  });
}
