import { createHash } from 'node:crypto';
import { presignedUpload } from '../../lambda/platform/presigned-urls.contract';
import { me } from '../../lambda/register/person.contract';
import {
  manifestPageAccepted,
  type SubmissionState,
  submissionCreated,
  submissionView,
} from '../../lambda/submission/submission.contract';
import { ApiClient } from '../api/api-client';
import { checkCoverage, coverageText } from '../demographics/check-coverage';
import { sendTable } from '../demographics/send-table';
import { readTableFile, type TableFile } from '../demographics/table-file';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { startProgress } from '../terminal/progress';
import { plural } from '../terminal/text';
import { buildManifest, idempotencyKey, type Manifest, manifestPages } from './manifest';
import { putBody } from './put-body';
import { type ScannedExport, scanExport } from './scan-export';
import { type ScanSummary, scanText, skippedCount, summariseScan } from './scan-summary';
import { archiveLoad, fileLoad, sendPending } from './send-pending';
import { writeSubmissionRecord } from './submission-record';
import { walkFolder } from './walk-folder';

export interface UploadRequest {
  readonly folder: string;
  readonly collection: string;
  /** Demographics table, where one is sent with the images. */
  readonly demographics: string | null;
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
  readonly nhsNumbers: Parameters<typeof scanExport>[1];
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

/** What is known before anything is sent. */
interface UploadScan {
  readonly root: string;
  readonly scanned: ScannedExport;
  readonly summary: ScanSummary;
  readonly table: TableFile | null;
}

/** Reads a folder, and a demographics table where there is one, and says what would be sent. */
export async function scanForUpload(
  output: Output,
  folder: string,
  uploader: Pick<Uploader, 'nhsNumbers'>,
  options: {
    readonly digests: boolean;
    readonly demographics: string | null;
    readonly signal: AbortSignal;
  },
): Promise<UploadScan> {
  const startedAt = performance.now();
  const { demographics, ...scanOptions } = options;
  // The table first: its faults are known in a second, the folder may take an hour.
  const table = demographics === null ? null : await readTableFile(output, demographics);
  const walked = await walkFolder(folder);
  const bytes = walked.files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = await startProgress(output, 'Reading', { files: walked.files.length, bytes });
  const scanned = await scanExport(walked.files, uploader.nhsNumbers, {
    ...scanOptions,
    onRead: (readFiles, readBytes) => progress.advance(readFiles, readBytes),
  }).finally(() => progress.stop());
  const summary = summariseScan(scanned, walked);
  const lines = [scanText(summary, (performance.now() - startedAt) / 1000)];
  let record: object = { dryRun: true, ...summary };
  if (table !== null) {
    const coverage = checkCoverage(output, table, scanned);
    lines.push(coverageText(table, coverage));
    const { disagreeing: _, ...counts } = coverage;
    record = { ...record, demographics: { ...table.completeness, ...counts } };
  }
  const text = lines.join('\n');
  if (options.digests) output.remark(text);
  else output.result(`${text}\nNothing was sent.`, record);
  return { root: walked.root, scanned, summary, table };
}

/** Says what would be sent, and sends nothing. */
export async function dryRun(
  output: Output,
  folder: string,
  demographics: string | null,
  signal: AbortSignal,
): Promise<void> {
  await scanForUpload(output, folder, await requireUploader(), { digests: false, demographics, signal });
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
  const status = await putBody(target, body, signal);
  // 412: an earlier run of the same submission sent them.
  if (status !== 200 && status !== 412)
    throw new CommandError(`The store refused the list of NHS numbers (${status}).`, exitCode.network, {
      code: 'SUBJECTS_REFUSED',
      fix: 'Run the same command again.',
    });
}

/** The submission of this content: one made before, or a new one where there is none or the last one has expired. */
async function findSubmission(
  output: Output,
  client: ApiClient,
  collection: string,
  manifest: Manifest,
): Promise<{ id: string; state: SubmissionState; key: string }> {
  for (let expired = 0; ; expired++) {
    const key = idempotencyKey(collection, manifest, expired);
    const made = await client.post(
      '/v1/submissions',
      {
        collection,
        fileCount: manifest.entries.length,
        totalBytes: manifest.totalBytes,
        idempotencyKey: key,
      },
      submissionCreated,
    );
    if (!made.expired) return { ...made, key };
    output.remark(`Submission ${made.id} of these files was not completed in time; they go into a new one.`);
  }
}

/**
 * Sends the DICOM files of a folder as one submission and completes it. The same folder again goes on with the same
 * submission; where that has been completed, nothing is sent.
 */
export async function uploadFolder(output: Output, request: UploadRequest): Promise<UploadResult> {
  const uploader = await requireUploader();
  const { client, trust } = uploader;
  const { root, scanned, summary, table } = await scanForUpload(output, request.folder, uploader, {
    digests: true,
    demographics: request.demographics,
    signal: request.signal,
  });
  const manifest = buildManifest(scanned);
  const skipped = skippedCount(summary);
  const { id, state, key } = await findSubmission(output, client, request.collection, manifest);
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
  const sentBefore = {
    submission: id,
    state,
    files: manifest.entries.length,
    archives: manifest.archives.length,
    sent: 0,
    skipped,
  };
  if (state !== 'open') {
    const rows = table === null ? null : (await sendTable(output, client, id, table, request.signal)).rows;
    output.result(
      `Submission ${id} has all of these files already (${state}). ${
        rows === null ? 'Nothing was sent.' : `The demographics table was sent, ${plural(rows, 'row')}.`
      }`,
      { ...sentBefore, ...(rows === null ? {} : { demographicsRows: rows }) },
    );
    return { submissionId: id, skipped };
  }
  for (const { page, entries, archives } of manifestPages(manifest))
    await client.put(
      `/v1/submissions/${id}/manifest/${page}`,
      archives.length === 0 ? { entries } : { entries, archives },
      manifestPageAccepted,
    );
  await sendSubjects(client, id, manifest, request.signal);
  if (table !== null) {
    const { rows } = await sendTable(output, client, id, table, request.signal);
    output.remark(`Demographics: ${plural(rows, 'row')} received`);
  }
  for (const load of [fileLoad(client, id, manifest), archiveLoad(client, id, manifest)])
    await sendPending(output, id, load, request);
  const zipped =
    manifest.archives.length === 0 ? '' : ` (with ${plural(manifest.archives.length, 'zip archive')})`;
  const completed = await client.post(
    `/v1/submissions/${id}/complete`,
    {},
    submissionView.pick({ id: true, state: true }),
  );
  output.result(
    `Submission ${id}: ${plural(manifest.entries.length, 'file')} received${zipped}, ${skipped} skipped. It is being processed.`,
    { ...sentBefore, state: completed.state, sent: manifest.entries.length, skippedFiles: summary.skipped },
  );
  return { submissionId: id, skipped };
}
