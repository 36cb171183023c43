import { Command, InvalidArgumentError, Option } from 'commander';
import type { ImageRead } from '../../lambda/history/history.contract';
import { PLATFORM_CHAIN } from '../../lambda/register/event.contract';
import { readSession } from '../sign-in/session-store';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural, size, table } from '../terminal/text';
import { checkpointsOfFolder, fetchCheckpoints } from './checkpoint-files';
import { exportHistory, type Subject } from './export-history';
import { verificationText } from './findings-text';
import { type Days, HistoryClient } from './history-client';
import { type Format, formats, outcomeText } from './history-rows';
import { accessText, accessToStudy } from './study-access';
import { rememberedHead, rememberHead } from './verified-head';
import { type Verification, verifyCheckpoints, verifyPlatform } from './verify-history';

interface VerifyOptions extends OutputOptions {
  readonly project?: string;
  readonly person?: string;
  readonly all?: boolean;
  readonly checkpoints?: string;
}

interface PeriodOptions extends OutputOptions {
  readonly from?: string;
  readonly to?: string;
}

interface SubjectOptions extends PeriodOptions {
  readonly person?: string;
  readonly project?: string;
  readonly study?: string;
}

interface ExportOptions extends SubjectOptions {
  readonly format: Format;
  readonly to?: string;
  readonly file: string;
}

/** Days that are looked through where nobody says which. */
const USUAL_DAYS = 31;

function parseDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('Give a day as YYYY-MM-DD.');
  return text;
}

/** The period of the options, by default the last 31 days. */
function daysOf({ from, to }: PeriodOptions): Days {
  const last = to ?? new Date().toISOString().slice(0, 10);
  const first = from ?? new Date(Date.parse(last) - (USUAL_DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
  if (first > last)
    throw new CommandError('The period ends before it begins.', exitCode.usage, { code: 'PERIOD_NOT_VALID' });
  return { from: first, to: last };
}

function subjectOf({ person, project, study }: SubjectOptions): Subject {
  if (person !== undefined && project === undefined && study === undefined) return { person };
  if (project !== undefined && person === undefined && study === undefined) return { project };
  if (study !== undefined && person === undefined && project === undefined) return { study };
  throw new CommandError('Whose history?', exitCode.usage, {
    code: 'SUBJECT_MISSING',
    fix: 'Add one of --person r-…, --project p-… and --study UID.',
  });
}

function chainOf({ person, project, all }: VerifyOptions): string | null {
  if (person !== undefined && project !== undefined)
    throw new CommandError('One chain, or all of them?', exitCode.usage, {
      code: 'SUBJECT_MISSING',
      fix: 'Add one of --project p-…, --person r-… and --all.',
    });
  return all ? null : (person ?? project ?? null);
}

async function verify(output: Output, options: VerifyOptions): Promise<ExitCode> {
  const chain = chainOf(options);
  let made: Verification;
  if (options.checkpoints !== undefined) {
    const api = (await readSession())?.api;
    const remembered = api === undefined ? null : await rememberedHead(api);
    made = verifyCheckpoints(await checkpointsOfFolder(options.checkpoints), chain, remembered);
  } else {
    const client = await HistoryClient.signedIn();
    made = await verifyPlatform(client, output, chain, await rememberedHead(client.address));
    if (made.findings.length === 0) await rememberHead(client.address, made.head);
  }
  output.result(verificationText(made), { intact: made.findings.length === 0, ...made });
  return made.findings.length === 0 ? exitCode.ok : exitCode.integrity;
}

async function fetchAll(output: Output, folder: string): Promise<ExitCode> {
  const outcome = await fetchCheckpoints(await HistoryClient.signedIn(), folder);
  output.result(
    `${plural(outcome.fetched, 'checkpoint')} fetched, ${outcome.there} were there.` +
      (outcome.missing.length === 0 ? '' : `\nMissing in the audit bucket: ${outcome.missing.join(', ')}`),
    outcome,
  );
  return outcome.missing.length === 0 ? exitCode.ok : exitCode.integrity;
}

async function exportTo(output: Output, options: ExportOptions): Promise<undefined> {
  const subject = subjectOf(options);
  const readDays = daysOf(options);
  const { from, to, file, format } = options;
  const client = await HistoryClient.signedIn();
  const days = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const counts = await exportHistory(client, subject, days, readDays, { file, format });
  output.result(
    `${plural(counts.events, 'event')}, and ${plural(counts.reads, 'request')} from ${readDays.from} to ${readDays.to}, in ${file}`,
    { ...counts, readsFrom: readDays.from, readsTo: readDays.to, file },
  );
}

function readCells(read: ImageRead): string[] {
  return [
    read.at,
    read.person ?? read.principal,
    read.projectId ?? '-',
    read.study ?? '-',
    read.operation,
    read.bytes === null ? '-' : size(read.bytes),
    outcomeText(read),
  ];
}

async function listReads(output: Output, options: SubjectOptions): Promise<undefined> {
  const { person, project, study } = options;
  const client = await HistoryClient.signedIn();
  const rows: string[][] = [['TIME', 'PERSON', 'PROJECT', 'STUDY', 'OPERATION', 'BYTES', 'OUTCOME']];
  for await (const read of client.reads({ person, project, study }, daysOf(options))) {
    if (output.json) output.result('', read);
    else rows.push(readCells(read));
  }
  if (!output.json) output.result(table(rows), null);
}

async function showAccess(output: Output, study: string, options: PeriodOptions): Promise<undefined> {
  const days = daysOf(options);
  const grants = await accessToStudy(await HistoryClient.signedIn(), study, days);
  output.result(accessText(grants, days), { study, ...days, grants });
}

const json = () => new Option('--json', 'result as JSON');
const fromDay = () => new Option('--from <day>', 'first day, UTC, YYYY-MM-DD').argParser(parseDay);
const toDay = () => new Option('--to <day>', 'last day, UTC; by default today').argParser(parseDay);
const ofPerson = () => new Option('--person <pseudonym>', 'of this person, r-…');
const ofProject = () => new Option('--project <id>', 'of this project, p-…');
const ofStudy = () => new Option('--study <uid>', 'of this Study Instance UID');

export function auditCommand(): Command {
  const audit = new Command('audit').description(
    "The register's history and who read which images (auditors).",
  );
  audit
    .command('verify')
    .description(
      'Recompute the history from the register and from the checkpoints of the audit bucket, and compare them event by ' +
        'event. Exit code 0: intact; 5: something differs, and the first event that does is named.',
    )
    .addOption(new Option('--project <id>', 'only the chain of this project, p-…'))
    .addOption(new Option('--person <pseudonym>', 'only the chain of this person, r-…'))
    .option('--all', `every chain, also that of the platform (${PLATFORM_CHAIN}); the default`)
    .option('--checkpoints <folder>', 'checkpoints in this folder, by themselves and without the platform')
    .addOption(json())
    .option('--quiet', 'no progress')
    .action((options: VerifyOptions) => runCommand(options, (output) => verify(output, options)));
  audit
    .command('checkpoints')
    .description('Fetch all checkpoints into a folder, to keep them or to verify them without the platform.')
    .requiredOption('--to <folder>', 'folder; files that are there stay as they are')
    .addOption(json())
    .action((options: OutputOptions & { readonly to: string }) =>
      runCommand(options, (output) => fetchAll(output, options.to)),
    );
  audit
    .command('export')
    .description('Write the events and reads of a person, a project or a study into a file.')
    .argument('<file>', 'file to write')
    .addOption(ofPerson())
    .addOption(ofProject())
    .addOption(ofStudy())
    .addOption(fromDay())
    .addOption(toDay())
    .addOption(
      new Option('--format <format>', 'csv, or json: one object a line')
        .choices(Object.keys(formats))
        .default('csv'),
    )
    .addOption(json())
    .action((file: string, options: Omit<ExportOptions, 'file'>) =>
      runCommand(options, (output) => exportTo(output, { ...options, file })),
    );
  audit
    .command('reads')
    .description('Requests to the image store, allowed and denied; by default of the last 31 days.')
    .addOption(ofPerson())
    .addOption(ofProject())
    .addOption(ofStudy())
    .addOption(fromDay())
    .addOption(toDay())
    .addOption(new Option('--json', 'results as JSON, one a line'))
    .action((options: SubjectOptions) => runCommand(options, (output) => listReads(output, options)));
  audit
    .command('access')
    .description(
      'Who could read a study: grants that cover it or did, members, and credentials of the last 31 days.',
    )
    .argument('<study>', 'Study Instance UID')
    .addOption(fromDay())
    .addOption(toDay())
    .addOption(json())
    .action((study: string, options: PeriodOptions) =>
      runCommand(options, (output) => showAccess(output, study, options)),
    );
  audit
    .command('person')
    .description('The pseudonym under which a person stands in the history.')
    .argument('<subject>', 'subject of the issuer of sign-ins')
    .addOption(json())
    .action((subject: string, options: OutputOptions) =>
      runCommand(options, async (output) => {
        const person = await (await HistoryClient.signedIn()).pseudonymOf(subject);
        output.result(person, { subject, person });
        return undefined;
      }),
    );
  return audit;
}
