import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { OutputSink } from '../../dicom/deidentify/deidentify-instance';
import { DirectS3 } from '../platform/direct-s3';
import { type CopySource, MultipartUpload } from '../platform/multipart-upload';
import type { ObjectPlace } from '../platform/object-store';
import { hexToBase64 } from '../platform/s3-checksum';
import { StagedParts } from './staged-parts';

/** Outputs up to this size are kept in memory and put in one request; most slices and X-rays are. */
const bufferedBytes = 16 * 1024 * 1024;

/** Of an output that the engine does not cut into parts. 16 MiB a part: 10,000 parts hold 156 GiB, and two parts under way take 32 MiB of memory. */
const partBytes = 16 * 1024 * 1024;
const partsAtOnce = 2;

const contentType = 'application/dicom';

/** Where the engine writes its output. Nothing can be read under the key before `commit`. */
export interface StagedOutput {
  readonly sink: OutputSink;
  /** Makes the output an object; `sha256` of all of it, or of its parts, hex. */
  commit(sha256: string): Promise<void>;
  /** Forgets the output, and what was sent of it. */
  discard(): Promise<void>;
}

export interface StagingArea {
  /**
   * `place` is asked when the first byte has to leave memory, at the latest at `commit`. `source`: the object that the
   * output is made of, where its ranges may be copied.
   */
  open(place: () => ObjectPlace, source?: CopySource): StagedOutput;
}

class S3StagedOutput implements StagedOutput {
  private chunks: Buffer[] = [];
  private bytes = 0;
  private upload: {
    readonly body: PassThrough;
    readonly done: Promise<unknown>;
  } | null = null;

  private readonly parts: StagedParts;
  readonly sink: OutputSink;

  constructor(
    private readonly s3: S3Client,
    private readonly direct: DirectS3,
    private readonly place: () => ObjectPlace,
    source: CopySource | undefined,
  ) {
    const start = () => MultipartUpload.start(s3, this.place(), { ContentType: contentType });
    this.parts = new StagedParts(start, source ?? null);
    this.sink = { write: (chunk) => this.take(chunk), parts: this.parts };
  }

  async commit(sha256: string): Promise<void> {
    if (this.parts.inUse) {
      await this.parts.commit();
      return;
    }
    if (this.upload !== null) {
      this.upload.body.end();
      await this.upload.done;
      return;
    }
    const { bucket, key } = this.place();
    const { chunks } = this;
    this.chunks = [];
    if (await this.direct.put({ bucket, key }, chunks, sha256, contentType)) return;
    await this.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: Buffer.concat(chunks, this.bytes),
        ContentType: contentType,
        ChecksumSHA256: hexToBase64(sha256),
      }),
    );
  }

  async discard(): Promise<void> {
    if (this.parts.inUse) {
      await this.parts.discard();
      return;
    }
    this.chunks = [];
    if (this.upload === null) return;
    // A body that breaks off makes the upload abort itself and end only then; `Upload.abort` would not wait for that.
    this.upload.body.destroy(new Error('output discarded'));
    await this.upload.done.catch(() => {});
  }

  private take(chunk: Buffer): void | Promise<void> {
    if (this.parts.inUse) {
      this.parts.take(chunk);
      return;
    }
    if (this.upload === null && this.bytes + chunk.length <= bufferedBytes) {
      this.bytes += chunk.length;
      this.chunks.push(chunk);
      return;
    }
    return this.send(chunk);
  }

  private async send(chunk: Buffer): Promise<void> {
    const { body, done } = this.startUpload();
    if (body.write(chunk)) return;
    // A failed upload destroys its body, which then never drains; `done` tells why.
    await Promise.race([once(body, 'drain').catch(() => done), done]);
  }

  private startUpload() {
    if (this.upload !== null) return this.upload;
    const { bucket, key } = this.place();
    const body = new PassThrough({ highWaterMark: partBytes });
    // An upload that fails destroys its body; the failure itself is told by `done`.
    body.on('error', () => {});
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: bucket, Key: key, Body: body, ContentType: contentType },
      partSize: partBytes,
      queueSize: partsAtOnce,
    });
    const done = upload.done();
    // A failure is seen by `take` or `commit`, whichever waits next.
    done.catch(() => {});
    for (const chunk of this.chunks) body.write(chunk);
    this.chunks = [];
    this.upload = { body, done };
    return this.upload;
  }
}

export class S3StagingArea implements StagingArea {
  private readonly direct: DirectS3;

  constructor(private readonly s3: S3Client) {
    this.direct = new DirectS3(s3);
  }

  open(place: () => ObjectPlace, source?: CopySource): StagedOutput {
    return new S3StagedOutput(this.s3, this.direct, place, source);
  }
}
