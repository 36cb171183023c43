import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoApplication } from './demo-application';
import { type DemoPeople, personOf } from './demo-people';

const title = 'Demonstration of the embedded platform';
const accessDays = 180;

/** A day in that many days, yyyy-mm-dd. */
function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Has a researcher apply for a collection and two reviewers of other organisations approve. A project that an earlier
 * run left is used again.
 * @returns id of the project
 */
export async function obtainProject(people: DemoPeople, collection: string): Promise<string> {
  const applicant = personOf(people, 'applicant-1');
  const projects = await applicant.records(['projects']);
  const known = projects.find(
    (project) => project.title === title && project.collection === collection && project.status === 'active',
  );
  if (known !== undefined) return String(known.id);
  const file = join(applicant.home, 'application.json');
  const content = demoApplication(title, collection, dayFromNow(accessDays));
  await writeFile(file, JSON.stringify(content, null, 2));
  const application = await applicant.record(['application', 'new', '--file', file, '--submit']);
  let decided: Record<string, unknown> = {};
  for (const reviewer of ['reviewer-1', 'reviewer-2'])
    decided = await personOf(people, reviewer).record([
      'review',
      'approve',
      String(application.id),
      '--comment',
      'Approved for the demonstration.',
    ]);
  if (decided.state !== 'approved')
    throw new Error(`Two approvals left the application ${String(decided.state)}.`);
  return String(decided.projectId);
}
