import { Command } from 'commander';
import { me } from '../../lambda/register/person.contract';
import { ApiClient } from '../api/api-client';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';

async function whoami(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const person = await client.get('/v1/me', me);
  const lines = [
    `${client.session.displayName}  (${person.subject})`,
    `Platform      ${client.session.api}`,
    `Roles         ${person.roles.join(', ') || 'none: ask an officer'}`,
    ...(person.signIn.withheldRoles.length > 0
      ? [`Withheld      ${person.signIn.withheldRoles.join(', ')}: run \`nmip login --strong\``]
      : []),
    ...(person.trustConfiguration
      ? [`Trust         ${person.trustConfiguration.name} (${person.trustConfiguration.odsCode})`]
      : []),
    ...(person.organisation ? [`Organisation  ${person.organisation}`] : []),
  ];
  output.result(lines.join('\n'), { name: client.session.displayName, api: client.session.api, ...person });
}

export function whoamiCommand(): Command {
  return new Command('whoami')
    .description('Who is signed in, at which platform, with which roles.')
    .option('--json', 'result as JSON')
    .action((options: OutputOptions) => runCommand(options, whoami));
}
