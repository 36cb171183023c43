import { Command, Option } from 'commander';
import { attachmentKind } from '../../lambda/register/attachment.contract';
import { letterKind } from '../../lambda/register/letter.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { forms } from './application-file';
import { assessApplication } from './assess-application';
import {
  amendProject,
  checkApplication,
  closeApplication,
  listOwnApplications,
  newApplication,
  renewProject,
  saveApplication,
  showApplication,
  submitApplication,
} from './edit-application';
import { attachPaper, deletePaper, fetchPaper, listPapers, writeLetter } from './papers';

const jsonOption = ['--json', 'result as JSON'] as const;
const applicationId = ['<id>', 'id of the application, a-…'] as const;
const projectId = ['<project>', 'id of the project, p-…'] as const;
const applicationFile = 'the application as a JSON file; `nmip application template` gives a blank one';

interface SubmitOptions extends OutputOptions {
  readonly submit?: boolean;
}

interface AttachOptions extends OutputOptions {
  readonly kind: (typeof attachmentKind.options)[number];
  readonly delete?: string;
  readonly fetch?: string;
  readonly to?: string;
}

function attach(output: Output, id: string, file: string | undefined, options: AttachOptions) {
  if (options.delete !== undefined) return deletePaper(output, id, options.delete);
  if (options.fetch !== undefined) {
    if (options.to === undefined)
      throw new CommandError('Where should the paper go?', exitCode.usage, {
        code: 'FILE_NOT_NAMED',
        fix: 'Give --to FILE.',
      });
    return fetchPaper(output, id, options.fetch, options.to);
  }
  return file === undefined ? listPapers(output, id) : attachPaper(output, id, file, options.kind);
}

function addEditing(application: Command): void {
  application
    .command('template')
    .description('Print a blank form: every question, no answer.')
    .option('--assessment', 'that of the impact assessment')
    .action((options: { assessment?: boolean }) =>
      runCommand({}, async (output) => {
        const form = options.assessment ? forms.assessment() : forms.application();
        output.result(JSON.stringify(form, null, 2), form);
        return undefined;
      }),
    );
  application
    .command('new')
    .description('Save a new draft.')
    .requiredOption('--file <json>', applicationFile)
    .option('--submit', 'and submit it')
    .option(...jsonOption)
    .action((options: SubmitOptions & { file: string }) =>
      runCommand(options, (output) => newApplication(output, options)),
    );
  application
    .command('save')
    .description('Change a draft or a returned application; unfinished ones save.')
    .argument(...applicationId)
    .requiredOption('--file <json>', applicationFile)
    .option(...jsonOption)
    .action((id: string, options: OutputOptions & { file: string }) =>
      runCommand(options, (output) => saveApplication(output, id, options)),
    );
  application
    .command('check')
    .description('Say all that is missing; exit code 1 where something is.')
    .argument(...applicationId)
    .option(...jsonOption)
    .action((id: string, options: OutputOptions) =>
      runCommand(options, (output) => checkApplication(output, id)),
    );
  application
    .command('submit')
    .description('Give an application to the committee.')
    .argument(...applicationId)
    .option('--file <json>', 'save this first')
    .option(...jsonOption)
    .action((id: string, options: OutputOptions & { file?: string }) =>
      runCommand(options, (output) => submitApplication(output, id, options)),
    );
  application
    .command('close')
    .description('End an application that you no longer want decided.')
    .argument(...applicationId)
    .option(...jsonOption)
    .action((id: string, options: OutputOptions) =>
      runCommand(options, (output) => closeApplication(output, id)),
    );
}

function addReading(application: Command): void {
  application
    .command('show')
    .description('One application in full.')
    .argument(...applicationId)
    .option('--content', 'only what was written, as JSON, to be changed and saved again')
    .option(...jsonOption)
    .action((id: string, options: OutputOptions & { content?: boolean }) =>
      runCommand(options, (output) => showApplication(output, id, options)),
    );
  application
    .command('list')
    .description('Your applications.')
    .option('--json', 'results as JSON, one a line')
    .action((options: OutputOptions) => runCommand(options, listOwnApplications));
  application
    .command('letter')
    .description('A letter of the committee.')
    .argument(...applicationId)
    .addOption(new Option('--kind <kind>', 'which').choices(letterKind.options).default('decision'))
    .option('--to <file>', 'write it there')
    .option('--html', 'as a page of HTML')
    .option(...jsonOption)
    .action((id: string, options: OutputOptions & Parameters<typeof writeLetter>[2]) =>
      runCommand(options, (output) => writeLetter(output, id, options)),
    );
}

function addPapers(application: Command): void {
  application
    .command('assess')
    .description('The impact assessment of an application with a model: show, save, submit.')
    .argument(...applicationId)
    .option(
      '--file <json>',
      'save these answers; `nmip application template --assessment` gives a blank form',
    )
    .option('--submit', 'give it to the committee')
    .option(...jsonOption)
    .action((id: string, options: SubmitOptions & { file?: string }) =>
      runCommand(options, (output) => assessApplication(output, id, options)),
    );
  application
    .command('attach')
    .description('Papers of an application: list them, or send, fetch or delete one.')
    .argument(...applicationId)
    .argument('[pdf]', 'a PDF of at most 25 MB to send')
    .addOption(new Option('--kind <kind>', 'what it is').choices(attachmentKind.options).default('other'))
    .option('--fetch <attachment>', 'fetch this one, f-…')
    .option('--to <file>', 'into this file')
    .option('--delete <attachment>', 'delete this one, f-…')
    .option(...jsonOption)
    .action((id: string, file: string | undefined, options: AttachOptions) =>
      runCommand(options, async (output) => attach(output, id, file, options)),
    );
}

function addEditions(application: Command): void {
  application
    .command('amend')
    .description('Ask for a change of an approved project; `show --content` of the draft gives what stands.')
    .argument(...projectId)
    .option('--file <json>', 'the application as it should be, with `changeReason`')
    .option('--submit', 'and submit it')
    .option(...jsonOption)
    .action((project: string, options: SubmitOptions & { file?: string }) =>
      runCommand(options, (output) => amendProject(output, project, options)),
    );
  application
    .command('renew')
    .description('Ask for a later last day of an approved project.')
    .argument(...projectId)
    .requiredOption('--ends-on <date>', 'last day of access, yyyy-mm-dd')
    .requiredOption('--reason <text>', 'why')
    .option('--submit', 'and submit it')
    .option(...jsonOption)
    .action((project: string, options: SubmitOptions & { endsOn: string; reason: string }) =>
      runCommand(options, (output) => renewProject(output, project, options)),
    );
}

export function applicationCommand(): Command {
  const application = new Command('application').description(
    'Apply for access to a collection, and change or renew what was approved (applicants).',
  );
  addEditing(application);
  addReading(application);
  addPapers(application);
  addEditions(application);
  return application;
}
