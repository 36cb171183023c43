import { stat } from 'node:fs/promises';
import PQueue from 'p-queue';
import type { ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import { type FileParts, partRange } from '../../lambda/submission/parts.contract';
import { isRetryableStatus, retrying } from '../api/http-retry';
import { rangeDigest } from './file-digests';
import { type AskPartUrls, PartUrlPages } from './part-urls';
import type { PutAnswer, PutConnections } from './presigned-put';
import { afterConnectionError, changedFile, type FailedFile, mostRenewals } from './send-outcome';
import { SentBytes } from './sent-bytes';

export interface PartedFileToSend {
  readonly entry: ManifestEntry & { readonly parts: FileParts };
  readonly path: string;
  readonly location: Buffer;
  readonly ask: AskPartUrls;
  /** Has the platform put the parts together; false where it still misses some. */
  readonly complete: () => Promise<boolean>;
  /** Parts at once. */
  readonly jobs: number;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** URLs asked for at once: enough for a while, few enough to be used before they expire. */
const pageSizeOf = (jobs: number) => Math.min(500, Math.max(16, 2 * jobs));

/** Rounds over the parts; a second one is needed where S3 deleted an upload that lay unfinished for days. */
const mostRounds = 3;

class PartSender {
  private readonly urls: PartUrlPages;
  private readonly sent = new Map<number, SentBytes>();
  private failed: FailedFile | null = null;

  constructor(
    private readonly file: PartedFileToSend,
    private readonly connections: PutConnections,
    private readonly signal: AbortSignal,
  ) {
    this.urls = new PartUrlPages(file.ask, pageSizeOf(file.jobs));
  }

  /** Sends every part that the platform does not have yet, several at once. */
  async sendMissing(queue: PQueue): Promise<FailedFile | null> {
    const { parts } = this.file.entry;
    this.urls.forget();
    await queue.addAll(
      parts.sha256.map((sha256, index) => async () => {
        this.signal.throwIfAborted();
        if (this.failed === null) this.failed = await this.send(index + 1, sha256);
      }),
    );
    return this.failed;
  }

  /** Sends one part until it is received or its file fails for good. */
  private async send(part: number, sha256: string): Promise<FailedFile | null> {
    const { entry, location, path } = this.file;
    const range = partRange(entry.bytes, entry.parts.bytes, part);
    const sent = this.sent.get(part) ?? new SentBytes(this.file.onBytes);
    this.sent.set(part, sent);
    let renewals = 0;
    return retrying<FailedFile | null>(async () => {
      const put = await this.urls.get(part);
      if (put === null) {
        sent.settle(range.bytes);
        return { done: null };
      }
      let answer: PutAnswer;
      try {
        answer = await this.connections.put(put, { location, ...range }, this.signal, sent.add);
      } catch (error) {
        sent.reset();
        return afterConnectionError(error, path);
      }
      const { status, code } = answer;
      if (status === 200) {
        this.urls.finished(part);
        sent.settle(range.bytes);
        return { done: null };
      }
      sent.reset();
      // 403: the URL has expired; 404: the upload has been completed or deleted meanwhile.
      if ((status === 403 || status === 404) && renewals < mostRenewals) {
        renewals++;
        this.urls.expire(part, put);
        return { retry: new Error('the URL has expired'), afterMs: 0 };
      }
      if (isRetryableStatus(status) || status === 409 || code === 'RequestTimeout')
        return { retry: new Error(`status ${status}`) };
      if (status === 400 && (await rangeDigest(location, range.start, range.bytes)) !== sha256)
        return { done: changedFile(path) };
      const detail = `The store answered ${status}${code ? ` ${code}` : ''} to part ${part}.`;
      return { done: { path, code: 'REFUSED', detail } };
    }, this.signal);
  }
}

/**
 * Sends a file in parts, several at once, each retried on its own and read from the disc as it goes out; parts that the
 * platform has already are not sent again.
 * @returns why the file can never be received as announced, else null
 */
export async function sendInParts(
  file: PartedFileToSend,
  connections: PutConnections,
): Promise<FailedFile | null> {
  const stop = new AbortController();
  const sender = new PartSender(file, connections, AbortSignal.any([file.signal, stop.signal]));
  const queue = new PQueue({ concurrency: file.jobs });
  try {
    for (let round = 0; round < mostRounds; round++) {
      const failed = await sender.sendMissing(queue);
      if (failed !== null) return failed;
      // A file that has grown is not the one that was announced, though all of its parts are.
      if ((await sizeOf(file.location)) !== file.entry.bytes) return changedFile(file.path);
      if (await file.complete()) return null;
    }
    return { path: file.path, code: 'REFUSED', detail: 'The platform still misses parts of it.' };
  } catch (error) {
    stop.abort(error);
    queue.clear();
    await queue.onIdle();
    throw error;
  }
}

async function sizeOf(location: Buffer): Promise<number | null> {
  try {
    return (await stat(location)).size;
  } catch {
    return null;
  }
}
