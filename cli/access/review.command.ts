import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { applicationView } from '../../lambda/register/application.contract';
import { type Condition, condition, conditionCodes } from '../../lambda/register/condition.contract';
import { ApiClient } from '../api/api-client';
import { decideAssessment } from '../application/assess-application';
import { applicationPath, showApplication } from '../application/edit-application';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { listQueue } from './review-list';

interface DecideOptions extends OutputOptions {
  readonly comment?: string;
  readonly condition?: Condition[];
  readonly proposedConditions?: boolean;
}

/**
 * A condition as `code`, `code=text`, or `ends-earlier=yyyy-mm-dd`, after those given before it.
 * @throws InvalidArgumentError
 */
export function addCondition(given: string, before: Condition[] = []): Condition[] {
  const at = given.indexOf('=');
  const [code, words] = at < 0 ? [given, undefined] : [given.slice(0, at), given.slice(at + 1)];
  const field = code === 'ends-earlier' ? 'endsOn' : 'text';
  const parsed = condition.safeParse({ code, ...(words === undefined ? {} : { [field]: words }) });
  if (parsed.success) return [...before, parsed.data];
  throw new InvalidArgumentError(
    `Give one of ${conditionCodes.join(', ')}; with =TEXT, and ends-earlier with =yyyy-mm-dd.`,
  );
}

async function decide(
  output: Output,
  id: string,
  decision: 'approve' | 'reject' | 'return',
  options: DecideOptions,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { version, proposedConditions } = await client.get(applicationPath(id), applicationView);
  const conditions = [
    ...(options.proposedConditions ? (proposedConditions ?? []) : []),
    ...(options.condition ?? []),
  ];
  const application = await client.post(
    `${applicationPath(id)}/decisions`,
    { decision, comment: options.comment ?? '', ...(conditions.length === 0 ? {} : { conditions }) },
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

function addDecisions(review: Command): void {
  const approve = review
    .command('approve')
    .description('Approve; two approvals with the same conditions make or amend the project.')
    .option('--comment <text>', 'for the record')
    .option(
      '--condition <condition>',
      'may be repeated: CODE, CODE=TEXT, ends-earlier=yyyy-mm-dd',
      addCondition,
    )
    .option('--proposed-conditions', 'those of the first approval');
  const reject = review
    .command('reject')
    .description('Reject, with a reason.')
    .option('--comment <text>', 'why; the applicant reads it');
  const giveBack = review
    .command('return')
    .description('Give back to the applicant, with a question.')
    .option('--comment <text>', 'the question; the applicant reads it');
  for (const [command, decision] of [
    [approve, 'approve'],
    [reject, 'reject'],
    [giveBack, 'return'],
  ] as const)
    command
      .argument('<id>', 'id of the application, a-…')
      .option('--json', 'result as JSON')
      .action((id: string, options: DecideOptions) =>
        runCommand(options, (output) => decide(output, id, decision, options)),
      );
}

function addAssessmentDecisions(review: Command): void {
  for (const [name, decision, description] of [
    ['accept-assessment', 'accept', 'Accept the impact assessment of an application with a model.'],
    ['return-assessment', 'return', 'Give the impact assessment back, with a question.'],
  ] as const)
    review
      .command(name)
      .description(description)
      .argument('<id>', 'id of the application, a-…')
      .option(
        '--comment <text>',
        decision === 'return' ? 'the question; the applicant reads it' : 'for the record',
      )
      .option('--json', 'result as JSON')
      .action((id: string, options: OutputOptions & { comment?: string }) =>
        runCommand(options, (output) => decideAssessment(output, id, decision, options.comment ?? '')),
      );
}

export function reviewCommand(): Command {
  const review = new Command('review').description('Read applications and decide on them (reviewers).');
  review
    .command('list')
    .description('Applications that wait for a decision, the longest wait first.')
    .option('--all', 'all applications that you may see')
    .option('--json', 'results as JSON, one a line')
    .action((options: OutputOptions & { all?: boolean }) =>
      runCommand(options, (output) => listQueue(output, options)),
    );
  review
    .command('show')
    .description('One application in full.')
    .argument('<id>', 'id of the application, a-…')
    .option('--json', 'result as JSON')
    .action((id: string, options: OutputOptions) =>
      runCommand(options, (output) => showApplication(output, id, {})),
    );
  addDecisions(review);
  addAssessmentDecisions(review);
  return review;
}
