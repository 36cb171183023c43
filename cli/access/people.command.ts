import { Command, Option } from 'commander';
import { person } from '../../lambda/register/person.contract';
import { ApiClient } from '../api/api-client';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';

interface SetOptions extends OutputOptions {
  readonly role: string[];
  readonly trust?: string;
  readonly organisation?: string;
}

const personAnswer = person.pick({ subject: true, roles: true, trust: true, organisation: true });

function personText(answer: {
  subject: string;
  roles: readonly string[];
  trust?: string | undefined;
}): string {
  const place = answer.trust ? ` for ${answer.trust}` : '';
  return `${answer.subject}: ${answer.roles.join(', ') || 'no role'}${place}.`;
}

async function setPerson(output: Output, subject: string, options: SetOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const body = {
    roles: options.role,
    ...(options.trust ? { trust: options.trust } : {}),
    ...(options.organisation ? { organisation: options.organisation } : {}),
  };
  const answer = await client.put(`/v1/people/${encodeURIComponent(subject)}`, body, personAnswer);
  output.result(personText(answer), answer);
}

async function showPerson(output: Output, subject: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const answer = await client.get(`/v1/people/${encodeURIComponent(subject)}`, personAnswer);
  output.result(personText(answer), answer);
}

export function peopleCommand(): Command {
  const people = new Command('people').description('Roles, trust and organisation of a person (officers).');
  people
    .command('set')
    .description('Replace the roles of a person.')
    .argument('<subject>', 'the person’s subject at the sign-in service')
    .addOption(
      new Option('--role <roles...>', 'roles; none takes all away')
        .choices(person.shape.roles.element.options)
        .default([]),
    )
    .option('--trust <ods>', 'ODS code of the trust that an uploader sends for')
    .option('--organisation <name>', 'organisation of an applicant or reviewer')
    .option('--json', 'result as JSON')
    .action((subject: string, options: SetOptions) =>
      runCommand(options, (output) => setPerson(output, subject, options)),
    );
  people
    .command('show')
    .description('What the register knows of a person.')
    .argument('<subject>')
    .option('--json', 'result as JSON')
    .action((subject: string, options: OutputOptions) =>
      runCommand(options, (output) => showPerson(output, subject)),
    );
  return people;
}
