import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { cohortAnswer, newCohort } from '../../lambda/cohorts/cohort.contract';
import { ApiClient } from '../api/api-client';
import { requireProjectId } from '../credentials/project-credentials';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output, OutputOptions } from '../terminal/output';
import { readCohortName } from './cohort-name';
import { countsLine, gateLines, leastRepresented } from './cohort-text';
import { requireFilter } from './filter-fault';

export interface CreateOptions extends OutputOptions {
  readonly project: string;
  readonly where: string;
  readonly name?: string;
  readonly cohort?: string;
  readonly release?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** The name of a cohort that was given none: its filter, in one line. */
const nameOfFilter = (filter: string): string =>
  filter.replaceAll(/\s+/g, ' ').trim().slice(0, 120) || 'Everything';

/** Shows counts and report first, whatever is asked for; then makes the cohort, unless it is a dry run. */
export async function createCohort(output: Output, options: CreateOptions): Promise<undefined> {
  requireFilter(options.where);
  const asked = newCohort.safeParse({
    project: requireProjectId(options.project),
    filter: options.where,
    release: options.release,
    cohort: options.cohort === undefined ? undefined : readCohortName(options.cohort).id,
    name: options.name ?? (options.cohort === undefined ? nameOfFilter(options.where) : undefined),
    reason: options.reason,
    confirm: false,
  });
  if (!asked.success) throw notSuch(asked.error);
  const client = await ApiClient.signedIn();
  const preview = await client.post('/v1/cohorts', asked.data, cohortAnswer);
  if (preview.kind === 'created') throw new Error('a dry run made a cohort');
  const shown = [
    countsLine(preview.counts),
    ...leastRepresented(preview.representation),
    ...gateLines(preview.representation),
  ];
  if (options.dryRun === true) {
    output.result([...shown, 'Nothing was made.'].join('\n'), preview);
    return;
  }
  output.remark(shown.join('\n'));
  if (preview.representation.gate.kind === 'needs-reason' && options.reason === undefined)
    throw new CommandError('The cohort needs a reason.', exitCode.usage, {
      code: 'COHORT_REASON_NEEDED',
      fix: 'Change the filter, or say why you use it all the same: --reason "…" (20 characters or more).',
    });
  const made = await client.post(
    '/v1/cohorts',
    // the release that was shown, although another may have come out since
    { ...asked.data, release: preview.counts.release, confirm: true },
    cohortAnswer,
    { key: randomUUID() },
  );
  if (made.kind !== 'created') throw new Error('no cohort was made');
  const { cohortId, cohortVersion, cite } = made.cohort;
  output.result(`Saved cohort ${cohortId}@v${cohortVersion}   cite as: ${cite}`, made.cohort);
}

function notSuch(error: z.ZodError): CommandError {
  const [issue] = error.issues;
  return new CommandError(`--${String(issue?.path[0] ?? 'project')} is not as it must be.`, exitCode.usage, {
    code: 'OPTION_INVALID',
    detail: issue?.message,
    fix: '`nmip help cohort` shows the options.',
  });
}
