import type { OutputParts, SourceRange } from '../../dicom/write/output-stream';
import { boundedMap } from '../platform/bounded-map';
import type { CopySource, MultipartUpload } from '../platform/multipart-upload';

/** Parts of at most 22 MiB (dicom/deidentify/pixel-segments.ts) sent at once, while the next one is gathered. */
const sentAtOnce = 2;

/** Copies cost no memory and little traffic here; S3 takes some tenths of a second for each. */
const copiedAtOnce = 16;

/** The parts of one output, as the engine cuts them, on their way into a multipart upload. */
export class StagedParts implements OutputParts {
  readonly copy?: (ranges: readonly SourceRange[]) => Promise<readonly string[]>;
  private begun = false;
  private chunks: Buffer[] = [];
  private bytes = 0;
  private parts = 0;
  private upload: Promise<MultipartUpload> | null = null;
  private readonly sent: Promise<void>[] = [];
  private readonly underWay = new Set<Promise<void>>();

  /** `source`: where ranges of the source can be copied from, null where they cannot. */
  constructor(
    private readonly startUpload: () => Promise<MultipartUpload>,
    source: CopySource | null,
  ) {
    if (source !== null) this.copy = (ranges) => this.copyFrom(source, ranges);
  }

  /** Whether the output comes in parts. */
  get inUse(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }

  take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  async end(sha256: string): Promise<void> {
    const body = Buffer.concat(this.chunks, this.bytes);
    this.chunks = [];
    this.bytes = 0;
    this.parts += 1;
    const number = this.parts;
    while (this.underWay.size >= sentAtOnce) await Promise.race(this.underWay);
    const upload = await this.started();
    const sent = upload.put(number, body, sha256).finally(() => this.underWay.delete(sent));
    // A failure is seen by whoever waits next: for room, or for all.
    sent.catch(() => {});
    this.underWay.add(sent);
    this.sent.push(sent);
  }

  /** Makes the parts an object. */
  async commit(): Promise<void> {
    const upload = await this.started();
    await Promise.all(this.sent);
    await upload.complete();
  }

  /** Forgets the parts. What cannot be removed now, the bucket's rule for unfinished uploads removes. */
  async discard(): Promise<void> {
    this.chunks = [];
    await Promise.allSettled(this.sent);
    const upload = await this.upload?.catch(() => null);
    await upload?.abort().catch(() => {});
  }

  private async copyFrom(source: CopySource, ranges: readonly SourceRange[]): Promise<readonly string[]> {
    const first = this.parts + 1;
    this.parts += ranges.length;
    const upload = await this.started();
    return boundedMap(ranges, copiedAtOnce, (range, index) => upload.copy(first + index, source, range));
  }

  private started(): Promise<MultipartUpload> {
    if (this.upload === null) {
      this.upload = this.startUpload();
      this.upload.catch(() => {});
    }
    return this.upload;
  }
}
