import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import type * as z from 'zod';
import { accessMode } from '../../lambda/platform/configuration.contract';
import { type ApplicationView, applicationView } from '../../lambda/register/application.contract';
import { applicationDraft } from '../../lambda/register/application-content.contract';
import { ApiClient } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import { readJsonFile } from '../terminal/json-file';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';

interface ApplyOptions extends OutputOptions {
  readonly file?: string;
  readonly application?: string;
  readonly draft?: boolean;
  readonly title?: string;
  readonly organisation?: string;
  readonly collection?: string;
  readonly purpose?: string;
  readonly laySummary?: string;
  readonly duo?: string[];
  readonly member?: string[];
  readonly accessMode?: z.infer<typeof accessMode>;
  readonly endsOn?: string;
  readonly aiUse?: boolean;
}

/** Fields of the file, with those given as options in their place. */
async function draftFrom(options: ApplyOptions): Promise<z.infer<typeof applicationDraft>> {
  const fromFile = options.file === undefined ? {} : await readJsonFile(options.file, applicationDraft);
  const given = {
    title: options.title,
    organisation: options.organisation,
    collection: options.collection,
    purpose: options.purpose,
    laySummary: options.laySummary,
    duoCodes: options.duo,
    members: options.member,
    accessMode: options.accessMode,
    requestedEndsOn: options.endsOn,
    aiUse: options.aiUse,
  };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const draft = { ...fromFile, ...fields };
  if (Object.keys(draft).length === 0)
    throw new CommandError('What do you apply for?', exitCode.usage, {
      code: 'APPLICATION_EMPTY',
      fix: 'Give --file with the application as JSON, or its fields as options.',
    });
  const parsed = applicationDraft.safeParse(draft);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CommandError('The application cannot be saved.', exitCode.usage, {
    code: 'APPLICATION_NOT_VALID',
    detail: issue ? `${issue.path.join('.')}: ${issue.message}` : undefined,
  });
}

async function saveAgain(
  client: ApiClient,
  id: string,
  draft: z.infer<typeof applicationDraft>,
): Promise<ApplicationView> {
  const path = `/v1/applications/${encodeURIComponent(id)}`;
  const { version } = await client.get(path, applicationView);
  return client.put(path, draft, applicationView, version);
}

async function apply(output: Output, options: ApplyOptions): Promise<undefined> {
  const draft = await draftFrom(options);
  const client = await ApiClient.signedIn();
  const saved = options.application
    ? await saveAgain(client, options.application, draft)
    : await client.post('/v1/applications', draft, applicationView, { key: randomUUID() });
  if (options.draft) {
    output.result(`Application ${saved.id} is saved as a draft.`, saved);
    return;
  }
  output.remark(`Application ${saved.id} is saved.`);
  const submitted = await client.post(`/v1/applications/${saved.id}/submit`, {}, applicationView, {
    key: randomUUID(),
    version: saved.version,
  });
  const match = submitted.duoMatch?.match;
  const remark =
    match === undefined || match === 'true'
      ? ''
      : '\nIts data use codes do not plainly fit the collection: the committee will look at them.';
  output.result(`Application ${saved.id} is submitted. Two reviewers decide on it.${remark}`, submitted);
}

export function applyCommand(): Command {
  return new Command('apply')
    .description('Apply for access to a collection: saves the application and submits it.')
    .option('--file <json>', 'the application as a JSON file; options take the place of its fields')
    .option('--application <id>', 'change and submit this draft or returned application')
    .option('--draft', 'save without submitting')
    .option('--title <text>')
    .option('--organisation <name>')
    .option('--collection <id>')
    .option('--purpose <text>', 'what will be done with the images, for the committee')
    .option('--lay-summary <text>', 'the same for the public, in plain words')
    .option('--duo <codes...>', 'data use codes, e.g. DUO:0000007')
    .option('--member <subjects...>', 'other members of the project')
    .addOption(new Option('--access-mode <mode>').choices(accessMode.options))
    .option('--ends-on <date>', 'last day of access, yyyy-mm-dd')
    .option('--ai-use', 'an AI model is trained, tested or run on the images')
    .option('--no-ai-use')
    .option('--json', 'result as JSON')
    .action((options: ApplyOptions) => runCommand(options, (output) => apply(output, options)));
}
