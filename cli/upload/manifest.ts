import { createHash } from 'node:crypto';
import type { ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import { manifestPageDigestLimit } from '../../lambda/submission/submission.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { ScannedFile } from './scan-folder';

/** Limits of a submission and of a page of its manifest (docs/architecture.md §1). */
const mostFiles = 100_000;
const pageEntries = 10_000;

export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  /** Path of the file of each entry, in the same order. Stays on this machine. */
  readonly paths: readonly string[];
  /** By which the file of each entry is opened. */
  readonly locations: readonly Buffer[];
  readonly totalBytes: number;
  /** NHS numbers of the headers, each once, sorted. */
  readonly nhsNumbers: readonly string[];
}

/** Whether a file goes into the submission. */
export function isSent(file: ScannedFile): boolean {
  return file.content.kind === 'dicom' || file.content.kind === 'unreadable';
}

/**
 * Numbers the files that are sent: neutral ordinals in the order of the paths, groups by series in the order of
 * appearance; a file that cannot be read is a group of its own.
 * @throws CommandError (exit 2) where there is nothing to send, or too much for one submission
 */
export function buildManifest(files: readonly ScannedFile[]): Manifest {
  const sent = files.filter(isSent);
  if (sent.length === 0)
    throw new CommandError('There is no DICOM file in the folder.', exitCode.usage, {
      code: 'NOTHING_TO_SEND',
      fix: 'Give the folder that holds the export.',
    });
  if (sent.length > mostFiles)
    throw new CommandError(
      `The folder holds ${sent.length} DICOM files; a submission takes ${mostFiles}.`,
      exitCode.usage,
      {
        code: 'TOO_MANY_FILES',
        fix: 'Send its subfolders one after the other.',
      },
    );
  const groups = new Map<string, number>();
  const nhsNumbers = new Set<string>();
  let lastGroup = 0;
  const entries = sent.map((file, index): ManifestEntry => {
    if (file.sha256 === null) throw new Error('a file to be sent has no digest');
    const { content } = file;
    if (content.kind === 'dicom' && content.nhsNumber !== null) nhsNumbers.add(content.nhsNumber);
    const series =
      content.kind === 'dicom' ? `${content.studyInstanceUid}/${content.seriesInstanceUid}` : `file ${index}`;
    const group = groups.get(series) ?? ++lastGroup;
    groups.set(series, group);
    const { bytes, sha256, parts } = file;
    return {
      ordinal: index + 1,
      bytes,
      sha256,
      group,
      ...(parts && { parts: { ...parts, sha256: [...parts.sha256] } }),
    };
  });
  return {
    entries,
    paths: sent.map((file) => file.path),
    locations: sent.map((file) => file.location),
    totalBytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    nhsNumbers: [...nhsNumbers].sort(),
  };
}

interface ManifestPage {
  readonly page: number;
  readonly entries: readonly ManifestEntry[];
}

/** Pages as the API takes them, numbered from 1: so many entries at most, and so many digests of parts. */
export function manifestPages(manifest: Pick<Manifest, 'entries'>): ManifestPage[] {
  const pages: ManifestEntry[][] = [[]];
  let digests = 0;
  for (const entry of manifest.entries) {
    const more = entry.parts?.sha256.length ?? 0;
    const page = pages.at(-1) as ManifestEntry[];
    if (page.length === pageEntries || digests + more > manifestPageDigestLimit) {
      pages.push([entry]);
      digests = more;
    } else {
      page.push(entry);
      digests += more;
    }
  }
  return pages.map((entries, index) => ({ page: index + 1, entries }));
}

/**
 * Key under which the API makes one submission of the same content only: the same folder sent again by the same command
 * goes on with it.
 */
export function idempotencyKey(collection: string, manifest: Manifest): string {
  const hash = createHash('sha256').update(`nmip/submission/1\n${collection}\n`);
  for (const { ordinal, bytes, sha256, group } of manifest.entries)
    hash.update(`${ordinal} ${bytes} ${sha256} ${group}\n`);
  return hash.digest('hex');
}
