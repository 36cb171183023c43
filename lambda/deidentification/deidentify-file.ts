import { ArchiveMemberError } from '../../dicom/archive/archive-member';
import type { OutputSink } from '../../dicom/deidentify/deidentify-instance';
import type {
  Admission,
  DeidentificationOutcome,
  DeidentifiedInstance,
  InstanceSubject,
  Split,
} from '../../dicom/deidentify/outcome';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { InstanceSource } from '../../dicom/read/ranged-source';
import { deidentifiedKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import { importedFileLimit } from '../submission/submission.contract';
import type { SubmissionGate } from '../withdrawal/submission-gate';
import { type CopyableFiles, findCopyable } from './copyable-files';
import { openLandedFile } from './landed-files';
import { limitedSink, OutputTooLargeError } from './output-limit';
import type { BatchFile, FileResult } from './pipeline.contract';
import type { QuarantineStore } from './quarantine-store';
import type { StagedOutput, StagingArea } from './staged-output';

/** The engine with everything of trust and collection already given to it. */
export interface Engine {
  /** Digests the source whatever the outcome, but for a ranged one. Throws only what source and sink throw. */
  deidentify(
    source: InstanceSource,
    sink: OutputSink,
    admit: (subject: InstanceSubject) => Admission,
  ): Promise<DeidentificationOutcome>;
  /** The split of a patient, as the engine will draw it. */
  splitOf(subject: InstanceSubject): Split;
  pseudonymOf(subject: InstanceSubject): string;
  /** The pseudonym of the Patient ID alone, whatever NHS number stands beside it; null where there is none. */
  localPseudonymOf(subject: InstanceSubject): string | null;
}

export interface DeidentifyFilePorts {
  readonly objects: Pick<ObjectStore, 'readStream'>;
  /** Absent: all files are read. */
  readonly copyable?: CopyableFiles;
  readonly staging: StagingArea;
  readonly quarantine: QuarantineStore;
  readonly gate: SubmissionGate;
  readonly engine: Engine;
  readonly admit: (subject: InstanceSubject) => Admission;
  /** Whether the opt-out service answered in time: else nobody with an NHS number is admitted, for no fault of theirs. */
  readonly answered: boolean;
  readonly landingBucket: string;
  readonly deidentifiedBucket: string;
}

export interface FileOfBatch {
  readonly submissionId: string;
  readonly trust: string;
  readonly pack: string;
  readonly entry: BatchFile;
}

function stagedResult(
  file: FileOfBatch,
  key: string,
  instance: DeidentifiedInstance,
  localPseudonym: string | null,
): FileResult {
  const { mappings: _, facts, warnings, pixelDigest, ...kept } = instance;
  if (pixelDigest === undefined) throw new Error('an engine of the platform gives a digest of the pixels');
  return {
    outcome: 'staged',
    ordinal: file.entry.ordinal,
    group: file.entry.group,
    pack: file.pack,
    key,
    ...kept,
    localPseudonym,
    pixelDigest,
    facts: { ...facts },
    warnings: [...warnings],
  };
}

function heldInLanding(ordinal: number, code: QuarantineCode, tagPath: string | null): FileResult {
  return { outcome: 'quarantined', ordinal, code, tagPath, held: 'landing' };
}

/** Whether the output may become an object; if not, it is forgotten. */
async function isAdmitted(
  gate: SubmissionGate,
  instance: DeidentifiedInstance,
  output: StagedOutput,
): Promise<boolean> {
  let admitted = false;
  try {
    admitted = !(await gate.admitStudies([instance])).covers(instance);
  } finally {
    if (!admitted) await output.discard();
  }
  return admitted;
}

/**
 * De-identifies one landed file. Its output becomes an object only after the engine's proof, and after the gate knows
 * of it; a quarantined file is copied to quarantine only if its patient was cleared. Of a withheld or withdrawn one nothing
 * is written.
 * @throws what S3 throws: the batch is then tried again.
 */
export async function deidentifyFile(ports: DeidentifyFilePorts, file: FileOfBatch): Promise<FileResult> {
  const { submissionId, trust, pack, entry } = file;
  const { ordinal } = entry;
  const landing = { bucket: ports.landingBucket, submissionId };
  const copyable = await findCopyable(ports.copyable, landing, entry);
  const stream = copyable === null ? await openLandedFile(ports.objects, landing, entry) : null;
  const source = copyable?.source ?? stream;
  if (source === null) return { outcome: 'missing', ordinal };

  let split: Split | null = null;
  let patientPseudonym: string | null = null;
  let localPseudonym: string | null = null;
  const place = (): ObjectPlace => {
    if (split === null) throw new Error('output before admission');
    return { bucket: ports.deidentifiedBucket, key: deidentifiedKey(submissionId, split, pack, ordinal) };
  };
  const quarantine = async (code: QuarantineCode, tagPath: string | null): Promise<FileResult> => {
    if (patientPseudonym === null) return heldInLanding(ordinal, code, tagPath);
    if (!(await ports.gate.admitQuarantined(ordinal, patientPseudonym)))
      return { outcome: 'withheld', ordinal };
    await ports.quarantine.keep(trust, submissionId, entry, code);
    return { outcome: 'quarantined', ordinal, code, tagPath, held: 'quarantine', patientPseudonym };
  };
  let unanswered: InstanceSubject | null = null as InstanceSubject | null;
  const admit = (subject: InstanceSubject): Admission => {
    const admission = ports.admit(subject);
    if (admission === 'withhold' && !ports.answered && subject.nhsNumber !== null) unanswered = subject;
    if (admission === 'admit') {
      split = ports.engine.splitOf(subject);
      patientPseudonym = ports.engine.pseudonymOf(subject);
      localPseudonym = ports.engine.localPseudonymOf(subject);
    }
    return admission;
  };

  const output = ports.staging.open(place, copyable?.origin);
  let outcome: DeidentificationOutcome;
  try {
    const sink = limitedSink(output.sink, importedFileLimit);
    outcome = await ports.engine.deidentify(source, sink, admit);
  } catch (error) {
    await output.discard();
    // Whoever the patient is: what cannot be taken out of its archive cannot be kept elsewhere.
    if (error instanceof ArchiveMemberError) return heldInLanding(ordinal, 'ARCHIVE_MEMBER_INVALID', null);
    if (error instanceof OutputTooLargeError) return await quarantine('TOO_LARGE', null);
    throw error;
  } finally {
    stream?.destroy();
  }
  if (outcome.outcome !== 'deidentified') await output.discard();
  // What came in parts has no digest of the whole; Plan has compared the digests of the parts.
  const otherFile =
    entry.digest !== 'parts' && outcome.sourceSha256 !== null && outcome.sourceSha256 !== entry.sha256;
  const compared = copyable !== null || outcome.sourceSha256 !== null;
  switch (outcome.outcome) {
    case 'withheld':
      if (otherFile) return quarantine('CHECKSUM_MISMATCH', null);
      // Nobody has said that this patient opted out: the file waits in landing for a replay, which asks again.
      if (unanswered !== null && !(await ports.gate.isWithdrawn(ports.engine.pseudonymOf(unanswered))))
        return heldInLanding(ordinal, 'CLEARANCE_MISSING', null);
      return { outcome: 'withheld', ordinal };
    case 'quarantined':
      return quarantine(otherFile ? 'CHECKSUM_MISMATCH' : outcome.code, otherFile ? null : outcome.tagPath);
    case 'deidentified': {
      if (otherFile || !compared || outcome.instance.split !== split) {
        await output.discard();
        return quarantine(otherFile ? 'CHECKSUM_MISMATCH' : 'PROCESSING_FAILED', null);
      }
      if (outcome.instance.bytes > importedFileLimit) {
        await output.discard();
        return quarantine('TOO_LARGE', null);
      }
      if (!(await isAdmitted(ports.gate, outcome.instance, output))) return { outcome: 'withheld', ordinal };
      await output.commit(outcome.instance.sha256);
      return stagedResult(file, place().key, outcome.instance, localPseudonym);
    }
  }
}
