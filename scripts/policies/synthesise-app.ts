import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { context } from '../../cdk.json';
import type { Configuration } from '../../config/configuration';
import { NmipStage } from '../../lib/nmip-stage';
import { type AccountPolicies, readAccountPolicies } from './account-policies';

/** Account of an environment that names none; one of the numbers that AWS uses in its documentation. */
const DOCUMENTATION_ACCOUNT = '111122223333';

/**
 * Synthesizes the app of an environment, without bundling its functions, and reads its roles and policies.
 * @throws PolicyRefused
 */
export async function synthesisePolicies(configuration: Configuration): Promise<AccountPolicies> {
  const folder = mkdtempSync(join(tmpdir(), 'nmip-policies-'));
  const before = process.env.CDK_VALIDATION;
  try {
    // the gate checks templates at every synth of the app; here their policies are read
    process.env.CDK_VALIDATION = 'false';
    const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] }, outdir: folder });
    new NmipStage(app, configuration);
    app.synth();
    return await readAccountPolicies({
      folder,
      environmentName: configuration.environmentName,
      region: configuration.region,
      accountId: configuration.account ?? DOCUMENTATION_ACCOUNT,
    });
  } finally {
    if (before === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
