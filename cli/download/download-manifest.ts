import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent, removeFile, writePrivateFile } from '../state/state-folder';

/** One file of a download. */
export interface DownloadedFile {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  /** Number of the frame, from 1; null for a whole instance. */
  readonly frame: number | null;
  /** Below the download's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

const header = 'study_instance_uid,series_instance_uid,sop_instance_uid,frame,path,bytes,sha256';

export const manifestPath = (folder: string) => join(folder, 'manifest.csv');

/** What a run has brought so far, a row a file: what is left of a run that was killed. */
const journalPath = (folder: string) => `${manifestPath(folder)}.part`;

const rowOf = ({ study, series, instance, frame, path, bytes, sha256 }: DownloadedFile): string =>
  [study, series, instance, frame ?? '', path, bytes, sha256].join(',');

/** Null for what is no whole row: the last one of a run that was killed may be cut off. */
function fileOf(row: string): DownloadedFile | null {
  const [study = '', series = '', instance = '', frame = '', path = '', bytes = '', sha256 = ''] =
    row.split(',');
  if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
  return {
    study,
    series,
    instance,
    frame: frame === '' ? null : Number(frame),
    path,
    bytes: Number(bytes),
    sha256,
  };
}

/** Notes a file as soon as it is whole, so that the next run knows its digest also where this one is killed. */
export function noteFile(folder: string, file: DownloadedFile): Promise<void> {
  // the line break comes first, so that a row that was cut off stays by itself
  return appendFile(journalPath(folder), `\n${rowOf(file)}`, { mode: 0o600 });
}

/** Writes the manifest of a run that ends; its notes are no longer needed. */
export async function writeManifest(folder: string, files: readonly DownloadedFile[]): Promise<void> {
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(rowOf);
  await writePrivateFile(manifestPath(folder), `${[header, ...rows].join('\n')}\n`);
  await removeFile(journalPath(folder));
}

/** The files of earlier runs into the folder, by path: those of its manifest, and what a run noted that was killed. */
export async function filesOfEarlierRuns(folder: string): Promise<Map<string, DownloadedFile>> {
  const [manifest, journal] = await Promise.all(
    [manifestPath(folder), journalPath(folder)].map((path) => readIfPresent(path)),
  );
  const files = [manifest, journal].flatMap((text) => (text ?? '').split('\n')).map(fileOf);
  return new Map(files.flatMap((file) => (file === null ? [] : [[file.path, file] as const])));
}
