import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import type { PartUrls } from '../../lambda/submission/submission.contract';
import { isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, exitCode } from '../terminal/exit-code';
import { fileDigest } from './file-digests';
import { type PresignedPut, PutConnections } from './presigned-put';
import { afterConnectionError, changedFile, type FailedFile, mostRenewals } from './send-outcome';
import { sendInParts } from './send-parts';
import { SentBytes } from './sent-bytes';
import { UploadUrls } from './upload-urls';

export interface FilesToSend {
  readonly entries: readonly ManifestEntry[];
  /** The file of an entry: its name for people, and by what it is opened. */
  readonly fileOf: (entry: ManifestEntry) => { readonly path: string; readonly location: Buffer };
  readonly sign: (ordinals: readonly number[]) => Promise<Map<number, PresignedPut>>;
  /** URLs of missing parts of a file that is sent in parts. */
  readonly signParts: (ordinal: number, after: number, limit: number) => Promise<PartUrls>;
  /** Has the platform put the parts of a file together; false where it still misses some. */
  readonly completeFile: (ordinal: number) => Promise<boolean>;
  /** Files at once; of a file in parts, parts at once. */
  readonly jobs: number;
  readonly onReceived: (entry: ManifestEntry) => void;
  /** Bytes that went out; less than none where they have to go out again. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

class Sender {
  private readonly connections: PutConnections;
  private readonly urls: UploadUrls;

  constructor(private readonly work: FilesToSend) {
    this.connections = new PutConnections(work.jobs);
    this.urls = new UploadUrls(
      work.entries.filter((entry) => entry.parts === undefined).map((entry) => entry.ordinal),
      work.sign,
    );
  }

  close(): void {
    this.connections.close();
  }

  /** Sends one file until it is received or fails for good. */
  async send(entry: ManifestEntry): Promise<FailedFile | null> {
    const { parts } = entry;
    const { path, location } = this.work.fileOf(entry);
    if (parts === undefined) return this.sendWhole(entry, path, location);
    const { jobs, signal, onBytes } = this.work;
    const failed = await sendInParts(
      {
        entry: { ...entry, parts },
        path,
        location,
        ask: (after, limit) => this.work.signParts(entry.ordinal, after, limit),
        complete: () => this.work.completeFile(entry.ordinal),
        jobs,
        onBytes,
        signal,
      },
      this.connections,
    );
    if (failed === null) this.work.onReceived(entry);
    return failed;
  }

  private async sendWhole(entry: ManifestEntry, path: string, location: Buffer): Promise<FailedFile | null> {
    const sent = new SentBytes(this.work.onBytes);
    let renewals = 0;
    return retrying<FailedFile | null>(async () => {
      const { put, generation } = await this.urls.get(entry.ordinal);
      const file = { location, bytes: entry.bytes };
      let answer: Awaited<ReturnType<PutConnections['put']>>;
      try {
        answer = await this.connections.put(put, file, this.work.signal, sent.add);
      } catch (error) {
        sent.reset();
        return afterConnectionError(error, path);
      }
      const { status, code } = answer;
      // 412: the file is there already.
      if (status === 200 || status === 412) {
        this.urls.finished(entry.ordinal);
        sent.settle(entry.bytes);
        this.work.onReceived(entry);
        return { done: null };
      }
      sent.reset();
      if (status === 403 && renewals < mostRenewals) {
        renewals++;
        this.urls.renew(entry.ordinal, generation);
        return { retry: new Error('the URL has expired'), afterMs: 0 };
      }
      // 409: another request writes the same key; 400 RequestTimeout: the body did not arrive in time.
      if (isRetryableStatus(status) || status === 409 || code === 'RequestTimeout')
        return { retry: new Error(`status ${status}`) };
      if (status === 400 && (await fileDigest(location)).sha256 !== entry.sha256)
        return { done: changedFile(path) };
      const detail = `The store answered ${status}${code ? ` ${code}` : ''}.`;
      return { done: { path, code: 'REFUSED', detail } };
    }, this.work.signal);
  }
}

/**
 * Sends files by presigned PUT, several at once, each retried on its own; then those in parts, one after the other.
 * @returns files that can never be received as announced
 * @throws CommandError (exit 4) where the network gives up; the abort reason where the signal is aborted
 */
export async function sendFiles(work: FilesToSend): Promise<FailedFile[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  // One listener a request on its way, not a leak.
  setMaxListeners(0, signal);
  const sender = new Sender({ ...work, signal });
  const queue = new PQueue({ concurrency: work.jobs });
  const failed: FailedFile[] = [];
  const send = async (entry: ManifestEntry) => {
    signal.throwIfAborted();
    const failure = await sender.send(entry);
    if (failure) failed.push(failure);
  };
  try {
    const whole = work.entries.filter((entry) => entry.parts === undefined);
    await Promise.all(whole.map((entry) => queue.add(() => send(entry))));
    for (const entry of work.entries) if (entry.parts !== undefined) await send(entry);
    return failed;
  } catch (error) {
    stop.abort(error);
    queue.clear();
    await queue.onIdle();
    work.signal.throwIfAborted();
    if (error instanceof CommandError) throw error;
    throw new CommandError('The network gave up.', exitCode.network, {
      code: 'NETWORK',
      detail: error instanceof Error ? error.message : undefined,
      fix: 'Check the network, then run the same command again: it goes on where it stopped.',
    });
  } finally {
    sender.close();
  }
}
