import type { HoldingIndex, StagedStudy } from './holding-index';
import { type MarkStore, Withdrawn } from './mark-store';

/** What a submission may keep, asked before it keeps it. */
export interface SubmissionGate {
  /** Notes the studies in the index, then gives those of them that are withdrawn. */
  admitStudies(studies: readonly StagedStudy[]): Promise<Withdrawn>;
  /** Notes the copy of a patient's file that goes to quarantine; false where the patient or the trust is withdrawn. */
  admitQuarantined(ordinal: number, patientPseudonym: string): Promise<boolean>;
  /** Whether the patient, or the trust, is withdrawn. */
  isWithdrawn(patientPseudonym: string): Promise<boolean>;
}

/**
 * The gate of one submission. Whoever keeps something looks for marks, writes the index, and looks again; a withdrawal
 * writes its marks and then reads the index. So either the mark is seen here, or the entry is seen there and the
 * withdrawal waits for this submission to end (docs/adr/0023).
 */
export class LedgerSubmissionGate implements SubmissionGate {
  constructor(
    private readonly index: Pick<
      HoldingIndex,
      'hasStudies' | 'addStudies' | 'addQuarantined' | 'removeQuarantined'
    >,
    private readonly marks: Pick<MarkStore, 'withdrawnOf'>,
    private readonly origin: {
      readonly trust: string;
      readonly collection: string;
      readonly submissionId: string;
    },
  ) {}

  async admitStudies(studies: readonly StagedStudy[]): Promise<Withdrawn> {
    if (studies.length === 0) return Withdrawn.nothing;
    // The index before the marks: most batches are of a study that another batch has noted already.
    const noted = await this.index.hasStudies(this.origin, studies);
    const before = await this.marks.withdrawnOf(this.origin, studies);
    const admitted = studies.filter((study) => !before.covers(study));
    if (noted || admitted.length === 0) return before;
    await this.index.addStudies(this.origin, admitted);
    return this.marks.withdrawnOf(this.origin, studies);
  }

  async admitQuarantined(ordinal: number, patientPseudonym: string): Promise<boolean> {
    if (await this.isWithdrawn(patientPseudonym)) return false;
    const copy = { ...this.origin, ordinal, studyInstanceUid: null };
    const added = await this.index.addQuarantined(patientPseudonym, copy);
    if (!(await this.isWithdrawn(patientPseudonym))) return true;
    // An entry that stood before may be of a copy that an earlier run has made: the withdrawal needs it to find that.
    if (added) await this.index.removeQuarantined(patientPseudonym, copy);
    return false;
  }

  async isWithdrawn(patientPseudonym: string): Promise<boolean> {
    const withdrawn = await this.marks.withdrawnOf(this.origin, [{ patientPseudonym, studyInstanceUid: '' }]);
    return withdrawn.covers({ patientPseudonym, studyInstanceUid: '' });
  }
}

/**
 * The gate of one batch: asks once about each study. What is marked later is seen by Settle, and the withdrawal waits for
 * the submission, which is noted by then.
 */
export class RememberingGate implements SubmissionGate {
  private readonly asked = new Map<string, Promise<Withdrawn>>();

  constructor(private readonly gate: SubmissionGate) {}

  async admitStudies(studies: readonly StagedStudy[]): Promise<Withdrawn> {
    const name = studies.map((each) => `${each.patientPseudonym} ${each.studyInstanceUid}`).join('\n');
    const known = this.asked.get(name) ?? this.gate.admitStudies(studies);
    this.asked.set(name, known);
    return known;
  }

  admitQuarantined(ordinal: number, patientPseudonym: string): Promise<boolean> {
    return this.gate.admitQuarantined(ordinal, patientPseudonym);
  }

  isWithdrawn(patientPseudonym: string): Promise<boolean> {
    return this.gate.isWithdrawn(patientPseudonym);
  }
}
