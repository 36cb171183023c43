import { buffer } from 'node:stream/consumers';
import { type AsyncBuffer, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { ObjectStore } from '../platform/object-store';
import { type LakeFile, type LakePartition, ownerColumn } from './lake-partition';
import { lakeTables } from './lake-tables.contract';
import { type ColumnRows, readParquet, writeParquet } from './parquet-file';

export interface LakeFileStorePorts {
  readonly objects: Pick<ObjectStore, 'readStream' | 'head' | 'put' | 'deleteAllVersions'>;
  readonly catalogueBucket: string;
}

/** Raised where a file of a list is not there: it was replaced since the list was read, and the list is to be read again. */
export class FileGoneError extends Error {
  override readonly name = 'FileGoneError';
}

/**
 * Raised where a file of a list cannot be read, mostly since it is no Parquet. The lake has no other copy of it that counts: its former version in the
 * bucket, or the catalogue's rows of its submissions, have what it held.
 */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  constructor({ key }: LakeFile, cause: unknown) {
    super(`${key} cannot be read`, { cause });
  }
}

async function readable<Result>(file: LakeFile, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof FileGoneError ? error : new UnreadableFileError(file, error);
  }
}

const contentType = 'application/vnd.apache.parquet';

/** The files of a partition as rows. */
export class LakeFileStore {
  constructor(private readonly ports: LakeFileStorePorts) {}

  /** All rows of a file. @throws FileGoneError, UnreadableFileError */
  async read({ table }: LakePartition, file: LakeFile): Promise<ColumnRows> {
    const { objects, catalogueBucket: bucket } = this.ports;
    const stream = await objects.readStream({ bucket, key: file.key });
    if (stream === null) throw new FileGoneError('a file of the lake has gone');
    const bytes = await buffer(stream);
    return readable(file, () => readParquet(bytes, Object.keys(lakeTables[table].columns)));
  }

  /** Number of rows of a file, and how many each owner has of them; reads little but the one column. @throws FileGoneError, UnreadableFileError */
  async owners(partition: LakePartition, file: LakeFile): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const parquet = await this.open(file);
    await readable(file, async () => {
      const metadata = await parquetMetadataAsync(parquet);
      await parquetRead({
        file: parquet,
        metadata,
        columns: [ownerColumn(partition)],
        onChunk: ({ columnData }) => {
          for (const owner of columnData) counts.set(String(owner), (counts.get(String(owner)) ?? 0) + 1);
        },
      });
    });
    return counts;
  }

  /** Writes a file unless it is there; gives its bytes, for `ensure`. */
  async write({ table }: LakePartition, { key }: LakeFile, rows: ColumnRows): Promise<Buffer> {
    const body = writeParquet(lakeTables[table].columns, rows);
    await this.put(key, body);
    return body;
  }

  /**
   * Once a list names a file: puts it again where it has gone. Who sweeps what no list names may have met it between its
   * writing and its naming.
   */
  async ensure({ key }: LakeFile, body: Buffer): Promise<void> {
    const head = await this.ports.objects.head({ bucket: this.ports.catalogueBucket, key });
    if (head === null) await this.put(key, body);
  }

  /** Deletes files in every version. */
  async erase(files: readonly LakeFile[]): Promise<void> {
    for (const { key } of files) await this.ports.objects.deleteAllVersions(this.ports.catalogueBucket, key);
  }

  private async put(key: string, body: Buffer): Promise<void> {
    const place = { bucket: this.ports.catalogueBucket, key };
    await this.ports.objects.put(place, body, { contentType, onlyIfAbsent: true });
  }

  private async open({ key }: LakeFile): Promise<AsyncBuffer> {
    const { objects, catalogueBucket: bucket } = this.ports;
    const head = await objects.head({ bucket, key });
    if (head === null) throw new FileGoneError('a file of the lake has gone');
    return {
      byteLength: head.bytes,
      slice: async (start: number, end = head.bytes) => {
        const stream = await objects.readStream({ bucket, key }, end - 1, start);
        if (stream === null) throw new FileGoneError('a file of the lake has gone');
        const bytes = await buffer(stream);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      },
    };
  }
}
