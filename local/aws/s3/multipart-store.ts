import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from './checksum-algorithms';
import type { ObjectAttributes, StoredObject } from './object-version';

/** A multipart upload in progress. */
export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: 'FULL_OBJECT' | 'COMPOSITE' };
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly parts: ReadonlyMap<number, Part>;
}

export interface Part {
  readonly number: number;
  /** 32 hex digits, without quotes. */
  readonly etag: string;
  readonly bytes: number;
  /** Base64, by the upload's algorithm. */
  readonly checksum?: string;
  readonly modified: number;
  readonly path: string;
  /** Where the part begins in its file: a copied one is a range of its source, whose file is linked. */
  readonly start: number;
}

const textRecord = z.record(z.string(), z.string());
const uploadFile = z.strictObject({
  key: z.string(),
  startedAt: z.number(),
  checksum: z
    .strictObject({
      algorithm: z.enum(CHECKSUM_ALGORITHMS as [ChecksumAlgorithm, ...ChecksumAlgorithm[]]),
      type: z.enum(['FULL_OBJECT', 'COMPOSITE']),
    })
    .optional(),
  attributes: z.strictObject({
    headers: textRecord,
    metadata: textRecord,
    tags: textRecord,
    kmsKeyArn: z.string().optional(),
    retention: z.strictObject({ mode: z.enum(['COMPLIANCE', 'GOVERNANCE']), until: z.number() }).optional(),
    legalHold: z.boolean().optional(),
  }),
});

/**
 * A part's file says all there is to know of it: `<number>.<etag>.<checksum in base64url or ->.part`, of a range of its
 * file with `.<start>+<bytes>` before `.part`.
 */
const PART_NAME = /^(\d+)\.([0-9a-f]{32})\.([\w-]+)(?:\.(\d+)\+(\d+))?\.part$/;
const NO_CHECKSUM = '-';

/** S3 answers a completion that is asked for again for some minutes. */
const REMEMBERED_COMPLETIONS = 1000;

/**
 * Multipart uploads of one bucket: a folder each, with `upload.json` and a file a part. What is in the folder is what
 * the upload is, so nothing else has to be kept in step with it.
 */
export class MultipartStore {
  private readonly completions = new Map<
    string,
    { readonly key: string; readonly object: Promise<StoredObject> }
  >();
  private readonly uploads = new Map<string, Upload & { readonly parts: Map<number, Part> }>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    for (const uploadId of readdirSync(folder)) this.open(uploadId);
  }

  create(upload: Omit<Upload, 'uploadId' | 'parts'>): Upload {
    const uploadId = randomBytes(32).toString('base64url');
    writeJsonFile(join(this.folder, uploadId, 'upload.json'), upload);
    const created = { ...upload, uploadId, parts: new Map<number, Part>() };
    this.uploads.set(uploadId, created);
    return created;
  }

  /** The upload of this id, if it is for this key. */
  find(uploadId: string, key: string): Upload | undefined {
    const upload = this.uploads.get(uploadId);
    return upload?.key === key ? upload : undefined;
  }

  all(): Iterable<Upload> {
    return this.uploads.values();
  }

  /** Path for a part that is being received; the next start removes it. */
  incomingPath(uploadId: string): string {
    return join(this.folder, uploadId, `${randomBytes(8).toString('hex')}.incoming`);
  }

  /**
   * Makes a received file, or a range of it, a part in place of an earlier one of its number. Throws nothing but what `fs`
   * throws.
   */
  putPart(uploadId: string, incomingPath: string, part: Omit<Part, 'path'>, isRange = false): void {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) {
      rmSync(incomingPath, { force: true });
      return;
    }
    const checksum = part.checksum === undefined ? NO_CHECKSUM : toUrlSafe(part.checksum);
    const range = isRange ? `.${part.start}+${part.bytes}` : '';
    const path = join(this.folder, uploadId, `${part.number}.${part.etag}.${checksum}${range}.part`);
    const earlier = upload.parts.get(part.number);
    renameSync(incomingPath, path);
    upload.parts.set(part.number, { ...part, path });
    if (earlier !== undefined && earlier.path !== path) rmSync(earlier.path, { force: true });
  }

  /** Keeps an upload's completion for those who ask for it again; when it is done, the upload ends. */
  complete({ uploadId, key }: Upload, assembled: Promise<StoredObject>): Promise<StoredObject> {
    const object = assembled.then(
      (done) => {
        this.remove(uploadId);
        return done;
      },
      (error: unknown) => {
        this.completions.delete(uploadId);
        throw error;
      },
    );
    this.completions.set(uploadId, { key, object });
    const [oldest] = this.completions.keys();
    if (oldest !== undefined && this.completions.size > REMEMBERED_COMPLETIONS)
      this.completions.delete(oldest);
    return object;
  }

  /** The completion of an upload of this key that is under way, or was lately. */
  completionOf(uploadId: string, key: string): Promise<StoredObject> | undefined {
    const completion = this.completions.get(uploadId);
    return completion?.key === key ? completion.object : undefined;
  }

  /** Ends an upload and removes its parts. */
  remove(uploadId: string): void {
    this.uploads.delete(uploadId);
    rmSync(join(this.folder, uploadId), { recursive: true, force: true });
  }

  private open(uploadId: string): void {
    const folder = join(this.folder, uploadId);
    const stored = readJsonFile(join(folder, 'upload.json'));
    if (stored === undefined) {
      rmSync(folder, { recursive: true, force: true });
      return;
    }
    const parts = new Map<number, Part>();
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const match = PART_NAME.exec(name);
      if (match === null) {
        if (name !== 'upload.json') rmSync(path, { force: true });
        continue;
      }
      const { size, mtimeMs } = statSync(path);
      const number = Number(match[1]);
      const part: Part = {
        number,
        etag: match[2] ?? '',
        bytes: match[5] === undefined ? size : Number(match[5]),
        start: Number(match[4] ?? 0),
        checksum: match[3] === NO_CHECKSUM ? undefined : fromUrlSafe(match[3] ?? ''),
        modified: Math.floor(mtimeMs),
        path,
      };
      const other = parts.get(number);
      if (other === undefined || other.modified < part.modified) parts.set(number, part);
    }
    this.uploads.set(uploadId, { ...uploadFile.parse(stored), uploadId, parts });
  }
}

/** Base64 with `-` and `_`; `=` stays away and is put back by length. */
function toUrlSafe(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64url');
}

function fromUrlSafe(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64');
}
