import * as z from 'zod';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import { type WithdrawalMark, withdrawalMark } from './holding.contract';

/** Marks written at once. */
const marksAtOnce = 32;

/** Who or what is withdrawn. */
export type WithdrawnSubject =
  | { readonly kind: 'patient'; readonly patientPseudonym: string }
  | { readonly kind: 'study'; readonly collection: string; readonly studyInstanceUid: string }
  | { readonly kind: 'trust'; readonly trust: string };

/** A study of a patient, as far as marks are concerned. */
export interface StudyOfPatient {
  readonly patientPseudonym: string;
  readonly studyInstanceUid: string;
}

/** What of a submission is withdrawn: all of it where its trust is. */
export class Withdrawn {
  constructor(
    private readonly trust: boolean,
    private readonly patients: ReadonlySet<string>,
    private readonly studies: ReadonlySet<string>,
  ) {}

  static readonly nothing = new Withdrawn(false, new Set(), new Set());

  covers({ patientPseudonym, studyInstanceUid }: StudyOfPatient): boolean {
    return this.trust || this.patients.has(patientPseudonym) || this.studies.has(studyInstanceUid);
  }
}

/** Key of a mark. */
export function markKey(subject: WithdrawnSubject): ItemKey {
  switch (subject.kind) {
    case 'patient':
      return { pk: `WITHDRAWN#PATIENT#${subject.patientPseudonym}`, sk: 'MARK' };
    case 'study':
      return { pk: `WITHDRAWN#STUDY#${subject.collection}#${subject.studyInstanceUid}`, sk: 'MARK' };
    case 'trust':
      return { pk: `WITHDRAWN#TRUST#${subject.trust}`, sk: 'MARK' };
  }
}

/** Marks of what was withdrawn; read strongly consistently. */
export interface MarkStore {
  /** Marks what is not marked yet: an earlier withdrawal's mark stays. */
  mark(subjects: readonly WithdrawnSubject[], mark: WithdrawalMark): Promise<void>;
  /** Withdrawals by which these were marked first. */
  markedBy(subjects: readonly WithdrawnSubject[]): Promise<ReadonlySet<string>>;
  /** What is marked of a submission's trust, patients and studies. */
  withdrawnOf(
    origin: { readonly trust: string; readonly collection: string },
    studies: readonly StudyOfPatient[],
  ): Promise<Withdrawn>;
  /** Those of the patients who are marked. */
  withdrawnPatients(pseudonyms: readonly string[]): Promise<ReadonlySet<string>>;
}

export class LedgerMarkStore implements MarkStore {
  constructor(private readonly ledger: Pick<DocumentTable, 'getMany' | 'put'>) {}

  async mark(subjects: readonly WithdrawnSubject[], mark: WithdrawalMark): Promise<void> {
    await boundedMap(subjects, marksAtOnce, (subject) =>
      this.ledger.put({ ...markKey(subject), ...withdrawalMark.parse(mark) }, absent),
    );
  }

  async markedBy(subjects: readonly WithdrawnSubject[]): Promise<ReadonlySet<string>> {
    const marks = await this.ledger.getMany(subjects.map(markKey), withdrawalMark);
    return new Set(marks.map(({ withdrawalId }) => withdrawalId));
  }

  async withdrawnOf(
    { trust, collection }: { readonly trust: string; readonly collection: string },
    studies: readonly StudyOfPatient[],
  ): Promise<Withdrawn> {
    const patients = new Map<string, string>();
    const uids = new Map<string, string>();
    for (const { patientPseudonym, studyInstanceUid } of studies) {
      patients.set(markKey({ kind: 'patient', patientPseudonym }).pk, patientPseudonym);
      uids.set(markKey({ kind: 'study', collection, studyInstanceUid }).pk, studyInstanceUid);
    }
    const trustKey = markKey({ kind: 'trust', trust }).pk;
    const marked = await this.marked([trustKey, ...patients.keys(), ...uids.keys()]);
    if (marked.size === 0) return Withdrawn.nothing;
    const of = (names: ReadonlyMap<string, string>) =>
      new Set([...names].flatMap(([pk, name]) => (marked.has(pk) ? [name] : [])));
    return new Withdrawn(marked.has(trustKey), of(patients), of(uids));
  }

  async withdrawnPatients(pseudonyms: readonly string[]): Promise<ReadonlySet<string>> {
    const keys = new Map(
      pseudonyms.map((patientPseudonym) => [
        markKey({ kind: 'patient', patientPseudonym }).pk,
        patientPseudonym,
      ]),
    );
    const marked = await this.marked([...keys.keys()]);
    return new Set([...keys].flatMap(([pk, pseudonym]) => (marked.has(pk) ? [pseudonym] : [])));
  }

  private async marked(partitions: readonly string[]): Promise<ReadonlySet<string>> {
    const items = await this.ledger.getMany(
      partitions.map((pk) => ({ pk, sk: 'MARK' })),
      z.object({ pk: z.string() }),
    );
    return new Set(items.map(({ pk }) => pk));
  }
}
