import { randomUUID } from 'node:crypto';
import { assessmentView } from '../../lambda/register/impact-assessment.contract';
import { ApiClient } from '../api/api-client';
import type { Output } from '../terminal/output';
import { readAssessmentFile } from './application-file';
import { answerLines } from './application-text';
import { applicationPath } from './edit-application';

/** Saves an impact assessment from a file, gives it to the committee, or shows how it stands. */
export async function assessApplication(
  output: Output,
  id: string,
  options: { readonly file?: string; readonly submit?: boolean },
): Promise<undefined> {
  const content = options.file === undefined ? undefined : await readAssessmentFile(options.file);
  const client = await ApiClient.signedIn();
  const path = `${applicationPath(id)}/assessment`;
  let found = await client.get(path, assessmentView);
  if (content !== undefined) found = await client.put(path, content, assessmentView, found.version);
  if (options.submit)
    found = await client.post(`${path}/submit`, undefined, assessmentView, {
      key: randomUUID(),
      version: found.version,
    });
  output.result(
    [
      `The impact assessment is ${found.state}${found.needed ? '' : ', and not needed: no model is used'}.`,
      ...(found.comment ? [`A reviewer asks: ${found.comment}`] : []),
      ...(found.content === undefined ? [] : answerLines(found.content, '  ')),
    ].join('\n'),
    found,
  );
}

/** A reviewer accepts an assessment, or returns it. */
export async function decideAssessment(
  output: Output,
  id: string,
  decision: 'accept' | 'return',
  comment: string,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const path = `${applicationPath(id)}/assessment`;
  const { version } = await client.get(path, assessmentView);
  const body = { decision, comment };
  const decided = await client.post(`${path}/decisions`, body, assessmentView, {
    key: randomUUID(),
    version,
  });
  output.result(
    decision === 'accept' ? 'The assessment is accepted.' : 'The assessment goes back to the applicant.',
    decided,
  );
}
