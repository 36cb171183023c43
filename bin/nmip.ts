import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { context } from '../cdk.json';
import { ConfigurationError, loadConfiguration } from '../config/load-configuration';
import { gate } from '../lib/checks/gate';
import { NmipStage } from '../lib/nmip-stage';

/**
 * The CDK app: `npx cdk synth -c env=<environment>`, or without the CDK's command `npx tsx bin/nmip.ts`. The latter takes
 * context as JSON from `CDK_CONTEXT_JSON` and writes to `CDK_OUTDIR`, as the command tells the app.
 */
const app = new App({ context, outdir: process.env.CDK_OUTDIR ?? join(__dirname, '..', 'cdk.out') });
try {
  const configuration = loadConfiguration(app.node.tryGetContext('env'));
  // the embedded platform refuses by itself what it does not know; CloudFormation's own rules take two seconds
  if (configuration.environmentName === 'local') process.env.CDK_VALIDATION ??= 'false';
  gate(app);
  new NmipStage(app, configuration);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
