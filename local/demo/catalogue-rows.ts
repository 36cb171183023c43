import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An imported image, as the catalogue holds it. */
export interface CatalogueRow {
  readonly submission: string;
  readonly ordinal: number;
  readonly split: 'development' | 'held-out';
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly imageSetId: string;
  readonly datastoreId: string;
  readonly frames: number;
  readonly warnings: readonly string[];
}

/** Rows of the images that the submissions brought, from the objects of the catalogue bucket on disk. */
export async function catalogueRows(
  catalogueFolder: string,
  submissionIds: readonly string[],
): Promise<CatalogueRow[]> {
  const folder = join(catalogueFolder, 'rows');
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const rows: CatalogueRow[] = [];
  for (const name of names.filter((each) => submissionIds.some((id) => each.endsWith(`${id}.ndjson`)))) {
    const split = name.includes('split=held-out') ? 'held-out' : 'development';
    const text = await readFile(join(folder, name), 'utf8');
    for (const line of text.split('\n'))
      if (line !== '') rows.push({ ...(JSON.parse(line) as Omit<CatalogueRow, 'split'>), split });
  }
  return rows;
}
