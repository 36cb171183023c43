import type { ManifestEntry } from '../../lambda/deidentification/pipeline.contract';
import {
  archiveUrls,
  importedFileLimit,
  type PartUrls,
  partUrls,
  uploadCompleted,
  uploadUrls,
} from '../../lambda/submission/submission.contract';
import type { ApiClient } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { startProgress } from '../terminal/progress';
import { plural, visibleName } from '../terminal/text';
import type { Manifest } from './manifest';
import type { PresignedPut } from './presigned-put';
import { type FilesToSend, sendFiles } from './send-files';
import type { FailedFile } from './send-outcome';
import { ReceivedJournal, readReceivedOrdinals, type Sent } from './submission-record';

/** Files named in an error. */
const failedShown = 20;

function failureError(failed: readonly FailedFile[]): CommandError {
  const changed = failed.filter((file) => file.code === 'FILE_CHANGED');
  const names = failed.slice(0, failedShown).map((file) => `${visibleName(file.path)}: ${file.detail}`);
  if (failed.length > failedShown) names.push(`and ${failed.length - failedShown} more`);
  if (changed.length > 0)
    return new CommandError(
      `${plural(changed.length, 'file')} changed while the folder was sent; the submission was not completed.`,
      exitCode.integrity,
      {
        code: 'FILE_CHANGED',
        detail: names.join('\n'),
        fix: 'Wait until the export has ended, then run the same command again: it makes a new submission.',
      },
    );
  return new CommandError(`${plural(failed.length, 'file')} could not be sent.`, exitCode.network, {
    code: 'UPLOAD_REFUSED',
    detail: names.join('\n'),
    fix: 'Run the same command again; if it happens again, tell the platform team.',
  });
}

async function signArchives(
  client: ApiClient,
  id: string,
  archives: readonly number[],
): Promise<Map<number, PresignedPut>> {
  const { urls } = await client.post(`/v1/submissions/${id}/archive-urls`, { archives }, archiveUrls);
  return new Map(urls.map((each) => [each.archive, each]));
}

async function signUrls(
  client: ApiClient,
  id: string,
  ordinals: readonly number[],
): Promise<Map<number, PresignedPut>> {
  const { urls } = await client.post(`/v1/submissions/${id}/upload-urls`, { ordinals }, uploadUrls);
  return new Map(urls.map((each) => [each.ordinal, each]));
}

/** @param path of the file or archive below its submission */
function signParts(
  client: ApiClient,
  id: string,
  path: string,
  after: number,
  limit: number,
): Promise<PartUrls> {
  return client.post(`/v1/submissions/${id}/${path}/part-urls`, { after, limit }, partUrls);
}

/** Has the platform put the parts of a file or archive together; false where it still misses some. */
async function completeParts(client: ApiClient, id: string, path: string): Promise<boolean> {
  try {
    await client.post(`/v1/submissions/${id}/${path}/complete`, {}, uploadCompleted);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.hints.code === 'PARTS_MISSING') return false;
    throw error;
  }
}

/** What is sent by itself: the files outside of archives, or the archives. */
export interface Load
  extends Pick<FilesToSend, 'entries' | 'fileOf' | 'sign' | 'signParts' | 'completeFile'> {
  readonly sent: Sent;
  readonly noun: string;
}

/** The files that are not in archives. */
export function fileLoad(client: ApiClient, id: string, manifest: Manifest): Load {
  return {
    sent: 'files',
    noun: 'file',
    entries: manifest.entries.filter((entry) => entry.archived === undefined),
    fileOf: ({ ordinal }) => {
      const path = manifest.paths[ordinal - 1];
      const location = manifest.locations[ordinal - 1];
      if (path === undefined || location === undefined) throw new Error('an entry without a file');
      return { path, location };
    },
    sign: (ordinals) => signUrls(client, id, ordinals),
    signParts: (ordinal, after, limit) => signParts(client, id, `files/${ordinal}`, after, limit),
    completeFile: (ordinal) => completeParts(client, id, `files/${ordinal}`),
  };
}

/** The archives, by their numbers. */
export function archiveLoad(client: ApiClient, id: string, manifest: Manifest): Load {
  return {
    sent: 'archives',
    noun: 'zip archive',
    entries: manifest.archives.map(({ archive, bytes, sha256, parts }) => ({
      ordinal: archive,
      bytes,
      sha256,
      group: 1,
      ...(parts && { parts }),
    })),
    fileOf: ({ ordinal }) => {
      const archive = manifest.archives[ordinal - 1];
      if (archive === undefined) throw new Error('an archive without a file');
      return archive;
    },
    sign: (archives) => signArchives(client, id, archives),
    signParts: (archive, after, limit) => signParts(client, id, `archives/${archive}`, after, limit),
    completeFile: (archive) => completeParts(client, id, `archives/${archive}`),
  };
}

/** Sends what the journal does not know as received, and notes each file or archive as it arrives. */
export async function sendPending(
  output: Output,
  id: string,
  load: Load,
  request: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { entries, noun, sent } = load;
  if (entries.length === 0) return;
  const received = await readReceivedOrdinals(id, sent);
  const isTooLarge = ({ bytes }: ManifestEntry) => sent === 'files' && bytes > importedFileLimit;
  const tooLarge = entries.filter(isTooLarge);
  for (const entry of tooLarge)
    output.notice(
      `Too large for the image store (over 10 GB), will end as quarantined: ${visibleName(load.fileOf(entry).path)}`,
    );
  const pending = entries.filter((entry) => !received.has(entry.ordinal) && !isTooLarge(entry));
  if (received.size > 0)
    output.remark(
      `Submission ${id}: ${plural(received.size, noun)} already received, ${pending.length} to send`,
    );
  else output.remark(`Submission ${id}  (resumable: run the same command again)`);
  const bytes = pending.reduce((sum, entry) => sum + entry.bytes, 0);
  const progress = await startProgress(output, 'Uploading', { files: pending.length, bytes });
  const journal = new ReceivedJournal(id, sent);
  let safe = received.size;
  try {
    const failed = await sendFiles({
      ...load,
      entries: pending,
      jobs: request.jobs,
      signal: request.signal,
      onReceived: (entry) => {
        journal.add(entry.ordinal);
        safe++;
        progress.advance(1, 0);
      },
      onBytes: (sentBytes) => progress.advance(0, sentBytes),
    });
    if (failed.length > 0) throw failureError(failed);
  } catch (error) {
    progress.stop();
    if (request.signal.aborted)
      throw new CommandError(
        `Stopped. ${plural(safe, `${noun} is`, `${noun}s are`)} safely received. Run the same command to continue.`,
        exitCode.interrupted,
      );
    if (error instanceof CommandError && error.exitCode === exitCode.network)
      output.notice(`${plural(safe, `${noun} is`, `${noun}s are`)} safely received.`);
    throw error;
  } finally {
    progress.stop();
    journal.close();
  }
}
