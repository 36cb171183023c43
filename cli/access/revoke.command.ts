import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { revocationReason } from '../../lambda/register/grant.contract';
import { projectView } from '../../lambda/register/project.contract';
import { type RevocationAnswer, revocationAnswer } from '../../lambda/register/revoke-access.contract';
import { ApiClient } from '../api/api-client';
import { requireConfirmation } from '../terminal/confirm';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { measureRevocation } from './measure-revocation';

interface RevokeOptions extends OutputOptions {
  readonly reason: string;
  readonly measure?: boolean;
  readonly yes?: boolean;
}

/** What is asked of the platform. */
interface Request {
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  readonly version?: number;
}

function answerText(what: string, answer: RevocationAnswer, seconds: number | null): string {
  const lines = [`${what}: revoked (${answer.id}). New credentials have stopped.`];
  lines.push(
    answer.sessionsDenied
      ? 'Running sessions are denied.'
      : 'Running sessions are not denied yet; they are within a minute, and end within an hour.',
  );
  if (seconds !== null)
    lines.push(
      `${seconds.toFixed(2)} s from the request to the first denied read, with a session that was revoked with it.`,
    );
  return lines.join('\n');
}

async function revoke(
  output: Output,
  what: string,
  options: RevokeOptions,
  request: (client: ApiClient) => Promise<Request>,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { path, body, version } = await request(client);
  await requireConfirmation(`Revoke ${what}?`, options.yes === true);
  const key = randomUUID();
  const send = (canary?: string) =>
    client.post(
      path,
      { ...body, reason: options.reason, ...(canary === undefined ? {} : { canary }) },
      revocationAnswer,
      { key, ...(version === undefined ? {} : { version }) },
    );
  if (options.measure !== true) {
    const answer = await send();
    output.result(answerText(what, answer, null), answer);
    return;
  }
  output.remark('Opening a session to measure with.');
  const { answer, seconds } = await measureRevocation(client, send);
  output.result(answerText(what, answer, seconds), { ...answer, secondsToFirstDeniedRead: seconds });
}

const fromProject =
  (project: string, body: Readonly<Record<string, string>>) =>
  async (client: ApiClient): Promise<Request> => {
    const path = `/v1/projects/${encodeURIComponent(project)}`;
    const { version } = await client.get(path, projectView);
    return { path: `${path}/revocations`, body, version };
  };

const fromEverybody = (body: Readonly<Record<string, string>>) => async (): Promise<Request> => ({
  path: '/v1/closures',
  body,
});

function withOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--reason <code>', 'why; kept for ever')
        .choices(revocationReason.options)
        .makeOptionMandatory(),
    )
    .option('--measure', 'print the seconds until a session like a researcher’s is denied (officers)')
    .option('--yes', 'do not ask')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no remarks');
}

export function revokeCommand(): Command {
  const command = new Command('revoke').description(
    'Take access away. New credentials stop at once; running sessions are denied, on AWS within minutes and usually seconds.',
  );
  withOptions(
    command
      .command('member')
      .description('One person from a project (officers; the applicant of the project).')
      .argument('<project>')
      .requiredOption('--person <subject>', 'the person’s subject at the sign-in service'),
  ).action((project: string, options: RevokeOptions & { person: string }) =>
    runCommand(options, (output) =>
      revoke(
        output,
        `${options.person} from ${project}`,
        options,
        fromProject(project, { kind: 'member', person: options.person }),
      ),
    ),
  );
  withOptions(
    command
      .command('grant')
      .description('One grant of a project (officers).')
      .argument('<project>')
      .requiredOption('--grant <grant>', 'id of the grant'),
  ).action((project: string, options: RevokeOptions & { grant: string }) =>
    runCommand(options, (output) =>
      revoke(output, options.grant, options, fromProject(project, { kind: 'grant', grantId: options.grant })),
    ),
  );
  withOptions(
    command
      .command('project')
      .description('A project with all its grants (officers; the applicant of the project).')
      .argument('<project>'),
  ).action((project: string, options: RevokeOptions) =>
    runCommand(options, (output) =>
      revoke(output, project, options, fromProject(project, { kind: 'project' })),
    ),
  );
  withOptions(
    command
      .command('collection')
      .description('A collection for everybody (officers): its legal basis has ended.')
      .argument('<collection>'),
  ).action((collection: string, options: RevokeOptions) =>
    runCommand(options, (output) =>
      revoke(output, collection, options, fromEverybody({ kind: 'collection', collection })),
    ),
  );
  withOptions(
    command.command('everything').description('All access of everybody, at once (officers): break glass.'),
  ).action((options: RevokeOptions) =>
    runCommand(options, (output) =>
      revoke(output, 'everything', options, fromEverybody({ kind: 'everything' })),
    ),
  );
  withOptions(
    command
      .command('canary')
      .description('Nobody’s access: measures how long a revocation takes (officers).'),
  ).action((options: RevokeOptions) =>
    runCommand(options, (output) =>
      revoke(
        output,
        'the canary',
        { ...options, measure: true, yes: true },
        fromEverybody({ kind: 'canary' }),
      ),
    ),
  );
  return command;
}
