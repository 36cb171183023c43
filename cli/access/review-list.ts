import type * as z from 'zod';
import { median } from '../../lambda/platform/median.contract';
import { type ApplicationSummary, applicationsPage } from '../../lambda/register/application.contract';
import { ApiClient } from '../api/api-client';
import type { Output } from '../terminal/output';
import { plural, table } from '../terminal/text';

const agesOf = (applications: readonly ApplicationSummary[]): number[] =>
  applications.flatMap(({ ageWorkingDays }) => ageWorkingDays ?? []);

/** What a queue amounts to: how many wait and how long, and how long decisions took. */
export function queueSummary(applications: readonly ApplicationSummary[]): string {
  const waiting = applications.filter(({ state }) => state === 'submitted');
  const decided = applications.filter(({ decidedAt }) => decidedAt !== undefined);
  const late = waiting.filter(({ overdue }) => overdue);
  const target = applications.find(({ targetWorkingDays }) => targetWorkingDays)?.targetWorkingDays;
  const waits = median(agesOf(waiting));
  const took = median(agesOf(decided));
  return [
    `${plural(waiting.length, 'application')} to decide${waits === null ? '' : `, waiting ${waits} working days (median)`}`,
    ...(target === undefined ? [] : [`${late.length} over the target of ${target}`]),
    ...(took === null ? [] : [`${decided.length} decided after ${took} working days (median)`]),
  ].join('; ');
}

/** Lists what waits for a decision, the longest wait first, or all that the committee may see. */
export async function listQueue(output: Output, options: { readonly all?: boolean }): Promise<undefined> {
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof applicationsPage>;
  const applications: ApplicationSummary[] = [];
  const query = { order: 'age', ...(options.all ? {} : { state: 'submitted' }) };
  for await (const page of client.pages<Page>('/v1/applications', applicationsPage, query))
    applications.push(...page.applications);
  if (output.json) for (const application of applications) output.result('', application);
  else
    output.result(
      table([
        ['ID', 'AGE', '', 'KIND', 'STATE', 'COLLECTION', 'DUO', 'TITLE'],
        ...applications.map((each) => [
          each.id,
          each.ageWorkingDays === undefined ? '' : `${each.ageWorkingDays} d`,
          each.state === 'submitted' && each.overdue ? 'overdue' : '',
          each.kind,
          each.state,
          each.content.collection ?? '',
          each.duoMatch?.match ?? '',
          each.content.title ?? '',
        ]),
      ]),
      applications,
    );
  output.remark(queueSummary(applications));
}
