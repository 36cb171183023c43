import PQueue from 'p-queue';
import type { NhsNumberLocation } from '../../dicom/deidentify/outcome';
import { CommandError, exitCode } from '../terminal/exit-code';
import { plural, visibleName } from '../terminal/text';
import {
  type ArchiveFault,
  isArchive,
  type RefusedArchive,
  type ScannedArchive,
  scanArchive,
} from './scan-archive';
import { type ScannedFile, type ScanOptions, scanFolder } from './scan-folder';
import type { FolderFile } from './walk-folder';

/** Archives read at once: inflating keeps a processor busy. */
const archivesAtOnce = 2;

/** What an export holds: files in the order of their paths, those of an archive in its place and order. */
export interface ScannedExport {
  readonly files: readonly ScannedFile[];
  readonly archives: readonly ScannedArchive[];
}

const faults: Readonly<Record<ArchiveFault, string>> = {
  damaged: 'damaged, cut off, in several parts, or no zip archive',
  'too-many-members': 'more than 100,000 files',
  'directory-too-large': 'its table of contents is too long',
  'members-overlap': 'its files share the same bytes',
  'expands-too-much': 'it expands to more than images do',
  'too-large': 'larger than 1 TB',
  changed: 'it changed while it was read',
  'not-readable': 'the system does not let you read it',
};

/** Archives named in an error. */
const refusedShown = 20;

function refusalOf(refused: readonly RefusedArchive[]): CommandError {
  const names = refused
    .slice(0, refusedShown)
    .map(({ path, fault }) => `${visibleName(path)}: ${faults[fault]}`);
  if (refused.length > refusedShown) names.push(`and ${refused.length - refusedShown} more`);
  return new CommandError(
    `Cannot read ${plural(refused.length, 'zip archive')} of the folder.`,
    exitCode.usage,
    {
      code: 'ARCHIVE_UNREADABLE',
      detail: names.join('\n'),
      fix: 'Make them again, put their files into the folder instead, or take them out of it. Nothing was sent.',
    },
  );
}

/**
 * Reads the header of every file, also of those in zip archives, and with `digests` the SHA-256 of files and archives.
 * @throws CommandError (exit 2) that names the files or archives which cannot be read
 */
export async function scanExport(
  files: readonly FolderFile[],
  nhsNumbers: readonly NhsNumberLocation[],
  options: ScanOptions,
): Promise<ScannedExport> {
  const zipped = new Set<FolderFile>();
  for (const file of files) if (await isArchive(file)) zipped.add(file);
  const loose = await scanFolder(
    files.filter((file) => !zipped.has(file)),
    nhsNumbers,
    options,
  );
  const queue = new PQueue({ concurrency: archivesAtOnce });
  const results = await queue.addAll(
    [...zipped].map((file) => async () => {
      options.signal.throwIfAborted();
      const scanned = await scanArchive(file, nhsNumbers, options);
      options.onRead(1, file.bytes);
      return scanned;
    }),
  );
  const refused: RefusedArchive[] = [];
  const archives: ScannedArchive[] = [];
  for (const result of results) {
    if ('fault' in result) refused.push(result);
    else archives.push(result);
  }
  if (refused.length > 0) throw refusalOf(refused);
  const looseInOrder = loose[Symbol.iterator]();
  const archivesInOrder = archives[Symbol.iterator]();
  return {
    files: files.flatMap((file) =>
      zipped.has(file)
        ? [...(archivesInOrder.next().value?.files ?? [])]
        : [looseInOrder.next().value].filter((each) => each !== undefined),
    ),
    archives,
  };
}
