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
  const application = await applicant.record([
    'apply',
    '--title',
    title,
    '--organisation',
    'Research organisation A',
    '--collection',
    collection,
    '--purpose',
    'To show on one machine how an approved project reads images, and what it cannot read.',
    '--lay-summary',
    'This shows how the platform works. No image is of a real person.',
    '--duo',
    'DUO:0000007',
    'DUO:0000026',
    'DUO:0000029',
    '--access-mode',
    'dae-only',
    '--ends-on',
    dayFromNow(accessDays),
    '--ai-use',
  ]);
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
