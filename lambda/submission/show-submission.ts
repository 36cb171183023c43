import * as z from 'zod';
import { type QuarantineCode, quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import type { Outcome } from '../deidentification/pipeline.contract';
import type { DemographicsAccount } from '../demographics/demographics-account';
import { type Clock, secondsAfter } from '../platform/clock';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson } from '../platform/object-store';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { UrlSigner } from '../platform/presigned-urls';
import { urlLifetimeSeconds } from '../platform/presigned-urls.contract';
import type { RequestPerson } from '../platform/request-person';
import { actingTrust, ownSubmission } from './acting-trust';
import { openReceipt } from './receipt';
import {
  type FileView,
  type ReceiptFile,
  type ReceiptPayload,
  type SubmissionRecord,
  type SubmissionView,
  signedReceipt,
} from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

const submissionsAPage = 50;

/** About 250 KB of JSON with the reasons of every file. */
const filesAPage = 1_000;

const submissionPosition = z.strictObject({
  pk: z.string().startsWith('TRUST#'),
  sk: z.string().startsWith('SUBMISSION#'),
});

const filePosition = z.strictObject({ after: z.number().int() });

export interface ShowSubmissionPorts {
  readonly submissions: Pick<SubmissionStore, 'get' | 'listOfTrust'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'head'>;
  readonly signer: Pick<UrlSigner, 'signDownload'>;
  readonly demographics: Pick<DemographicsAccount, 'view'>;
  readonly workBucket: string;
  readonly clock: Clock;
}

function sumOf(totals: Readonly<Record<string, number>>): number {
  return Object.values(totals).reduce((sum, files) => sum + files, 0);
}

/** When a submission was closed, and whether because its time was over. */
function viewEnd({ completedAt, expired }: Exclude<SubmissionRecord, { state: 'open' }>) {
  return { completedAt, ...(expired && { expired }) };
}

/** A submission as its trust sees it in a list. */
export function viewSubmission(record: SubmissionRecord): SubmissionView {
  const { id, state, collection, fileCount, totalBytes, createdAt, replayOf } = record;
  const common = {
    id,
    state,
    collection,
    fileCount,
    totalBytes,
    createdAt,
    ...(replayOf !== undefined && { replayOf }),
  };
  switch (record.state) {
    case 'open':
      return common;
    case 'processing':
      return { ...common, ...viewEnd(record) };
    case 'stopped':
      return { ...common, ...viewEnd(record), stoppedAt: record.failedStep };
    case 'done':
      return {
        ...common,
        ...viewEnd(record),
        ...(record.expired && { listedFiles: sumOf(record.totals) }),
        finishedAt: record.finishedAt,
        ledgerTotals: record.totals,
        quarantine: record.quarantine,
      };
  }
}

/** A submission of the person's trust, with its demographics and the outcomes that its receipt tells while it is kept. */
export async function showSubmission(
  ports: ShowSubmissionPorts,
  person: RequestPerson,
  id: string,
): Promise<SubmissionView> {
  const submission = await ownSubmission(ports.submissions, person, id);
  const demographics = await ports.demographics.view(id);
  const view = { ...viewSubmission(submission), ...(demographics === null ? {} : { demographics }) };
  if (submission.state !== 'done') return view;
  const receipt = await readReceipt(ports, id);
  return receipt === null ? view : { ...view, totals: receipt.totals };
}

/** The submissions of the person's trust, newest first. */
export async function listSubmissions(
  ports: ShowSubmissionPorts,
  person: RequestPerson,
  next: string | undefined,
): Promise<{ submissions: SubmissionView[]; next?: string }> {
  const trust = actingTrust(person);
  const after = next === undefined ? null : decodePageToken(next, submissionPosition);
  if (after !== null && after.pk !== `TRUST#${trust}`) throw refuseSubmission('SUBMISSION_NOT_FOUND');
  const page = await ports.submissions.listOfTrust(trust, submissionsAPage, after);
  return {
    submissions: page.submissions.map(viewSubmission),
    ...(page.next === null ? {} : { next: encodePageToken(page.next) }),
  };
}

/** A file's fate with what happened and what can be done about it. */
export function viewFile(file: Pick<ReceiptFile, 'ordinal' | 'outcome' | 'code'>): FileView {
  const { ordinal, outcome, code } = file;
  if (code === undefined) return { ordinal, outcome };
  const { happened, fix }: { happened: string; fix: string } =
    quarantineReasons[code satisfies QuarantineCode];
  return { ordinal, outcome, code, happened, fix };
}

async function readReceipt(
  ports: Pick<ShowSubmissionPorts, 'objects' | 'workBucket'>,
  id: string,
): Promise<ReceiptPayload | null> {
  const place = { bucket: ports.workBucket, key: workKeys.receipt(id) };
  const receipt = await readJson(ports.objects, place, signedReceipt);
  return receipt === null ? null : openReceipt(receipt);
}

async function finishedReceiptFiles(
  ports: ShowSubmissionPorts,
  submission: SubmissionRecord,
): Promise<readonly ReceiptFile[]> {
  if (submission.state !== 'done') throw refuseSubmission('RECEIPT_NOT_READY');
  const receipt = await readReceipt(ports, submission.id);
  if (receipt === null) throw refuseSubmission('RECEIPT_GONE');
  return receipt.files;
}

/** The fates of the files of a finished submission, in order of ordinal, by outcome where asked. */
export async function listFiles(
  ports: ShowSubmissionPorts,
  person: RequestPerson,
  id: string,
  query: { readonly outcome?: Outcome | undefined; readonly next?: string | undefined },
): Promise<{ files: FileView[]; next?: string }> {
  const submission = await ownSubmission(ports.submissions, person, id);
  const after = query.next === undefined ? 0 : decodePageToken(query.next, filePosition).after;
  const files = (await finishedReceiptFiles(ports, submission)).filter(
    (file) => file.ordinal > after && (query.outcome === undefined || file.outcome === query.outcome),
  );
  const page = files.slice(0, filesAPage);
  const last = page.at(-1);
  return {
    files: page.map(viewFile),
    ...(files.length > page.length && last !== undefined
      ? { next: encodePageToken({ after: last.ordinal }) }
      : {}),
  };
}

/** A presigned GET of the receipt of a finished submission. */
export async function linkReceipt(
  ports: ShowSubmissionPorts,
  person: RequestPerson,
  id: string,
): Promise<{ url: string; expiresAt: string }> {
  const submission = await ownSubmission(ports.submissions, person, id);
  if (submission.state !== 'done') throw refuseSubmission('RECEIPT_NOT_READY');
  const place = { bucket: ports.workBucket, key: workKeys.receipt(id) };
  if ((await ports.objects.head(place)) === null) throw refuseSubmission('RECEIPT_GONE');
  const expiresAt = secondsAfter(ports.clock.now(), urlLifetimeSeconds).toISOString();
  return { url: await ports.signer.signDownload(place, 'application/json'), expiresAt };
}
