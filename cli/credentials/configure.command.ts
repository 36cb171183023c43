import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { hasCredentialsSection, processWord, withProfile } from './aws-profile';
import { projectCredentials } from './project-credentials';

interface ConfigureOptions extends OutputOptions {
  readonly project: string;
}

const textOf = (path: string) => readFile(path, 'utf8').catch(() => '');

async function configureAws(output: Output, { project }: ConfigureOptions): Promise<undefined> {
  // Asked for once: it proves the access before a profile promises it, and says the region.
  const { region } = await projectCredentials(project, null);
  const name = `nmip-${project}`;
  const script = process.argv[1] ?? 'nmip';
  const credentialProcess = [
    process.execPath,
    script,
    'credentials',
    '--project',
    project,
    '--format',
    'process',
  ]
    .map(processWord)
    .join(' ');
  const configPath = process.env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config');
  const credentialsPath = process.env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials');
  const mode = await stat(configPath).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  await mkdir(dirname(configPath), { recursive: true, mode: 0o700 });
  const temporary = `${configPath}.${process.pid}.tmp`;
  await writeFile(temporary, withProfile(await textOf(configPath), { name, region, credentialProcess }), {
    mode,
  });
  await rename(temporary, configPath);
  if (hasCredentialsSection(await textOf(credentialsPath), name))
    output.notice(
      `Warning: ${credentialsPath} has a section [${name}]; remove it, or AWS tools use it instead of this profile.`,
    );
  output.result(`Profile ${name} is in ${configPath}. Try: aws sts get-caller-identity --profile ${name}`, {
    profile: name,
    config: configPath,
    region,
  });
}

export function configureCommand(): Command {
  const configure = new Command('configure').description('Set up other tools.');
  configure
    .command('aws')
    .description('Write a profile to the AWS config file; no secret is written.')
    .requiredOption('--project <id>', 'project, p-…')
    .option('--json', 'result as JSON')
    .action((options: ConfigureOptions) => runCommand(options, (output) => configureAws(output, options)));
  return configure;
}
