import type { QueryEngine } from '../lake/query-engine';
import type { RegisterTable } from '../register/register-table';
import { guardRelease as checkBothSides, type LeakagePorts } from '../splits/leakage-records';
import { moveRelease } from './move-release';
import { findingsDigest } from './release-decisions';
import { requireRelease } from './release-store';
import type { StepOutcome } from './steps.contract';

export interface GuardReleasePorts extends LeakagePorts {
  readonly table: RegisterTable;
  readonly engine: Pick<QueryEngine, 'rows'>;
}

/**
 * Holds a release back while something stands on both sides of the split that no officer has looked at. Asked again at each
 * execution: what was withdrawn meanwhile is no finding any more, and what has come is one. The list is for officers.
 */
export async function guardRelease(ports: GuardReleasePorts, release: string): Promise<StepOutcome> {
  if ((await requireRelease(ports.table, release)).state === 'published') return { release, held: false };
  const report = await checkBothSides(ports, release);
  if (report.outcome === 'clear') return { release, held: false };
  await moveRelease(ports.table, release, 'stopped', {
    stop: {
      kind: 'gate',
      about: 'leakage',
      findings: report.more ? 0 : report.findings.length,
      digest: findingsDigest(report.findings.map(({ id }) => id)),
    },
  });
  return { release, held: true };
}
