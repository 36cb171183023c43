import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import { type Attempt, isConnectionError, isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, exitCode } from '../terminal/exit-code';
import { FileLengthError, type PresignedPut, PutConnections } from './presigned-put';
import { fileDigest } from './scan-folder';
import { UploadUrls } from './upload-urls';

export interface FilesToSend {
  readonly entries: readonly ManifestEntry[];
  /** The file of an entry: its name for people, and by what it is opened. */
  readonly fileOf: (entry: ManifestEntry) => { readonly path: string; readonly location: Buffer };
  readonly sign: (ordinals: readonly number[]) => Promise<Map<number, PresignedPut>>;
  /** Files at once. */
  readonly jobs: number;
  readonly onReceived: (entry: ManifestEntry, alreadyThere: boolean) => void;
  readonly signal: AbortSignal;
}

/** A file whose upload can never succeed; the others go on. */
export interface FailedFile {
  readonly path: string;
  readonly code: 'FILE_CHANGED' | 'REFUSED';
  readonly detail: string;
}

/** Refusals that say that the URL, not the file, is too old. */
const mostRenewals = 5;

const changed = (path: string): FailedFile => ({
  path,
  code: 'FILE_CHANGED',
  detail: 'The file changed after its digest was taken.',
});

class Sender {
  private readonly connections: PutConnections;
  private readonly urls: UploadUrls;

  constructor(private readonly work: FilesToSend) {
    this.connections = new PutConnections(work.jobs);
    this.urls = new UploadUrls(
      work.entries.map((entry) => entry.ordinal),
      work.sign,
    );
  }

  close(): void {
    this.connections.close();
  }

  /** Sends one file until it is received or fails for good. */
  async send(entry: ManifestEntry): Promise<FailedFile | null> {
    const { path, location } = this.work.fileOf(entry);
    let renewals = 0;
    return retrying<FailedFile | null>(async () => {
      const { put, generation } = await this.urls.get(entry.ordinal);
      const file = { location, bytes: entry.bytes };
      let answer: Awaited<ReturnType<PutConnections['put']>>;
      try {
        answer = await this.connections.put(put, file, this.work.signal);
      } catch (error) {
        return afterConnectionError(error, path);
      }
      const { status, code } = answer;
      if (status === 200 || status === 412) {
        this.urls.finished(entry.ordinal);
        this.work.onReceived(entry, status === 412);
        return { done: null };
      }
      if (status === 403 && renewals < mostRenewals) {
        renewals++;
        this.urls.renew(entry.ordinal, generation);
        return { retry: new Error('the URL has expired'), afterMs: 0 };
      }
      // 409: another request writes the same key; 400 RequestTimeout: the body did not arrive in time.
      if (isRetryableStatus(status) || status === 409 || code === 'RequestTimeout')
        return { retry: new Error(`status ${status}`) };
      if (status === 400 && (await fileDigest(location)).sha256 !== entry.sha256)
        return { done: changed(path) };
      const detail = `The store answered ${status}${code ? ` ${code}` : ''}.`;
      return { done: { path, code: 'REFUSED', detail } };
    }, this.work.signal);
  }
}

function afterConnectionError(error: unknown, path: string): Attempt<FailedFile | null> {
  if (error instanceof FileLengthError) return { done: changed(path) };
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
    return { done: changed(path) };
  if (isConnectionError(error)) return { retry: error };
  throw error;
}

/**
 * Sends files by presigned PUT, several at once, each retried on its own.
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
  try {
    await Promise.all(
      work.entries.map((entry) =>
        queue.add(async () => {
          signal.throwIfAborted();
          const failure = await sender.send(entry);
          if (failure) failed.push(failure);
        }),
      ),
    );
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
