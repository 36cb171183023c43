import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { NmipChecks } from './nmip-checks';

/** Lets a synth pass only without a finding of these packs that is not acknowledged beside its construct. */
export function gate(app: Construct): void {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }),
    new NIST80053R5Checks(app),
    new NmipChecks(app),
  );
}
