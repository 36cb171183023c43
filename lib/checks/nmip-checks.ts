import type { CfnResource } from 'aws-cdk-lib';
import { NagMessageLevel, NagPack } from 'cdk-nag';
import type { Construct } from 'constructs';
import { authorisedMethod } from './authorised-method';
import type { Check } from './check';
import { customerKey } from './customer-key';
import { keptData } from './kept-data';
import { namedResources } from './named-resources';
import { noIamUser } from './no-iam-user';
import { noPublicEndpoint } from './no-public-endpoint';
import { readingOnly } from './reading-only';
import { tls12 } from './tls-12';

const checks: readonly Check[] = [
  customerKey,
  keptData,
  noIamUser,
  noPublicEndpoint,
  authorisedMethod,
  namedResources,
  readingOnly,
  tls12,
];

/** The platform's own rules, beside those of AWS and NIST. */
export class NmipChecks extends NagPack {
  readonly name = 'NMIP';

  constructor(scope: Construct) {
    super(scope);
    this.packName = 'NMIP';
  }

  protected checkResource(node: CfnResource): void {
    for (const check of checks) {
      this.applyRule({
        ruleSuffixOverride: check.name,
        info: check.rule,
        explanation: check.because,
        level: NagMessageLevel.ERROR,
        rule: check.find,
        node,
      });
    }
  }
}
