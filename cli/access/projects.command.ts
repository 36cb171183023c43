import { Command } from 'commander';
import type * as z from 'zod';
import { type ProjectView, projectsPage, projectView } from '../../lambda/register/project.contract';
import { ApiClient } from '../api/api-client';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { table } from '../terminal/text';

const accessText = { 'dae-only': 'DAE only', direct: 'direct' } as const;

/** So many days before the end the first reminder comes. */
const WARNED_DAYS = 30;

/** Of which steps people were reminded. */
function remindedText(reminders: ProjectView['grants'][number]['reminders']): string {
  const steps = (reminders ?? []).map(({ daysBefore }) => daysBefore);
  return steps.length === 0 ? '' : `, reminded ${steps.join(', ')} days before`;
}

/** Days that are left, for people. */
function left({ daysLeft, accessShut }: ProjectView): string {
  if (accessShut !== null) return 'shut';
  if (daysLeft === null) return '-';
  return daysLeft === 1 ? '1 day' : `${daysLeft} days`;
}

/** What a person should know of a project beside its record. */
function warnings({ id, daysLeft, accessShut }: ProjectView): string[] {
  const shut = {
    PLATFORM_CLOSED: 'The platform is closed for now: nobody is given credentials.',
    COLLECTION_CLOSED: 'The collection is closed: nobody is given credentials for it.',
  } as const;
  return [
    ...(accessShut === null ? [] : [`${id}: ${shut[accessShut]}`]),
    ...(daysLeft !== null && daysLeft <= WARNED_DAYS
      ? [`${id}: access ends in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}. Ask for a renewal in time.`]
      : []),
  ];
}

async function listProjects(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof projectsPage>;
  const projects: ProjectView[] = [];
  for await (const page of client.pages<Page>('/v1/projects', projectsPage)) projects.push(...page.projects);
  if (output.json) for (const project of projects) output.result('', project);
  else
    output.result(
      table([
        ['ID', 'TITLE', 'STATUS', 'COLLECTION', 'ENDS', 'LEFT', 'ACCESS'],
        ...projects.map((each) => [
          each.id,
          each.title,
          each.status,
          each.collection,
          each.endsOn,
          left(each),
          accessText[each.accessMode],
        ]),
      ]),
      projects,
    );
  for (const warning of projects.flatMap(warnings)) output.remark(warning);
}

async function showProject(output: Output, id: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const project = await client.get(`/v1/projects/${encodeURIComponent(id)}`, projectView);
  const grants = (project.grants ?? []).map(
    (grant) =>
      `  ${grant.id}  ${grant.collection}, ${grant.split}, ${accessText[grant.accessMode]}, until ${grant.endsOn}, ${grant.status}${remindedText(grant.reminders)}`,
  );
  output.result(
    [
      `${project.id}  ${project.title}`,
      `Status   ${project.status}, until ${project.endsOn} 23:59 London${project.daysLeft === null ? '' : `, ${left(project)} left`}`,
      `Access   ${accessText[project.accessMode]}`,
      `Members  ${project.members.join(', ')}`,
      'Grants',
      ...grants,
      '',
      `Images:       nmip download --project ${project.id} --to DIR`,
      `AWS tools:    nmip configure aws --project ${project.id}`,
    ].join('\n'),
    project,
  );
  for (const warning of warnings(project)) output.remark(warning);
}

export function projectsCommand(): Command {
  return new Command('projects')
    .description('The projects that you are a member of, or one of them with its grants.')
    .argument('[id]', 'id of a project, p-…')
    .option('--json', 'results as JSON, one a line')
    .action((id: string | undefined, options: OutputOptions) =>
      runCommand(options, (output) => (id === undefined ? listProjects(output) : showProject(output, id))),
    );
}
