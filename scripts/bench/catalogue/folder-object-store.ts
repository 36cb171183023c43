import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ObjectPlace, ObjectStore, PutOptions } from '../../../lambda/platform/object-store';

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Buckets as folders of the disk. What S3 itself does with an object, the check of its digest say, is not done. */
export class FolderObjectStore implements Pick<ObjectStore, 'put' | 'readText' | 'readStream'> {
  constructor(private readonly folder: string) {}

  async put(place: ObjectPlace, body: string | Buffer, { onlyIfAbsent }: PutOptions): Promise<boolean> {
    const path = this.pathOf(place);
    if (onlyIfAbsent === true && (await isThere(path))) return false;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
    return true;
  }

  async readText(place: ObjectPlace): Promise<string | null> {
    const path = this.pathOf(place);
    return (await isThere(path)) ? readFile(path, 'utf8') : null;
  }

  async readStream(place: ObjectPlace, lastByte?: number, firstByte = 0): Promise<Readable | null> {
    const path = this.pathOf(place);
    if (!(await isThere(path))) return null;
    return createReadStream(path, { start: firstByte, ...(lastByte !== undefined && { end: lastByte }) });
  }

  private pathOf = ({ bucket, key }: ObjectPlace): string => join(this.folder, bucket, key);
}
