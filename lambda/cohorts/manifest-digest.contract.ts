import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/canonical-json';
import type { ManifestEntry, ManifestStudy } from './cohort.contract';

/** What a list of studies is of. */
export interface ManifestHeading {
  readonly project: string;
  readonly release: string;
  readonly filter: string;
  readonly collections: readonly string[];
}

/** First line of a list. */
export const headingLine = (heading: ManifestHeading): string =>
  `${canonicalJson({ ...heading, format: 2 })}\n`;

/** Canonical JSON. The members stand in its order already: a list of a hundred thousand studies need not be sorted one by one. */
export const studyLine = ({ collection, series, studyInstanceUid }: ManifestStudy): string =>
  `${JSON.stringify({
    collection,
    series: series.map(({ bytes, instances, modality, seriesInstanceUid }) => ({
      bytes,
      instances,
      modality,
      seriesInstanceUid,
    })),
    studyInstanceUid,
  })}\n`;

/** SHA-256 of a line with its line feed, hex. */
export const lineDigest = (line: string): string => createHash('sha256').update(line).digest('hex');

/** Digest of the line of a study, also of one that was withdrawn since. */
export function entryDigest(entry: ManifestEntry): string {
  if (entry.state === 'withdrawn') return entry.lineSha256;
  const { state: _, ...study } = entry;
  return lineDigest(studyLine(study));
}

/**
 * Digest of a list: SHA-256 of the digests of its lines, a line each. So whoever has a list of which a study was withdrawn
 * since, and has the digest of that study's line in its place, can still tell that all the others are as they were.
 */
export class ManifestDigest {
  private readonly hash = createHash('sha256');

  constructor(heading: ManifestHeading) {
    this.add(lineDigest(headingLine(heading)));
  }

  /** The next line, by its digest. */
  add(digest: string): void {
    this.hash.update(`${digest}\n`);
  }

  /** To be called once, after the last line. */
  hex(): string {
    return this.hash.digest('hex');
  }
}
