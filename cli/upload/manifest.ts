import { createHash } from 'node:crypto';
import type { ManifestArchive, ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import { manifestPageDigestLimit } from '../../lambda/submission/submission.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { ScannedExport } from './scan-export';
import { isSentContent } from './scan-folder';

/** Limits of a submission and of a page of its manifest (docs/architecture.md §1). */
const mostFiles = 100_000;
const pageEntries = 10_000;

/** An archive of the manifest, and where it stands on this machine. */
export interface SentArchive extends ManifestArchive {
  readonly path: string;
  readonly location: Buffer;
}

export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  /** Path of the file of each entry, in the same order. Stays on this machine. */
  readonly paths: readonly string[];
  /** By which the file of each entry is opened; of a file in an archive, the archive. */
  readonly locations: readonly Buffer[];
  /** Archives of which files are sent, by number. */
  readonly archives: readonly SentArchive[];
  readonly totalBytes: number;
  /** NHS numbers of the headers, each once, sorted. */
  readonly nhsNumbers: readonly string[];
}

/**
 * Numbers the files that are sent: neutral ordinals in the order of the paths, groups by series in the order of
 * appearance; a file that cannot be read is a group of its own. Archives are numbered in their order too; of one without
 * images nothing is sent.
 * @throws CommandError (exit 2) where there is nothing to send, or too much for one submission
 */
export function buildManifest(scanned: ScannedExport): Manifest {
  const sent = scanned.files.filter((file) => isSentContent(file.content));
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
  const archives = sentArchives(scanned);
  const archiveAt = new Map(archives.map(({ archive, path }) => [path, archive]));
  const archiveOf = new Map(
    scanned.archives.flatMap((each) => each.files.map((file) => [file, archiveAt.get(each.path)])),
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
    const { bytes, sha256, parts, member } = file;
    const archive = archiveOf.get(file);
    return {
      ordinal: index + 1,
      bytes,
      sha256,
      group,
      ...(archive !== undefined && member !== undefined && { archived: { archive, member } }),
      ...(parts && { parts: { ...parts, sha256: [...parts.sha256] } }),
    };
  });
  return {
    entries,
    paths: sent.map((file) => file.path),
    locations: sent.map((file) => file.location),
    archives,
    totalBytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    nhsNumbers: [...nhsNumbers].sort(),
  };
}

function sentArchives({ archives }: ScannedExport): SentArchive[] {
  const sent = archives.filter(({ files }) => files.some((file) => isSentContent(file.content)));
  return sent.map(({ path, location, bytes, sha256, parts }, index) => {
    if (sha256 === null) throw new Error('an archive to be sent has no digest');
    return {
      archive: index + 1,
      bytes,
      sha256,
      path,
      location,
      ...(parts && { parts: { ...parts, sha256: [...parts.sha256] } }),
    };
  });
}

interface ManifestPage {
  readonly page: number;
  readonly entries: readonly ManifestEntry[];
  /** Those of which the first file stands in this page. */
  readonly archives: readonly ManifestArchive[];
}

/** Pages as the API takes them, numbered from 1: so many entries at most, and so many digests of parts. */
export function manifestPages(manifest: Pick<Manifest, 'entries' | 'archives'>): ManifestPage[] {
  const pages: { entries: ManifestEntry[]; archives: ManifestArchive[] }[] = [];
  const listed = new Set<number>();
  let digests = 0;
  for (const entry of manifest.entries) {
    const archive = firstOf(entry, listed, manifest.archives);
    const more = (entry.parts?.sha256.length ?? 0) + (archive?.parts?.sha256.length ?? 0);
    let page = pages.at(-1);
    if (
      page === undefined ||
      page.entries.length === pageEntries ||
      digests + more > manifestPageDigestLimit
    ) {
      page = { entries: [], archives: [] };
      pages.push(page);
      digests = 0;
    }
    digests += more;
    page.entries.push(entry);
    if (archive !== null) page.archives.push(archive);
  }
  return pages.map((page, index) => ({ page: index + 1, ...page }));
}

/** The archive of an entry as the manifest lists it, where none of its files came before; it is in `listed` then. */
function firstOf(
  { archived }: ManifestEntry,
  listed: Set<number>,
  archives: readonly SentArchive[],
): ManifestArchive | null {
  if (archived === undefined || listed.has(archived.archive)) return null;
  const found = archives[archived.archive - 1];
  if (found === undefined) throw new Error('a file of an archive that is not sent');
  listed.add(archived.archive);
  const { path: _path, location: _location, ...archive } = found;
  return archive;
}

/**
 * Key under which the API makes one submission of the same content only: the same folder sent again by the same command
 * goes on with it.
 * @param expired how many submissions of the content were not completed in time
 */
export function idempotencyKey(collection: string, manifest: Manifest, expired: number): string {
  const hash = createHash('sha256').update(`nmip/submission/1\n${collection}\n`);
  for (const { ordinal, bytes, sha256, group, archived } of manifest.entries) {
    const place = archived === undefined ? '' : ` ${archived.archive} ${archived.member}`;
    hash.update(`${ordinal} ${bytes} ${sha256} ${group}${place}\n`);
  }
  for (const { archive, bytes, sha256 } of manifest.archives)
    hash.update(`archive ${archive} ${bytes} ${sha256}\n`);
  if (expired > 0) hash.update(`expired ${expired}\n`);
  return hash.digest('hex');
}
