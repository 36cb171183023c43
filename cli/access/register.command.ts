import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type RegisterEntry, registerPage } from '../../lambda/public-register/public-register.contract';
import { registerCsv } from '../../lambda/public-register/register-csv.contract';
import { getPublic } from '../api/api-request';
import { apiAddress } from '../sign-in/api-address';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { table } from '../terminal/text';

interface RegisterOptions extends OutputOptions {
  readonly api?: string;
  readonly csv?: boolean;
  readonly to?: string;
}

interface Register {
  readonly projects: readonly RegisterEntry[];
  readonly medianDays: number | null;
}

async function readRegister(api: string): Promise<Register> {
  const projects: RegisterEntry[] = [];
  let next: string | undefined;
  let medianDays: number | null;
  do {
    const query = next === undefined ? '' : `?${new URLSearchParams({ next })}`;
    const page = await getPublic(api, `/v1/register${query}`, registerPage);
    projects.push(...page.projects);
    medianDays = page.median_days_to_decision;
    next = page.next;
  } while (next !== undefined);
  return { projects, medianDays };
}

function registerText({ projects, medianDays }: Register): string {
  const rows = table([
    ['ID', 'TITLE', 'ORGANISATION', 'STATUS', 'FROM', 'UNTIL', 'ACCESS', 'AI'],
    ...projects.map((each) => [
      each.project_id_text,
      each.project_title,
      each.organisation_name,
      each.status,
      each.project_start_date,
      each.project_end_date,
      each.access_mode === 'dae-only' ? 'DAE only' : 'direct',
      each.ai_use ? 'yes' : 'no',
    ]),
  ]);
  return medianDays === null ? rows : `${rows}\n\nMedian days from submission to decision: ${medianDays}`;
}

function fileText({ projects }: Register, csv: boolean): string {
  return csv ? registerCsv(projects, true) : `${JSON.stringify(projects, null, 2)}\n`;
}

async function showRegister(output: Output, options: RegisterOptions): Promise<undefined> {
  const register = await readRegister(await apiAddress(options.api, 'register'));
  if (options.to !== undefined) {
    await writeFile(options.to, fileText(register, options.csv === true));
    output.remark(`${register.projects.length} projects are in ${options.to}.`);
  } else if (options.csv) output.content(fileText(register, true));
  else if (output.json) for (const project of register.projects) output.result('', project);
  else output.result(registerText(register), register);
}

export function registerCommand(): Command {
  return new Command('register')
    .description('The public register of projects. Needs no sign-in.')
    .option('--csv', 'as CSV, with every field')
    .option('--to <file>', 'write to this file: CSV with --csv, else JSON')
    .option('--api <url>', 'address of the platform’s API; else NMIP_API or that of the last sign-in')
    .option('--json', 'results as JSON, one a line')
    .action((options: RegisterOptions) => runCommand(options, (output) => showRegister(output, options)));
}
