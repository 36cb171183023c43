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
}

/** What the embedded platform keeps on disk, read as files: S3 objects under `s3/<bucket>/objects/<key>`. */
export class PlatformRecords {
  constructor(private readonly dataFolder: string) {}

  /**
   * Folder of the objects of the one bucket whose name holds a word, e.g. `deidentified`.
   * @throws Error where there is not exactly one
   */
  async bucketFolder(word: string): Promise<string> {
    const buckets = await readdir(join(this.dataFolder, 's3'));
    const found = buckets.filter((bucket) => bucket.includes(word));
    const [bucket] = found;
    if (bucket === undefined || found.length !== 1)
      throw new Error(`There is not one bucket whose name holds ${word}: ${found.join(', ') || 'none'}.`);
    return join(this.dataFolder, 's3', bucket, 'objects');
  }

  /** Rows of the images that the submissions brought. */
  async catalogueRows(submissionIds: readonly string[]): Promise<CatalogueRow[]> {
    const folder = join(await this.bucketFolder('catalogue'), 'rows');
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
}
