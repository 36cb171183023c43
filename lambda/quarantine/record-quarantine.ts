import { quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import type { FileFate, ManifestEntry } from '../deidentification/pipeline.contract';
import type { ReceiptPayload, SubmissionRecord } from '../submission/submission.contract';
import type { ProcessingRules, WaitingRecord } from './quarantine.contract';
import type { QuarantineRecords } from './quarantine-records';
import { expiryOf, type QuarantineTimes } from './quarantine-time';

export interface RecordQuarantinePorts {
  readonly quarantined: Pick<QuarantineRecords, 'add'>;
  readonly manifests: { readAll(submissionId: string): Promise<readonly ManifestEntry[]> };
  /** Rules under which the files of a collection are processed. */
  readonly rulesOf: (collection: string) => ProcessingRules;
  readonly times: QuarantineTimes;
}

/** The records of a submission's quarantined files; the same receipt gives the same records. */
export function quarantineRecordsOf(
  submission: Pick<SubmissionRecord, 'id' | 'trust' | 'collection' | 'createdAt'>,
  receipt: Pick<ReceiptPayload, 'issuedAt'>,
  fates: readonly FileFate[],
  entries: readonly ManifestEntry[],
  { rules, times }: { readonly rules: ProcessingRules; readonly times: QuarantineTimes },
): WaitingRecord[] {
  const byOrdinal = new Map(entries.map((entry) => [entry.ordinal, entry]));
  const createdAt = new Date(submission.createdAt);
  const quarantinedAt = new Date(receipt.issuedAt);
  return fates.flatMap((fate): WaitingRecord[] => {
    if (fate.outcome !== 'quarantined') return [];
    const { ordinal, code, tagPath, held } = fate;
    const sent = byOrdinal.get(ordinal);
    if (sent === undefined) throw new Error(`no manifest entry of file ${ordinal}`);
    // What stays of an archive has been set apart and is a file of its own now. Digests of parts, 10,000 at most, would
    // outgrow an item; files that may be released have some two thousand at most, since they are below 10 GB.
    const { archived: _, parts, ...file } = sent;
    const released = parts !== undefined && quarantineReasons[code].release !== 'never';
    const entry = released ? { ...file, parts } : file;
    return [
      {
        state: 'waiting',
        submission: submission.id,
        ordinal,
        trust: submission.trust,
        collection: submission.collection,
        code,
        tagPath,
        held,
        entry,
        rules,
        quarantinedAt: receipt.issuedAt,
        expiresAt: expiryOf(held, { quarantinedAt, createdAt }, times).toISOString(),
        replays: 0,
      },
    ];
  });
}

/** Records the quarantined files of a submission whose receipt stands. A second run changes nothing. */
export async function recordQuarantine(
  ports: RecordQuarantinePorts,
  submission: SubmissionRecord,
  receipt: ReceiptPayload,
  fates: readonly FileFate[],
): Promise<void> {
  if (receipt.totals.quarantined === 0) return;
  const entries = await ports.manifests.readAll(submission.id);
  const rules = ports.rulesOf(submission.collection);
  await ports.quarantined.add(
    quarantineRecordsOf(submission, receipt, fates, entries, { rules, times: ports.times }),
  );
}
