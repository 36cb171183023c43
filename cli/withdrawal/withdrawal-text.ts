import type * as z from 'zod';
import type { withdrawalCounts, withdrawalView } from '../../lambda/withdrawal/withdrawal.contract';
import { count, plural } from '../terminal/text';

export type WithdrawalView = z.infer<typeof withdrawalView>;

/** What a withdrawal would delete, or has deleted. */
export function countsText(counts: z.infer<typeof withdrawalCounts>): string {
  const { patients, studies, series, instances, imageSets, quarantined, submissions, projects } = counts;
  const lines = [
    `${plural(patients, 'patient')}, ${plural(studies, 'study', 'studies')}, ${plural(series, 'series', 'series')}, ${plural(instances, 'instance')}`,
    `${plural(imageSets, 'image set')}, ${plural(quarantined, 'quarantined file')}, in ${plural(submissions, 'submission')}`,
    `${plural(projects, 'project')} with a grant for some of it`,
  ];
  if (counts.submissionsUnderWay > 0)
    lines.push(
      `${plural(counts.submissionsUnderWay, 'submission')} under way: the withdrawal waits for the end`,
    );
  if (counts.instancesOfOthers > 0)
    lines.push(
      `${plural(counts.instancesOfOthers, 'instance')} of other trusts that go with an image set they share`,
    );
  return lines.join('\n');
}

/** A withdrawal in words; `received` is all that a trust learns. */
export function withdrawalText(view: WithdrawalView): string {
  const lines = [`Withdrawal ${view.id}: ${view.state} (${view.kind}, ${view.reason})`];
  if (view.received !== undefined)
    lines.push(
      `${plural(view.received, 'patient')} received${
        view.unreadable ? `, ${plural(view.unreadable, 'line')} that name nobody` : ''
      }`,
    );
  if (view.counts) lines.push(countsText(view.counts));
  if (view.progress && view.state === 'withdrawing')
    lines.push(
      `${count(view.progress.imageSetsDeleted)} of ${plural(view.progress.imageSets, 'image set')} deleted`,
    );
  if (view.finishedAt) lines.push(`Done ${view.finishedAt}.`);
  return lines.join('\n');
}
