import { Command, Option } from 'commander';
import type * as z from 'zod';
import {
  evaluationSet,
  evaluationSetDefinition,
  evaluationSetsPage,
  evaluationSetView,
  evaluationUse,
  studiesPage,
  useReasons,
  usesPage,
} from '../../lambda/splits/evaluation-set.contract';
import { ApiClient } from '../api/api-client';
import { requireFilter } from '../cohort/filter-fault';
import { readJsonFile } from '../terminal/json-file';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { type CommitmentsOptions, listCommitments, type VerifyOptions, verifyText } from './commitments';
import { setsText, setText, usesText, useText } from './evaluation-set-text';
import { explained } from './set-refusals';

interface VersionOptions extends OutputOptions {
  readonly set: string;
}

interface UseOptions extends OutputOptions {
  readonly project: string;
  readonly model: string;
  readonly reason: string;
}

const setPath = (name: string): string => `/v1/evaluation-sets/${encodeURIComponent(name)}`;
const versionPath = (name: string, version: string): string =>
  `${setPath(name)}/versions/${encodeURIComponent(version)}`;

async function create(output: Output, name: string, file: string): Promise<undefined> {
  const definition = await readJsonFile(file, evaluationSetDefinition);
  requireFilter(definition.filter);
  const client = await ApiClient.signedIn();
  const key = crypto.randomUUID();
  const made = await client
    .post('/v1/evaluation-sets', { name, definition }, evaluationSet, { key })
    .catch((error: unknown) => {
      throw explained(error, definition.stratify);
    });
  output.result(setText(made), made);
}

async function list(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof evaluationSetsPage>;
  const sets: Page['sets'] = [];
  for await (const page of client.pages<Page>('/v1/evaluation-sets', evaluationSetsPage))
    sets.push(...page.sets);
  output.result(setsText(sets), sets);
}

async function show(output: Output, name: string, { set }: VersionOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const shown = await client.get(versionPath(name, set), evaluationSetView);
  output.result(setText(shown), shown);
}

/** Records the use and prints the studies, one a line: who sees the list is on record before it is seen. */
async function use(
  output: Output,
  name: string,
  { set, project, model, reason }: UseOptions & VersionOptions,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const path = versionPath(name, set);
  const key = crypto.randomUUID();
  const recorded = await client
    .post(`${path}/uses`, { project, model, reason }, evaluationUse, { key })
    .catch((error: unknown) => {
      throw explained(error, []);
    });
  const studies: z.infer<typeof studiesPage>['studies'] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: z.infer<typeof studiesPage> = await client.get(`${path}/studies`, studiesPage, {
      use: recorded.id,
      limit: 5000,
      after,
    });
    studies.push(...page.studies);
    after = page.next;
  }
  output.result(useText(recorded, studies), { use: recorded, studies });
}

async function uses(output: Output, name: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof usesPage>;
  const all: Page['uses'] = [];
  for await (const page of client.pages<Page>(`${setPath(name)}/uses`, usesPage)) all.push(...page.uses);
  output.result(usesText(all), all);
}

const apiOption = 'address of the platform’s API; else NMIP_API or that of the last sign-in';

const versionOption = () =>
  new Option('--set <version>', 'version of the set; `nmip evaluation-set list` has the latest').default('1');

export function evaluationSetCommand(): Command {
  const command = new Command('evaluation-set').description(
    'Samples of the held-out patients, against which models are tested (officers; auditors may look; commitments and verify are for everybody).',
  );
  command
    .command('create')
    .description('Draw the next version of a set from a definition, and freeze it.')
    .argument('<name>', 'name of the set')
    .argument('<definition>', 'JSON file; docs/splits.md shows one')
    .option('--json', 'result as JSON')
    .action((name: string, file: string, options: OutputOptions) =>
      runCommand(options, (output) => create(output, name, file)),
    );
  command
    .command('list')
    .description('The latest version of each set.')
    .option('--json', 'result as JSON')
    .action((options: OutputOptions) => runCommand(options, list));
  command
    .command('show')
    .description('A version: what became of each quota, and how much was withdrawn since.')
    .argument('<name>', 'name of the set')
    .addOption(versionOption())
    .option('--json', 'result as JSON')
    .action((name: string, options: VersionOptions) =>
      runCommand(options, (output) => show(output, name, options)),
    );
  command
    .command('use')
    .description('Record that a model is about to see a version, and print its studies (officers).')
    .argument('<name>', 'name of the set')
    .addOption(versionOption())
    .requiredOption('--project <project>', 'project whose model it is')
    .requiredOption('--model <model>', 'name and version of the model')
    .addOption(new Option('--reason <reason>', 'why').choices([...useReasons]).makeOptionMandatory())
    .option('--json', 'result as JSON')
    .action((name: string, options: UseOptions & VersionOptions) =>
      runCommand(options, (output) => use(output, name, options)),
    );
  command
    .command('uses')
    .description('Who let which model see which version, and when; the latest first.')
    .argument('<name>', 'name of the set')
    .option('--json', 'result as JSON')
    .action((name: string, options: OutputOptions) => runCommand(options, (output) => uses(output, name)));
  command
    .command('commitments')
    .description('Hashes of what is held out and of each set, as everybody can see them; needs no sign-in.')
    .option('--api <url>', apiOption)
    .option('--json', 'the public list as JSON')
    .action((options: CommitmentsOptions) =>
      runCommand(options, (output) => listCommitments(output, options)),
    );
  command
    .command('verify')
    .description('Whether a text that you were shown is the one committed to; needs no sign-in.')
    .argument('<file>', 'text of the commitment')
    .option('--commitments <file>', 'the public list as you kept it (default: asked of the platform)')
    .option('--api <url>', apiOption)
    .option('--json', 'result as JSON')
    .action((file: string, options: VerifyOptions) =>
      runCommand(options, (output) => verifyText(output, file, options)),
    );
  return command;
}
