import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import {
  type ApplicationSummary,
  type ApplicationView,
  applicationsPage,
  applicationView,
  shortcomings,
} from '../../lambda/register/application.contract';
import type { ApplicationDraft } from '../../lambda/register/application-content.contract';
import { assessmentView } from '../../lambda/register/impact-assessment.contract';
import { ApiClient } from '../api/api-client';
import { type ExitCode, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { plural, table } from '../terminal/text';
import { readApplicationFile } from './application-file';
import { applicationText, shortcomingLines } from './application-text';

export const applicationPath = (id: string) => `/v1/applications/${encodeURIComponent(id)}`;
const projectPath = (id: string) => `/v1/projects/${encodeURIComponent(id)}`;

function save(
  client: ApiClient,
  current: ApplicationView,
  draft: ApplicationDraft,
): Promise<ApplicationView> {
  return client.put(applicationPath(current.id), draft, applicationView, current.version);
}

async function saveFile(client: ApiClient, id: string, file: string): Promise<ApplicationView> {
  const draft = await readApplicationFile(file);
  return save(client, await client.get(applicationPath(id), applicationView), draft);
}

async function submit(output: Output, client: ApiClient, saved: ApplicationView): Promise<void> {
  const submitted = await client.post(`${applicationPath(saved.id)}/submit`, undefined, applicationView, {
    key: randomUUID(),
    version: saved.version,
  });
  const match = submitted.duoMatch?.match;
  const remarks = [
    match === undefined || match === 'true'
      ? ''
      : '\nIts data use codes do not plainly fit the collection: the committee will look at them.',
    submitted.content.aiUse
      ? `\nA model is used: it is not approved before its impact assessment is accepted (nmip application assess ${saved.id}).`
      : '',
  ];
  output.result(
    `Application ${saved.id} is submitted. Two reviewers decide on it.${remarks.join('')}`,
    submitted,
  );
}

async function savedOrSubmitted(
  output: Output,
  client: ApiClient,
  saved: ApplicationView,
  options: { readonly submit?: boolean | undefined },
): Promise<undefined> {
  if (options.submit) {
    output.remark(`Application ${saved.id} is saved.`);
    await submit(output, client, saved);
    return;
  }
  output.result(
    `Application ${saved.id} is saved as a ${saved.state === 'returned' ? 'change' : 'draft'}.`,
    saved,
  );
}

/** Makes a draft from a file, and submits it if asked. */
export async function newApplication(
  output: Output,
  options: { readonly file: string; readonly submit?: boolean },
): Promise<undefined> {
  const draft = await readApplicationFile(options.file);
  const client = await ApiClient.signedIn();
  const saved = await client.post('/v1/applications', draft, applicationView, { key: randomUUID() });
  return savedOrSubmitted(output, client, saved, options);
}

/** Puts the content of a file in the place of a draft's or returned application's. */
export async function saveApplication(
  output: Output,
  id: string,
  options: { readonly file: string },
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  return savedOrSubmitted(output, client, await saveFile(client, id, options.file), {});
}

/** Submits an application, with the content of a file if one is given. */
export async function submitApplication(
  output: Output,
  id: string,
  options: { readonly file?: string },
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const saved =
    options.file === undefined
      ? await client.get(applicationPath(id), applicationView)
      : await saveFile(client, id, options.file);
  await submit(output, client, saved);
}

/** Says what is missing; exit code 1 where something is. */
export async function checkApplication(output: Output, id: string): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const answer = await client.get(`${applicationPath(id)}/shortcomings`, shortcomings);
  const { length } = answer.shortcomings;
  const lines = shortcomingLines(answer.shortcomings);
  output.result(
    length === 0
      ? 'Nothing is missing.'
      : [`${plural(length, 'thing')} to do before it can be submitted:`, ...lines].join('\n'),
    answer,
  );
  return length === 0 ? exitCode.ok : exitCode.rejections;
}

export async function showApplication(
  output: Output,
  id: string,
  options: { readonly content?: boolean },
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const application = await client.get(applicationPath(id), applicationView);
  if (options.content) {
    output.result(JSON.stringify(application.content, null, 2), application.content);
    return;
  }
  const assessment = application.content.aiUse
    ? await client.get(`${applicationPath(id)}/assessment`, assessmentView)
    : null;
  output.result(applicationText(application, assessment), application);
}

export async function listOwnApplications(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof applicationsPage>;
  const applications: ApplicationSummary[] = [];
  const query = { scope: 'own' };
  for await (const page of client.pages<Page>('/v1/applications', applicationsPage, query))
    applications.push(...page.applications);
  if (output.json) for (const application of applications) output.result('', application);
  else
    output.result(
      table([
        ['ID', 'KIND', 'STATE', 'COLLECTION', 'PROJECT', 'TITLE'],
        ...applications.map((each) => [
          each.id,
          each.kind,
          each.state,
          each.content.collection ?? '',
          each.projectId,
          each.content.title ?? '',
        ]),
      ]),
      applications,
    );
}

export async function closeApplication(output: Output, id: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { version } = await client.get(applicationPath(id), applicationView);
  const closed = await client.post(`${applicationPath(id)}/close`, undefined, applicationView, {
    key: randomUUID(),
    version,
  });
  output.result(`Application ${id} is closed; nobody decides on it.`, closed);
}

/** Begins an amendment, with the content of a file if one is given. */
export async function amendProject(
  output: Output,
  project: string,
  options: { readonly file?: string; readonly submit?: boolean },
): Promise<undefined> {
  const draft = options.file === undefined ? undefined : await readApplicationFile(options.file);
  const client = await ApiClient.signedIn();
  const path = `${projectPath(project)}/amendments`;
  const begun = await client.post(path, undefined, applicationView, { key: randomUUID() });
  const saved = draft === undefined ? begun : await save(client, begun, draft);
  return savedOrSubmitted(output, client, saved, options);
}

/** Asks for a later last day, and says why. */
export async function renewProject(
  output: Output,
  project: string,
  options: { readonly endsOn: string; readonly reason: string; readonly submit?: boolean },
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const path = `${projectPath(project)}/renewals`;
  const begun = await client.post(path, undefined, applicationView, { key: randomUUID() });
  const saved = await save(client, begun, {
    ...begun.content,
    requestedEndsOn: options.endsOn,
    changeReason: options.reason,
  });
  return savedOrSubmitted(output, client, saved, options);
}
