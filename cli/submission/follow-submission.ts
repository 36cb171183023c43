import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type * as z from 'zod';
import {
  type FileView,
  filesPage,
  type OutcomeTotals,
  receiptLink,
  type SubmissionView,
  submissionView,
} from '../../lambda/submission/submission.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { httpText, isSuccess } from '../api/http-request';
import { isConnectionError, isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { duration, plural, table, visibleName } from '../terminal/text';
import { readSubmissionRecord } from '../upload/submission-record';
import { receiptKeys, verifyReceipt } from './receipt';
import { demographicsLine, expiryLine, outcomeLine } from './submission-text';

/** Files listed of each outcome; `--json` and the receipt have them all. */
const filesShown = 100;

/** First and longest wait between two questions while a submission is processed. */
const firstPollMs = 250;
const longestPollMs = 5_000;

/** A receipt of 100,000 files has some 20 MB. */
const receiptTimeoutMs = 120_000;

const rejections = ['quarantined', 'withheld', 'missing'] as const;

export interface FollowOptions {
  readonly watch: boolean;
  readonly signal: AbortSignal;
  /** Where the receipt is saved; made where it is not there. */
  readonly receiptFolder: string;
}

async function untilEnded(
  client: ApiClient,
  id: string,
  output: Output,
  options: FollowOptions,
): Promise<SubmissionView> {
  const startedAt = performance.now();
  let remarkedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const view = await client.get(`/v1/submissions/${id}`, submissionView);
    if (!options.watch || view.state === 'done' || view.state === 'stopped') return view;
    if (performance.now() - remarkedAt > 10_000) {
      output.remark(
        `Submission ${id} is ${view.state === 'open' ? 'waiting to be completed' : 'being processed'} …`,
      );
      remarkedAt = performance.now();
    }
    // A thirtieth of the time gone by: the end is seen at most so much late, and a long job is asked about seldom.
    const pause = Math.min(longestPollMs, Math.max(firstPollMs, (performance.now() - startedAt) / 30));
    await wait(pause, undefined, { signal: options.signal }).catch(() => {
      throw new CommandError('Stopped watching; the submission goes on by itself.', exitCode.interrupted);
    });
  }
}

async function fetchText(url: string): Promise<string> {
  return retrying<string>(async () => {
    try {
      const answer = await httpText(url, { method: 'GET', timeoutMs: receiptTimeoutMs });
      if (isSuccess(answer)) return { done: answer.text };
      const error = new CommandError(`The receipt cannot be fetched (${answer.status}).`, exitCode.network, {
        fix: 'Run `nmip submission ID` again.',
      });
      if (isRetryableStatus(answer.status)) return { retry: error };
      throw error;
    } catch (error) {
      if (isConnectionError(error))
        return { retry: new CommandError('The receipt cannot be fetched.', exitCode.network) };
      throw error;
    }
  });
}

/** Fetches, verifies and saves the receipt. */
async function saveReceipt(client: ApiClient, id: string, folder: string): Promise<string> {
  const { url } = await client.get(`/v1/submissions/${id}/receipt`, receiptLink);
  const text = await fetchText(url);
  await verifyReceipt(text, await getPublic(client.session.api, '/v1/receipt-keys', receiptKeys));
  const path = resolve(join(folder, `nmip-receipt-${id}.json`));
  await writeFile(path, text);
  return path;
}

type Rejected = FileView & { readonly path: string | null };

async function rejectedFiles(client: ApiClient, id: string, totals: OutcomeTotals): Promise<Rejected[]> {
  const record = await readSubmissionRecord(id);
  const rejected: Rejected[] = [];
  for (const outcome of rejections) {
    if (totals[outcome] === 0) continue;
    type Page = z.infer<typeof filesPage>;
    for await (const page of client.pages<Page>(`/v1/submissions/${id}/files`, filesPage, { outcome }))
      rejected.push(
        ...page.files.map((file) => ({ ...file, path: record?.paths[file.ordinal - 1] ?? null })),
      );
  }
  return rejected;
}

const remarks: Partial<Record<string, string>> = {
  withheld: 'not stored; remove it from your export',
  missing: 'never arrived; send it in a new submission',
};

function rejectedText(files: readonly Rejected[]): string {
  const rows = files
    .slice(0, filesShown)
    .map((file) => [
      '',
      file.code ?? file.outcome,
      file.path === null ? `file ${file.ordinal}` : visibleName(file.path),
      file.happened ? `${file.happened} ${file.fix ?? ''}`.trim() : (remarks[file.outcome] ?? ''),
    ]);
  if (files.length > filesShown) rows.push(['', '', `and ${files.length - filesShown} more`, '']);
  return table(rows);
}

/**
 * Prints how a submission stands; where it has ended, what became of its files, and saves the receipt.
 * @returns 1 where files were quarantined, withheld or missing
 */
export async function saveOutcome(output: Output, id: string, options: FollowOptions): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  // Before the wait: a folder that cannot be made is said at once.
  await mkdir(options.receiptFolder, { recursive: true });
  const view = await untilEnded(client, id, output, options);
  if (view.state === 'stopped')
    throw new CommandError(`The processing of ${id} has stopped.`, exitCode.network, {
      code: 'SUBMISSION_STOPPED',
      detail: view.stoppedAt ? `It stopped at the step ${view.stoppedAt}.` : undefined,
      fix: 'Nothing to do: the platform team starts it again. All files are kept.',
    });
  if (view.state !== 'done') {
    const expired = view.expired ? ' It was not completed in time; what came is accounted.' : '';
    const rows = view.demographics === undefined ? '' : `\n${demographicsLine(view.demographics)}`;
    output.result(
      `Submission ${id}: ${view.state}, ${plural(view.fileCount, 'file')}.${expired}${rows}`,
      view,
    );
    return exitCode.ok;
  }
  if (view.totals === undefined) {
    const totals = outcomeLine(view.ledgerTotals ?? {});
    output.result(`${totals}\nThe receipt has been deleted, as receipts are after some time.`, view);
    return exitCode.ok;
  }
  const rejected = await rejectedFiles(client, id, view.totals);
  const receipt = await saveReceipt(client, id, options.receiptFolder);
  const took =
    view.completedAt && view.finishedAt
      ? `        done in ${duration((Date.parse(view.finishedAt) - Date.parse(view.completedAt)) / 1000)}`
      : '';
  const lines = [`${outcomeLine(view.totals)}${took}`];
  if (view.listedFiles !== undefined)
    lines.push(expiryLine({ announced: view.fileCount, listed: view.listedFiles }));
  if (view.demographics !== undefined) lines.push(demographicsLine(view.demographics));
  if (rejected.length > 0) lines.push(rejectedText(rejected));
  lines.push(`Receipt: ${receipt} (signed, verified)`);
  output.result(lines.join('\n'), { ...view, rejected, receipt });
  return rejected.length > 0 || view.expired ? exitCode.rejections : exitCode.ok;
}
