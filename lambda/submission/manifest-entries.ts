import type { ManifestArchive, ManifestEntry } from '../deidentification/pipeline.contract';
import type { ManifestStore } from './manifest-store';

/** Entries of a submission's manifest by ordinal, as far as it has them; reads only the pages that may hold them. */
export async function findEntries(
  manifests: Pick<ManifestStore, 'listPages' | 'readPage'>,
  id: string,
  ordinals: readonly number[],
): Promise<Map<number, ManifestEntry>> {
  const wanted = new Set(ordinals);
  const found = new Map<number, ManifestEntry>();
  for (const page of await manifests.listPages(id)) {
    if (!ordinals.some((ordinal) => page.firstOrdinal <= ordinal && ordinal <= page.lastOrdinal)) continue;
    for (const entry of await manifests.readPage(id, page))
      if (wanted.has(entry.ordinal)) found.set(entry.ordinal, entry);
  }
  return found;
}

/** Archives of a submission's manifest by number, as far as it has them. */
export async function findArchives(
  manifests: Pick<ManifestStore, 'listPages' | 'readPageArchives'>,
  id: string,
  archives: readonly number[],
): Promise<Map<number, ManifestArchive>> {
  const wanted = new Set(archives);
  const found = new Map<number, ManifestArchive>();
  for (const page of await manifests.listPages(id)) {
    if (found.size === wanted.size) break;
    for (const archive of await manifests.readPageArchives(id, page))
      if (wanted.has(archive.archive)) found.set(archive.archive, archive);
  }
  return found;
}
