import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ImageSetIndex } from '../aws/medical-imaging/image-set-index';
import { type CatalogueRow, catalogueRows } from '../demo/catalogue-rows';
import type { PlatformPlaces } from './drill-settings';
import { filesBelow } from './leak-search';

/** An instance that the image store holds. */
export interface HeldInstance {
  readonly sopInstanceUid: string;
  readonly imageSetId: string;
  readonly isPrimary: boolean;
  readonly path: string;
}

/** What a stopped platform holds, read from its folder and not from its own word. */
export interface HeldData {
  readonly instances: readonly HeldInstance[];
  readonly rows: readonly CatalogueRow[];
  /** Keys of the staging area, of quarantine and, by landing bucket, of landing. */
  readonly staged: readonly string[];
  readonly quarantined: readonly string[];
  readonly landed: readonly string[];
  readonly exchanged: readonly string[];
  /** Multipart uploads that nobody ended. */
  readonly openUploads: number;
}

function keysOf(bucketFolder: string): string[] {
  const objects = join(bucketFolder, 'objects');
  return [...filesBelow(objects, () => false)].map((path) => relative(objects, path));
}

function heldInstances(imagingFolder: string): HeldInstance[] {
  const held: HeldInstance[] = [];
  for (const store of existsSync(imagingFolder) ? readdirSync(imagingFolder) : []) {
    const folder = join(imagingFolder, store);
    const path = join(folder, 'image-sets.ndjson');
    if (!existsSync(path)) continue;
    const index = new ImageSetIndex(path);
    for (const { id, isPrimary, instances } of index.current())
      for (const { sopInstanceUid, file, until } of instances)
        if (until === undefined)
          held.push({ sopInstanceUid, imageSetId: id, isPrimary, path: join(folder, file) });
    index.close();
  }
  return held;
}

function openUploads(bucketFolder: string): number {
  const uploads = join(bucketFolder, 'uploads');
  return existsSync(uploads) ? readdirSync(uploads).length : 0;
}

/** Reads the folder of a platform that has stopped. */
export async function readHeldData(
  dataFolder: string,
  { buckets }: PlatformPlaces,
  submissions: readonly string[],
): Promise<HeldData> {
  const s3 = join(dataFolder, 's3');
  const names = readdirSync(s3).filter((name) => statSync(join(s3, name)).isDirectory());
  const folderOf = (bucket: string): string => join(s3, bucket);
  return {
    instances: heldInstances(join(dataFolder, 'medical-imaging')),
    rows: await catalogueRows(join(folderOf(buckets.catalogue), 'objects'), submissions),
    staged: keysOf(folderOf(buckets.deidentified)),
    quarantined: keysOf(folderOf(buckets.quarantine)),
    exchanged: keysOf(folderOf(buckets.exchange)),
    landed: names.filter((name) => /-landing-/.test(name)).flatMap((name) => keysOf(folderOf(name))),
    openUploads: names.reduce((sum, name) => sum + openUploads(folderOf(name)), 0),
  };
}

/** Whether a stored instance holds these pixels, byte for byte. */
export async function holdsPixels(path: string, pixels: Buffer): Promise<boolean> {
  const stored = await readFile(path).catch(() => null);
  return stored?.includes(pixels) ?? false;
}
