import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { StagedFile } from './pipeline.contract';

/** Who holds a SOP Instance UID or a study of a collection, since when it was first settled. */
export interface Claim {
  readonly submissionId: string;
  readonly ordinal: number;
  /** Of an instance: digest of its pixel data; of a study: digest of the attributes HealthImaging groups by. */
  readonly digest: string;
}

export interface Claims {
  /** By mapped SOP Instance UID. */
  readonly instances: ReadonlyMap<string, Claim>;
  /** By mapped Study Instance UID. */
  readonly studies: ReadonlyMap<string, Claim>;
}

export type Decision =
  | { readonly decision: 'import' }
  | { readonly decision: 'duplicate' }
  | { readonly decision: 'quarantine'; readonly code: QuarantineCode };

export interface SettledStage {
  /** By ordinal. */
  readonly decisions: ReadonlyMap<number, Decision>;
  /** Claims that must be won for the decisions to stand. */
  readonly wanted: Claims;
}

/** Ordinals of staged files whose series is not that of the first file of their group. */
function strayFiles(staged: readonly StagedFile[]): Set<number> {
  const seriesOfGroup = new Map<number, string>();
  const strays = new Set<number>();
  for (const file of staged) {
    const series = seriesOfGroup.get(file.group);
    if (series === undefined) seriesOfGroup.set(file.group, file.seriesInstanceUid);
    else if (series !== file.seriesInstanceUid) strays.add(file.ordinal);
  }
  return strays;
}

function againstHolder(file: StagedFile, holder: Claim): Decision {
  return holder.digest === file.pixelDigest
    ? { decision: 'duplicate' }
    : { decision: 'quarantine', code: 'UID_CONFLICT' };
}

/** Where the claim that holds a file's SOP Instance UID comes from. */
type Holding = 'nobody' | 'this-file' | 'before' | 'later-file';

function holdingOf(holder: Claim | undefined, submissionId: string, ordinal: number): Holding {
  if (holder === undefined) return 'nobody';
  if (holder.submissionId !== submissionId || holder.ordinal < ordinal) return 'before';
  return holder.ordinal === ordinal ? 'this-file' : 'later-file';
}

/**
 * Decides the fate of staged files in manifest order, given the claims that stand in the ledger. The first file of a
 * SOP Instance UID is imported; the same UID again with the same pixel data is a duplicate, with others a conflict. All
 * files of a study must agree in the attributes by which HealthImaging groups. Given the same files and the claims
 * it asked for, it decides the same again.
 */
export function settleFiles(
  submissionId: string,
  files: readonly StagedFile[],
  standing: Claims,
): SettledStage {
  const staged = [...files].sort((left, right) => left.ordinal - right.ordinal);
  const strays = strayFiles(staged);
  const instances = new Map(standing.instances);
  const studies = new Map(standing.studies);
  const wanted = { instances: new Map<string, Claim>(), studies: new Map<string, Claim>() };
  const decisions = new Map<number, Decision>();
  for (const file of staged) {
    const { ordinal } = file;
    if (strays.has(ordinal)) {
      decisions.set(ordinal, { decision: 'quarantine', code: 'GROUP_MISMATCH' });
      continue;
    }
    const holder = instances.get(file.sopInstanceUid);
    const holding = holdingOf(holder, submissionId, ordinal);
    if (holder !== undefined && holding === 'before') {
      decisions.set(ordinal, againstHolder(file, holder));
      continue;
    }
    const study = studies.get(file.studyInstanceUid);
    if (study !== undefined && study.digest !== file.groupingDigest) {
      decisions.set(ordinal, { decision: 'quarantine', code: 'STUDY_CONFLICT' });
      continue;
    }
    // A later file of this submission won the claim in an earlier run, in which this file had lost it by its study.
    if (holder !== undefined && holding === 'later-file') {
      decisions.set(ordinal, againstHolder(file, holder));
      continue;
    }
    if (study === undefined) {
      const claim = { submissionId, ordinal, digest: file.groupingDigest };
      studies.set(file.studyInstanceUid, claim);
      wanted.studies.set(file.studyInstanceUid, claim);
    }
    if (holder === undefined) {
      const claim = { submissionId, ordinal, digest: file.pixelDigest };
      instances.set(file.sopInstanceUid, claim);
      wanted.instances.set(file.sopInstanceUid, claim);
    }
    decisions.set(ordinal, { decision: 'import' });
  }
  return { decisions, wanted };
}
