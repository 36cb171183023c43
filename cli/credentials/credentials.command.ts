import { Command, Option } from 'commander';
import { exitCode } from '../terminal/exit-code';
import { type OutputOptions, runCommand } from '../terminal/output';
import type { ProjectCredentials } from './credential-cache';
import { processFormat } from './process-format';
import { projectCredentials, readStudyList } from './project-credentials';

interface CredentialsOptions {
  readonly project: string;
  readonly studies?: string;
  readonly format: 'process' | 'env';
}

const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;

/** For `eval "$(nmip credentials … --format env)"`. */
function environmentFormat(credentials: ProjectCredentials): string {
  return [
    `export AWS_ACCESS_KEY_ID=${quoted(credentials.accessKeyId)}`,
    `export AWS_SECRET_ACCESS_KEY=${quoted(credentials.secretAccessKey)}`,
    `export AWS_SESSION_TOKEN=${quoted(credentials.sessionToken)}`,
    `export AWS_CREDENTIAL_EXPIRATION=${quoted(credentials.expiration)}`,
    `export AWS_REGION=${quoted(credentials.region)}`,
    `export NMIP_DICOMWEB=${quoted(`${credentials.dicomwebEndpoint}/datastore/${credentials.datastoreId}`)}`,
  ].join('\n');
}

export function credentialsCommand(): Command {
  const options: OutputOptions = { quiet: true };
  return new Command('credentials')
    .description('A short AWS credential for what the project may read, for AWS tools and SDKs.')
    .requiredOption('--project <id>', 'project, p-…')
    .option('--studies <file>', 'Study Instance UIDs, one a line (20 at most): a credential for these only')
    .addOption(
      new Option('--format <format>', 'process: for credential_process; env: for a shell')
        .choices(['process', 'env'])
        .default('process'),
    )
    .action((given: CredentialsOptions) =>
      runCommand(options, async () => {
        const studies = given.studies === undefined ? null : await readStudyList(given.studies);
        const credentials = await projectCredentials(given.project, studies);
        const text = given.format === 'process' ? processFormat(credentials) : environmentFormat(credentials);
        process.stdout.write(`${text}\n`);
        return exitCode.ok;
      }),
    );
}
