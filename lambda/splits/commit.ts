import { publishCount, publishItems } from '../../statistics/disclosure/published-count';
import type { QueryEngine } from '../lake/query-engine';
import { heldOutStudiesSelect, heldOutStudyRow } from '../lake/sql/held-out-studies';
import type { Clock } from '../platform/clock';
import { absent, type TransactionWrite } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import { platformChain } from '../register/close-access';
import type { Actor } from '../register/event.contract';
import { changeRegister } from '../register/register-change';
import type { RegisterTable } from '../register/register-table';
import {
  type Commitment,
  type CommitmentSubject,
  commitment,
  commitmentName,
  committedText,
  sha256Of,
} from './commitment.contract';
import { commitmentSalt, type SplitsKeys } from './splits-keys';
import { commitmentKey, committedTextKey } from './splits-places';
import { refuseSplits } from './splits-refusals';

export interface CommitPorts {
  readonly table: RegisterTable;
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly catalogueBucket: string;
  readonly clock: Clock;
  readonly keys: () => Promise<SplitsKeys>;
}

type Studies = readonly { readonly collection: string; readonly study: string }[];

/** A text that stands in the bucket, and what the public record of it will say. */
export type Committed = Pick<Commitment, 'subject' | 'sha256'>;

/**
 * Writes the text of a commitment under its hash, once. The salt follows from what is committed to, so that an attempt
 * which is cut short and made again writes the same text.
 */
export async function keepCommittedText(
  { objects, catalogueBucket, keys }: Omit<CommitPorts, 'table' | 'clock'>,
  subject: CommitmentSubject,
  studies: Studies,
): Promise<Committed> {
  const text = committedText(
    subject,
    commitmentSalt((await keys()).commitment, commitmentName(subject)),
    studies,
  );
  const sha256 = sha256Of(text);
  await objects.put({ bucket: catalogueBucket, key: committedTextKey(sha256) }, text, {
    contentType: 'text/plain; charset=utf-8',
    sha256,
    onlyIfAbsent: true,
  });
  return { subject, sha256 };
}

/** What the public is shown of a commitment. */
export const commitmentOf = (
  committed: Committed,
  counts: { readonly people: number; readonly studies: number },
  at: Date,
): Commitment => ({
  ...committed,
  people: publishCount(counts.people),
  studies: publishItems(counts.studies, counts.people),
  committedAt: at.toISOString(),
});

/** Writes the public record, where there is none to the same subject yet. */
export const commitmentWrite = (record: Commitment): TransactionWrite => ({
  put: { ...commitmentKey(record.subject), ...record },
  condition: absent,
});

/**
 * Commits publicly to the held-out studies of a release, which must stand in the lake. One commitment a release: what was
 * committed to before stays, whatever has been withdrawn since.
 *
 * @throws PlatformError NOTHING_HELD_OUT, REGISTER_BUSY
 */
export async function commitHeldOut(
  ports: CommitPorts & { readonly engine: Pick<QueryEngine, 'rows'> },
  release: string,
  actor: Actor,
): Promise<Commitment> {
  const { table, clock, engine } = ports;
  const subject: CommitmentSubject = { kind: 'held-out', release };
  const standing = await table.get(commitmentKey(subject), commitment);
  if (standing !== null) return standing;
  const rows = await engine.rows(
    heldOutStudiesSelect({ release, collections: 'all' }, { kind: 'everything' }),
    heldOutStudyRow,
  );
  if (rows.length === 0) throw refuseSplits('NOTHING_HELD_OUT');
  const studies = rows.map((row) => ({ collection: row.collection, study: row.study_instance_uid }));
  const committed = await keepCommittedText(ports, subject, studies);
  const people = new Set(rows.map((row) => row.patient_pseudonym)).size;
  return changeRegister<Commitment>(table, platformChain, async () => {
    const earlier = await table.get(commitmentKey(subject), commitment);
    if (earlier !== null) return { unchanged: earlier };
    const at = clock.now();
    const result = commitmentOf(committed, { people, studies: studies.length }, at);
    return {
      writes: [commitmentWrite(result)],
      facts: [{ type: 'held-out-committed', data: { release, sha256: committed.sha256 } }],
      actor,
      at,
      result,
    };
  });
}
