import { Command, Option } from 'commander';
import { personInput, personView } from '../../lambda/register/person.contract';
import { ApiClient } from '../api/api-client';
import { CommandError } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';

interface SetOptions extends OutputOptions {
  readonly role: string[];
  readonly machine?: boolean;
  readonly trust?: string;
  readonly organisation?: string;
}

function personText(answer: {
  subject: string;
  kind?: string | undefined;
  roles: readonly string[];
  trust?: string | undefined;
}): string {
  const place = answer.trust ? ` for ${answer.trust}` : '';
  const kind = answer.kind === undefined ? '' : ` (${answer.kind})`;
  return `${answer.subject}${kind}: ${answer.roles.join(', ') || 'no role'}${place}.`;
}

/** Version of the record to change; 0 of somebody whom the register does not know yet. */
async function versionOf(client: ApiClient, path: string): Promise<number> {
  try {
    return (await client.get(path, personView)).version;
  } catch (error) {
    if (error instanceof CommandError && error.hints.code === 'PERSON_NOT_FOUND') return 0;
    throw error;
  }
}

async function setPerson(output: Output, subject: string, options: SetOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const body = {
    ...(options.machine ? { kind: 'machine' } : {}),
    roles: options.role,
    ...(options.trust ? { trust: options.trust } : {}),
    ...(options.organisation ? { organisation: options.organisation } : {}),
  };
  const path = `/v1/people/${encodeURIComponent(subject)}`;
  const answer = await client.put(path, body, personView, await versionOf(client, path));
  output.result(personText(answer), answer);
}

async function showPerson(output: Output, subject: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const answer = await client.get(`/v1/people/${encodeURIComponent(subject)}`, personView);
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
        .choices(personInput.shape.roles.element.options)
        .default([]),
    )
    .option(
      '--machine',
      'a client of the sign-in service that signs in by its key; it can be an uploader only',
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
