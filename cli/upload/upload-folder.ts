import { createHash } from 'node:crypto';
import { me } from '../../lambda/register/person.contract';
import {
  fileCompleted,
  importedFileLimit,
  manifestPageAccepted,
  type PartUrls,
  partUrls,
  presignedUpload,
  submissionCreated,
  submissionView,
  uploadUrls,
} from '../../lambda/submission/submission.contract';
import { ApiClient } from '../api/api-client';
import { isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { startProgress } from '../terminal/progress';
import { plural, visibleName } from '../terminal/text';
import { buildManifest, idempotencyKey, type Manifest, manifestPages } from './manifest';
import { type PresignedPut, type PutAnswer, PutConnections } from './presigned-put';
import { type ScannedFile, scanFolder } from './scan-folder';
import { type ScanSummary, scanText, skippedCount, summariseScan } from './scan-summary';
import { sendFiles } from './send-files';
import type { FailedFile } from './send-outcome';
import { ReceivedJournal, readReceivedOrdinals, writeSubmissionRecord } from './submission-record';
import { walkFolder } from './walk-folder';

export interface UploadRequest {
  readonly folder: string;
  readonly collection: string;
  readonly jobs: number;
  readonly signal: AbortSignal;
}

export interface UploadResult {
  readonly submissionId: string;
  readonly skipped: number;
}

interface Uploader {
  readonly client: ApiClient;
  readonly trust: string;
  readonly nhsNumbers: Parameters<typeof scanFolder>[1];
}

/** @throws CommandError (exit 3) where the person does not send for a trust */
async function requireUploader(): Promise<Uploader> {
  const client = await ApiClient.signedIn();
  const person = await client.get('/v1/me', me);
  if (person.trustConfiguration === undefined)
    throw new CommandError('You do not send images for a trust.', exitCode.notAllowed, {
      code: 'ROLE_REQUIRED',
      fix: 'Ask an officer of the platform to make you an uploader of your trust.',
    });
  return {
    client,
    trust: person.trustConfiguration.odsCode,
    nhsNumbers: person.trustConfiguration.nhsNumbers,
  };
}

/** Reads a folder and says what would be sent. */
export async function scanForUpload(
  output: Output,
  folder: string,
  uploader: Pick<Uploader, 'nhsNumbers'>,
  options: { readonly digests: boolean; readonly signal: AbortSignal },
): Promise<{ root: string; files: ScannedFile[]; summary: ScanSummary }> {
  const startedAt = performance.now();
  const walked = await walkFolder(folder);
  const bytes = walked.files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = await startProgress(output, 'Reading', { files: walked.files.length, bytes });
  const files = await scanFolder(walked.files, uploader.nhsNumbers, {
    ...options,
    onRead: (readFiles, readBytes) => progress.advance(readFiles, readBytes),
  }).finally(() => progress.stop());
  const summary = summariseScan(files, walked);
  const text = scanText(summary, (performance.now() - startedAt) / 1000);
  if (options.digests) output.remark(text);
  else output.result(`${text}\nNothing was sent.`, { dryRun: true, ...summary });
  return { root: walked.root, files, summary };
}

/** Says what would be sent, and sends nothing. */
export async function dryRun(output: Output, folder: string, signal: AbortSignal): Promise<void> {
  await scanForUpload(output, folder, await requireUploader(), { digests: false, signal });
}

/**
 * The NHS numbers beside the manifest, one a line; a lone line end where the headers hold none, which spares the platform
 * from reading them all again.
 */
async function sendSubjects(
  client: ApiClient,
  id: string,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<void> {
  const lines =
    manifest.nhsNumbers.length === 0 ? ['\n'] : manifest.nhsNumbers.map((number) => `${number}\n`);
  const body = Buffer.from(lines.join(''), 'latin1');
  const sha256 = createHash('sha256').update(body).digest('hex');
  const target = await client.post(
    `/v1/submissions/${id}/subjects-url`,
    { bytes: body.length, sha256 },
    presignedUpload,
  );
  const connections = new PutConnections(1);
  try {
    const { status } = await retrying<PutAnswer>(async () => {
      const answer = await connections.put(target, body, signal);
      return isRetryableStatus(answer.status)
        ? { retry: new Error(`status ${answer.status}`) }
        : { done: answer };
    }, signal);
    // 412: an earlier run of the same submission sent them.
    if (status !== 200 && status !== 412)
      throw new CommandError(`The store refused the list of NHS numbers (${status}).`, exitCode.network, {
        code: 'SUBJECTS_REFUSED',
        fix: 'Run the same command again.',
      });
  } finally {
    connections.close();
  }
}

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

async function signUrls(
  client: ApiClient,
  id: string,
  ordinals: readonly number[],
): Promise<Map<number, PresignedPut>> {
  const { urls } = await client.post(`/v1/submissions/${id}/upload-urls`, { ordinals }, uploadUrls);
  return new Map(urls.map((each) => [each.ordinal, each]));
}

function signParts(
  client: ApiClient,
  id: string,
  ordinal: number,
  after: number,
  limit: number,
): Promise<PartUrls> {
  return client.post(`/v1/submissions/${id}/files/${ordinal}/part-urls`, { after, limit }, partUrls);
}

/** Has the platform put the parts of a file together; false where it still misses some. */
async function completeFile(client: ApiClient, id: string, ordinal: number): Promise<boolean> {
  try {
    await client.post(`/v1/submissions/${id}/files/${ordinal}/complete`, {}, fileCompleted);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.hints.code === 'PARTS_MISSING') return false;
    throw error;
  }
}

/** Sends what the journal does not know as received, and notes each file as it arrives. */
async function sendPending(
  output: Output,
  client: ApiClient,
  id: string,
  manifest: Manifest,
  request: UploadRequest,
): Promise<void> {
  const received = await readReceivedOrdinals(id);
  const tooLarge = manifest.entries.filter((entry) => entry.bytes > importedFileLimit);
  for (const entry of tooLarge)
    output.notice(
      `Too large for the image store (over 10 GB), will end as quarantined: ${visibleName(manifest.paths[entry.ordinal - 1] ?? '')}`,
    );
  const pending = manifest.entries.filter(
    (entry) => !received.has(entry.ordinal) && entry.bytes <= importedFileLimit,
  );
  if (received.size > 0)
    output.remark(`Submission ${id}: ${received.size} already received, ${pending.length} to send`);
  else output.remark(`Submission ${id}  (resumable: run the same command again)`);
  const bytes = pending.reduce((sum, entry) => sum + entry.bytes, 0);
  const progress = await startProgress(output, 'Uploading', { files: pending.length, bytes });
  const journal = new ReceivedJournal(id);
  let safe = received.size;
  try {
    const failed = await sendFiles({
      entries: pending,
      fileOf: ({ ordinal }) => {
        const path = manifest.paths[ordinal - 1];
        const location = manifest.locations[ordinal - 1];
        if (path === undefined || location === undefined) throw new Error('an entry without a file');
        return { path, location };
      },
      sign: (ordinals) => signUrls(client, id, ordinals),
      signParts: (ordinal, after, limit) => signParts(client, id, ordinal, after, limit),
      completeFile: (ordinal) => completeFile(client, id, ordinal),
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
        `Stopped. ${plural(safe, 'file is', 'files are')} safely received. Run the same command to continue.`,
        exitCode.interrupted,
      );
    if (error instanceof CommandError && error.exitCode === exitCode.network)
      output.notice(`${plural(safe, 'file is', 'files are')} safely received.`);
    throw error;
  } finally {
    progress.stop();
    journal.close();
  }
}

/**
 * Sends the DICOM files of a folder as one submission and completes it. The same folder again goes on with the same
 * submission; where that has been completed, nothing is sent.
 */
export async function uploadFolder(output: Output, request: UploadRequest): Promise<UploadResult> {
  const uploader = await requireUploader();
  const { client, trust } = uploader;
  const { root, files, summary } = await scanForUpload(output, request.folder, uploader, {
    digests: true,
    signal: request.signal,
  });
  const manifest = buildManifest(files);
  const key = idempotencyKey(request.collection, manifest);
  const skipped = skippedCount(summary);
  const { id, state } = await client.post(
    '/v1/submissions',
    {
      collection: request.collection,
      fileCount: manifest.entries.length,
      totalBytes: manifest.totalBytes,
      idempotencyKey: key,
    },
    submissionCreated,
  );
  await writeSubmissionRecord({
    version: 1,
    submissionId: id,
    api: client.session.api,
    trust,
    collection: request.collection,
    folder: root,
    idempotencyKey: key,
    paths: manifest.paths,
  });
  const sentBefore = { submission: id, state, files: manifest.entries.length, sent: 0, skipped };
  if (state !== 'open') {
    output.result(
      `Submission ${id} has all of these files already (${state}). Nothing was sent.`,
      sentBefore,
    );
    return { submissionId: id, skipped };
  }
  for (const { page, entries } of manifestPages(manifest))
    await client.put(`/v1/submissions/${id}/manifest/${page}`, { entries }, manifestPageAccepted);
  await sendSubjects(client, id, manifest, request.signal);
  await sendPending(output, client, id, manifest, request);
  const completed = await client.post(
    `/v1/submissions/${id}/complete`,
    {},
    submissionView.pick({ id: true, state: true }),
  );
  output.result(
    `Submission ${id}: ${plural(manifest.entries.length, 'file')} received, ${skipped} skipped. It is being processed.`,
    { ...sentBefore, state: completed.state, sent: manifest.entries.length, skippedFiles: summary.skipped },
  );
  return { submissionId: id, skipped };
}
