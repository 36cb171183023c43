import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type * as z from 'zod';
import {
  type ApplicationSummary,
  applicationsPage,
  applicationView,
} from '../../lambda/register/application.contract';
import { ApiClient } from '../api/api-client';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { table } from '../terminal/text';

interface ListOptions extends OutputOptions {
  readonly all?: boolean;
}

interface DecideOptions extends OutputOptions {
  readonly comment?: string;
}

/** Days that an application has waited. */
function age(application: ApplicationSummary): string {
  if (application.submittedAt === undefined) return '';
  return `${Math.floor((Date.now() - Date.parse(application.submittedAt)) / 86_400_000)} d`;
}

async function list(output: Output, options: ListOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof applicationsPage>;
  const applications: ApplicationSummary[] = [];
  for await (const page of client.pages<Page>('/v1/applications', applicationsPage))
    applications.push(...page.applications.filter((each) => options.all || each.state === 'submitted'));
  applications.sort((a, b) => (a.submittedAt ?? '~').localeCompare(b.submittedAt ?? '~'));
  if (output.json) for (const application of applications) output.result('', application);
  else
    output.result(
      table([
        ['ID', 'AGE', 'STATE', 'COLLECTION', 'DUO', 'TITLE'],
        ...applications.map((each) => [
          each.id,
          age(each),
          each.state,
          each.content.collection ?? '',
          each.duoMatch?.match ?? '',
          each.content.title ?? '',
        ]),
      ]),
      applications,
    );
}

async function show(output: Output, id: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const application = await client.get(`/v1/applications/${encodeURIComponent(id)}`, applicationView);
  const { content, duoMatch } = application;
  const decisions = (application.decisions ?? []).map((each) => `${each.decision} (${each.reviewer})`);
  output.result(
    [
      `${application.id}  ${application.state}`,
      `Title         ${content.title ?? ''}`,
      `Organisation  ${content.organisation ?? ''}`,
      `Collection    ${content.collection ?? ''}, ${content.accessMode}`,
      `Until         ${content.requestedEndsOn ?? ''}`,
      `AI            ${content.aiUse === undefined ? 'not said' : content.aiUse ? 'yes' : 'no'}`,
      `Members       ${content.members.length + 1}`,
      `DUO match     ${duoMatch?.match ?? 'not yet'}`,
      ...(duoMatch?.findings ?? []).map((each) => `  ${each.code}  ${each.match}  ${each.text}`),
      `Decisions     ${decisions.join(', ') || 'none yet'}`,
      '',
      content.purpose ?? '',
      '',
      content.laySummary ?? '',
    ].join('\n'),
    application,
  );
}

async function decide(
  output: Output,
  id: string,
  decision: 'approve' | 'reject' | 'return',
  options: DecideOptions,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const path = `/v1/applications/${encodeURIComponent(id)}`;
  const { version } = await client.get(path, applicationView);
  const application = await client.post(
    `${path}/decisions`,
    { decision, comment: options.comment ?? '' },
    applicationView,
    { key: randomUUID(), version },
  );
  const outcome = {
    approved: `The application is approved: project ${application.projectId}.`,
    rejected: 'The application is rejected.',
    returned: 'The application goes back to the applicant.',
    submitted: 'Your decision is recorded. Another reviewer decides as well.',
    draft: 'Your decision is recorded.',
    closed: 'The application is closed.',
    revoked: 'The project of the application is revoked.',
  }[application.state];
  output.result(outcome, application);
}

export function reviewCommand(): Command {
  const review = new Command('review').description('Read applications and decide on them (reviewers).');
  review
    .command('list')
    .description('Applications that wait for a decision, the oldest first.')
    .option('--all', 'all applications that you may see')
    .option('--json', 'results as JSON, one a line')
    .action((options: ListOptions) => runCommand(options, (output) => list(output, options)));
  review
    .command('show')
    .description('One application in full.')
    .argument('<id>', 'id of the application, a-…')
    .option('--json', 'result as JSON')
    .action((id: string, options: OutputOptions) => runCommand(options, (output) => show(output, id)));
  for (const [decision, description] of [
    ['approve', 'Approve; two approvals make the project.'],
    ['reject', 'Reject, with a reason.'],
    ['return', 'Give back to the applicant, with a question.'],
  ] as const)
    review
      .command(decision)
      .description(description)
      .argument('<id>', 'id of the application, a-…')
      .option('--comment <text>', decision === 'approve' ? 'for the record' : 'why; the applicant reads it')
      .option('--json', 'result as JSON')
      .action((id: string, options: DecideOptions) =>
        runCommand(options, (output) => decide(output, id, decision, options)),
      );
  return review;
}
