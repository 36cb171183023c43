import { join } from 'node:path';
import { readIfPresent } from '../state/state-folder';

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

export function manifestCsv(files: readonly DownloadedFile[]): string {
  const rows = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ study, series, instance, frame, path, bytes, sha256 }) =>
      [study, series, instance, frame ?? '', path, bytes, sha256].join(','),
    );
  return `${[header, ...rows].join('\n')}\n`;
}

/** Digests of an earlier download into the folder, by path. */
export async function knownDigests(folder: string): Promise<Map<string, string>> {
  const text = (await readIfPresent(manifestPath(folder))) ?? '';
  const rows = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  return new Map(
    rows.map((row) => {
      const cells = row.split(',');
      return [cells[4] ?? '', cells[6] ?? ''] as const;
    }),
  );
}
