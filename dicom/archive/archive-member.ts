/**
 * One member of a zip archive, as far as it takes to read it. It has no name: the names of members often name patients,
 * and whoever knows no name follows no path.
 */
export interface ArchiveMember {
  /** Position in the central directory, from 1. */
  readonly member: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Bytes from `offset` that are its own: no other member's header stands in them. */
  readonly span: number;
  readonly compressedBytes: number;
  /** Bytes of its content. */
  readonly bytes: number;
  readonly crc32: number;
  /** Null where it cannot be taken out: encrypted, compressed by another method, or of sizes that contradict each other. */
  readonly coding: MemberCoding | null;
}

export type MemberCoding = 'stored' | 'deflate';

/** Bounds of one archive. */
export interface ArchiveLimits {
  readonly members: number;
  /** Bytes of the central directory. */
  readonly directoryBytes: number;
  /** Content that an archive may have whatever its own size is. */
  readonly freeBytes: number;
  /** Beyond `freeBytes`: content by the bytes of the archive. */
  readonly ratio: number;
}

/**
 * As many members as a submission has files, at some 300 bytes each in the directory. Images shrink to a third or a half,
 * and empty ones to a thousandth, which is all that deflate can do: a gigabyte of them is one series, and what is above
 * must look like images.
 */
export const archiveLimits: ArchiveLimits = {
  members: 100_000,
  directoryBytes: 32 * 1024 * 1024,
  freeBytes: 1_000_000_000,
  ratio: 100,
};

/** Bytes of a local header without name and extra field, which take up to 64 KiB each (APPNOTE 4.3.7). */
export const localHeaderBytes = 30;
export const longestLocalHeader = localHeaderBytes + 2 * 0xffff;

export type ArchiveProblem =
  | 'damaged'
  | 'too-many-members'
  | 'directory-too-large'
  | 'members-overlap'
  | 'expands-too-much';

/** An archive that is not read, as a whole. Its message names no member. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal';

  constructor(readonly problem: ArchiveProblem) {
    super(`the archive is refused: ${problem}`);
  }
}

export type MemberProblem = 'not-readable' | 'header' | 'inflate' | 'cut-off' | 'longer' | 'shorter' | 'crc';

/** A member whose content is not what the directory says. */
export class ArchiveMemberError extends Error {
  override readonly name = 'ArchiveMemberError';

  constructor(readonly problem: MemberProblem) {
    super(`a member of an archive cannot be taken out: ${problem}`);
  }
}
