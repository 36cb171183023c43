import type * as z from 'zod';
import type { QueryEngine } from '../lake/query-engine';
import { canonicalJson } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import { absent } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import type { RequestPerson } from '../platform/request-person';
import { platformChain } from '../register/close-access';
import { type People, readActor } from '../register/people';
import { changeRegister } from '../register/register-change';
import type { RegisterTable } from '../register/register-table';
import {
  acknowledgement,
  type acknowledgementInput,
  acknowledgementReasons,
  type LeakageKind,
  type LeakageReport,
  leakageReport,
} from './leakage.contract';
import { checkLeakage, defaultLeakageLimits, type LeakageLimits } from './leakage-guard';
import { acknowledgementKey, leakageReportKey } from './splits-places';
import { refuseSplits } from './splits-refusals';

export type Acknowledgement = z.infer<typeof acknowledgement>;

export interface LeakagePorts {
  readonly table: RegisterTable;
  readonly objects: Pick<ObjectStore, 'put' | 'readText'>;
  readonly catalogueBucket: string;
  readonly clock: Clock;
}

/** Which of these findings an officer has looked at. */
export async function acknowledgedAmong(
  table: RegisterTable,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await table.getMany(ids.map(acknowledgementKey), acknowledgement);
  return new Set(found.map(({ finding }) => finding));
}

/**
 * Checks what stands on both sides of the split before a release, and keeps the report for officers. A release is made
 * only where `outcome` is `clear`; after findings were acknowledged, or studies withdrawn, it is checked again.
 *
 * @throws LeakageUndecided where there is too much to compare
 */
export async function guardRelease(
  ports: LeakagePorts & { readonly engine: Pick<QueryEngine, 'rows'> },
  release: string,
  limits: LeakageLimits = defaultLeakageLimits,
): Promise<LeakageReport> {
  const { table, objects, catalogueBucket, clock, engine } = ports;
  const report = await checkLeakage(engine, (ids) => acknowledgedAmong(table, ids), {
    release,
    at: clock.now(),
    limits,
  });
  await objects.put({ bucket: catalogueBucket, key: leakageReportKey(release) }, canonicalJson(report), {
    contentType: 'application/json',
  });
  return report;
}

/**
 * The report of the last check for a release.
 * @throws PlatformError REPORT_NOT_FOUND
 */
export async function readLeakageReport(
  { objects, catalogueBucket }: Pick<LeakagePorts, 'objects' | 'catalogueBucket'>,
  release: string,
): Promise<LeakageReport> {
  const text = await objects.readText({ bucket: catalogueBucket, key: leakageReportKey(release) });
  if (text === null) throw refuseSplits('REPORT_NOT_FOUND');
  return leakageReport.parse(JSON.parse(text));
}

/**
 * The report of the last check for a release without what officers have acknowledged since, so that a list that is empty says
 * that the next check stops at none of these.
 *
 * @throws PlatformError REPORT_NOT_FOUND
 */
export async function showLeakage(
  ports: Pick<LeakagePorts, 'table' | 'objects' | 'catalogueBucket'>,
  release: string,
): Promise<LeakageReport> {
  const report = await readLeakageReport(ports, release);
  const since = await acknowledgedAmong(
    ports.table,
    report.findings.map(({ id }) => id),
  );
  return {
    ...report,
    findings: report.findings.filter(({ id }) => !since.has(id)),
    acknowledged: report.acknowledged + since.size,
  };
}

/**
 * Records that an officer has looked at both sides of a finding, and why it is none. The first one who says so is kept.
 *
 * @throws PlatformError ROLE_REQUIRED, REPORT_NOT_FOUND, FINDING_NOT_FOUND, REASON_DOES_NOT_FIT, REGISTER_BUSY
 */
export async function acknowledgeFinding(
  ports: LeakagePorts & People,
  requester: RequestPerson,
  { release, finding, reason }: z.infer<typeof acknowledgementInput>,
): Promise<Acknowledgement> {
  const { table, clock } = ports;
  const { pseudonym: by } = await readActor(ports, requester, ['officer']);
  const report = await readLeakageReport(ports, release);
  const found = report.findings.find(({ id }) => id === finding);
  if (found === undefined) throw refuseSplits('FINDING_NOT_FOUND');
  const { kind } = found;
  const kinds: readonly LeakageKind[] = acknowledgementReasons[reason];
  if (!kinds.includes(kind)) throw refuseSplits('REASON_DOES_NOT_FIT');
  return changeRegister<Acknowledgement>(table, platformChain, async () => {
    const earlier = await table.get(acknowledgementKey(finding), acknowledgement);
    if (earlier !== null) return { unchanged: earlier };
    const at = clock.now();
    const result = { finding, kind, reason, by, at: at.toISOString() };
    return {
      writes: [{ put: { ...acknowledgementKey(finding), ...result }, condition: absent }],
      facts: [{ type: 'leakage-acknowledged', data: { finding, kind, reason } }],
      actor: by,
      at,
      result,
    };
  });
}
