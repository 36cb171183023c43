import { Command } from 'commander';
import type * as z from 'zod';
import { type ProjectView, projectsPage, projectView } from '../../lambda/register/project.contract';
import { ApiClient } from '../api/api-client';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { table } from '../terminal/text';

const accessText = { 'dae-only': 'DAE only', direct: 'direct' } as const;

async function listProjects(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof projectsPage>;
  const projects: ProjectView[] = [];
  for await (const page of client.pages<Page>('/v1/projects', projectsPage)) projects.push(...page.projects);
  if (output.json) for (const project of projects) output.result('', project);
  else
    output.result(
      table([
        ['ID', 'TITLE', 'STATUS', 'COLLECTION', 'ENDS', 'ACCESS'],
        ...projects.map((each) => [
          each.id,
          each.title,
          each.status,
          each.collection,
          each.endsOn,
          accessText[each.accessMode],
        ]),
      ]),
      projects,
    );
}

async function showProject(output: Output, id: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const project = await client.get(`/v1/projects/${encodeURIComponent(id)}`, projectView);
  const grants = (project.grants ?? []).map(
    (grant) =>
      `  ${grant.id}  ${grant.collection}, ${grant.split}, ${accessText[grant.accessMode]}, until ${grant.endsOn}, ${grant.status}`,
  );
  output.result(
    [
      `${project.id}  ${project.title}`,
      `Status   ${project.status}, until ${project.endsOn} 23:59 London`,
      `Members  ${project.members.join(', ')}`,
      'Grants',
      ...grants,
      '',
      `Images:       nmip download --project ${project.id} --to DIR`,
      `AWS tools:    nmip configure aws --project ${project.id}`,
    ].join('\n'),
    project,
  );
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
