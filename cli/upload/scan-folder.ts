import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import PQueue from 'p-queue';
import type { NhsNumberLocation } from '../../dicom/deidentify/outcome';
import { readInstanceSummary } from '../../dicom/deidentify/read-instance-summary';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { FileParts } from '../../lambda/submission/parts.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import { plural, visibleName } from '../terminal/text';
import { digestForManifest } from './file-digests';
import type { FolderFile } from './walk-folder';

/** Files read at once: enough to keep a disc busy. */
const filesAtOnce = 4;

/** What the header of a file says, as far as sending it needs. */
export type Content =
  | {
      readonly kind: 'dicom';
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly modality: string | null;
      readonly nhsNumber: string | null;
      readonly patientId: string | null;
    }
  /** DICOM that cannot be read: it is sent all the same, so that the receipt accounts for it. */
  | { readonly kind: 'unreadable'; readonly code: QuarantineCode }
  | { readonly kind: 'dicomdir' }
  | { readonly kind: 'not-dicom' };

export interface ScannedFile extends FolderFile {
  readonly content: Content;
  /** Hex; null for files that are not sent, and in a dry run. */
  readonly sha256: string | null;
  /** Of a file that is sent in parts: their size and digests. */
  readonly parts?: FileParts;
  /** Of a file in a zip archive: its position there. `location` is that of the archive. */
  readonly member?: number;
}

/** Whether a file of this content goes into the submission. */
export function isSentContent({ kind }: Content): boolean {
  return kind === 'dicom' || kind === 'unreadable';
}

/** What the header of a file says; its stream is done with afterwards. */
export async function contentOf(
  stream: Readable,
  nhsNumbers: readonly NhsNumberLocation[],
): Promise<Content> {
  try {
    const summary = await readInstanceSummary(stream, nhsNumbers);
    if (summary.kind !== 'dicom') return summary;
    const { studyInstanceUid, seriesInstanceUid, modality, subject } = summary;
    return {
      kind: 'dicom',
      studyInstanceUid,
      seriesInstanceUid,
      modality,
      nhsNumber: subject.nhsNumber,
      patientId: subject.patientId,
    };
  } finally {
    stream.destroy();
  }
}

/** A file that the system does not let us read, with the system's code. */
interface UnreadableFile {
  readonly path: string;
  readonly systemCode: string;
}

async function scanFile(
  file: FolderFile,
  nhsNumbers: readonly NhsNumberLocation[],
  { digests, onRead }: Pick<ScanOptions, 'digests' | 'onRead'>,
): Promise<ScannedFile | UnreadableFile> {
  const { path, location } = file;
  try {
    const content = await contentOf(createReadStream(location), nhsNumbers);
    if (!digests || !isSentContent(content)) {
      onRead(1, file.bytes);
      return { ...file, content, sha256: null };
    }
    // What was read is what counts: a file may have grown since the folder was walked.
    const digest = await digestForManifest(location, file.bytes, (bytes) => onRead(0, bytes));
    onRead(1, 0);
    return { ...file, content, ...digest };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      return { path, systemCode: error.code };
    throw error;
  }
}

/** Unreadable files named in an error. */
const unreadableShown = 20;

function unreadableError(files: readonly UnreadableFile[]): CommandError {
  const names = files
    .slice(0, unreadableShown)
    .map(({ path, systemCode }) => `${visibleName(path)} (${systemCode})`);
  const more = files.length - names.length;
  if (more > 0) names.push(`and ${more} more`);
  return new CommandError(`Cannot read ${plural(files.length, 'file')} of the folder.`, exitCode.usage, {
    code: 'FILE_NOT_READABLE',
    detail: names.join('\n'),
    fix: 'Give yourself the right to read them, or take them out of the folder. Nothing was sent.',
  });
}

export interface ScanOptions {
  /** Whether to take the digests of the files, for which they are read to the end. */
  readonly digests: boolean;
  /** Called with files and bytes that are done. */
  readonly onRead: (files: number, bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the header of every file, and with `digests` its SHA-256. The order stays.
 * @throws CommandError (exit 2) that names the files which cannot be read
 */
export async function scanFolder(
  files: readonly FolderFile[],
  nhsNumbers: readonly NhsNumberLocation[],
  options: ScanOptions,
): Promise<ScannedFile[]> {
  const queue = new PQueue({ concurrency: filesAtOnce });
  const results = await queue.addAll(
    files.map((file) => async () => {
      options.signal.throwIfAborted();
      return scanFile(file, nhsNumbers, options);
    }),
  );
  const unreadable: UnreadableFile[] = [];
  const scanned: ScannedFile[] = [];
  for (const result of results) {
    if ('systemCode' in result) unreadable.push(result);
    else scanned.push(result);
  }
  if (unreadable.length > 0) throw unreadableError(unreadable);
  return scanned;
}
