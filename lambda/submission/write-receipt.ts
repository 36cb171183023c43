import type { FileFate } from '../deidentification/pipeline.contract';
import { type Settlement, settlement as settlementSchema } from '../deidentification/settlement.contract';
import type { DemographicsAccount } from '../demographics/demographics-account';
import { type ImportedPack, importedPack } from '../imaging/import.contract';
import { boundedMap } from '../platform/bounded-map';
import type { Clock } from '../platform/clock';
import { archiveKey, exchangeKeys, landingKey, workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import { type CloseReplayPorts, closeReplay } from '../quarantine/close-replay';
import type { QuarantineRecords } from '../quarantine/quarantine-records';
import { type RecordQuarantinePorts, recordQuarantine } from '../quarantine/record-quarantine';
import { collectFates } from './collect-fates';
import type { ManifestStore } from './manifest-store';
import type { MultipartUploads } from './multipart-uploads';
import { balanceReceipt, countOutcomes, countQuarantine, openReceipt, totalsForLedger } from './receipt';
import { type ReceiptSigner, signReceipt } from './receipt-signing';
import {
  type LedgerTotals,
  type ReceiptPayload,
  type SubmissionRecord,
  signedReceipt,
} from './submission.contract';
import type { SubmissionStore } from './submission-store';
import type { UploadStore } from './upload-store';

const importsAtOnce = 8;
const abortsAtOnce = 8;

export interface WriteReceiptPorts extends RecordQuarantinePorts, CloseReplayPorts {
  readonly submissions: Pick<SubmissionStore, 'get' | 'finish'>;
  readonly manifests: Pick<ManifestStore, 'readAll'>;
  readonly uploads: Pick<UploadStore, 'listOpen'>;
  readonly multipart: Pick<MultipartUploads, 'abort'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list' | 'deleteAllVersions'>;
  readonly quarantined: Pick<QuarantineRecords, 'add' | 'getMany' | 'returnToWaiting' | 'end'>;
  readonly signer: ReceiptSigner;
  readonly demographics: Pick<DemographicsAccount, 'totals'>;
  readonly exchangeBucket: string;
  readonly clock: Clock;
}

function readImports(ports: WriteReceiptPorts, settled: Settlement): Promise<ImportedPack[]> {
  return boundedMap(settled.packs, importsAtOnce, ({ pack, split }) =>
    requireJson(
      ports.objects,
      { bucket: ports.workBucket, key: workKeys.importedPack(settled.submissionId, split, pack) },
      importedPack,
    ),
  );
}

/** The receipt that stands, or a new one: the first written stays, since each signature of ECDSA is another. */
async function receiptOf(
  ports: WriteReceiptPorts,
  submission: SubmissionRecord,
  fates: readonly FileFate[],
): Promise<ReceiptPayload> {
  const place = { bucket: ports.workBucket, key: workKeys.receipt(submission.id) };
  const known = await readJson(ports.objects, place, signedReceipt);
  if (known !== null) return openReceipt(known);
  if (submission.state === 'open') throw new Error(`submission ${submission.id} was never completed`);
  const demographics = await ports.demographics.totals(submission.id);
  const { expired, fileCount, totalBytes } = submission;
  const files = balanceReceipt(await ports.manifests.readAll(submission.id), fates);
  const payload: ReceiptPayload = {
    version: 1,
    submission: submission.id,
    trust: submission.trust,
    collection: submission.collection,
    createdAt: submission.createdAt,
    completedAt: submission.completedAt,
    issuedAt: ports.clock.now().toISOString(),
    ...(submission.replayOf !== undefined && { replayOf: submission.replayOf }),
    ...(expired && { expired: { announcedFiles: fileCount, announcedBytes: totalBytes } }),
    policy: ports.rulesOf(submission.collection).policy,
    totals: countOutcomes(files),
    quarantine: countQuarantine(files),
    ...(demographics === null ? {} : { demographics }),
    files,
  };
  const receipt = await signReceipt(ports.signer, payload);
  if (await writeJson(ports.objects, place, receipt, { onlyIfAbsent: true })) return payload;
  return openReceipt(await requireJson(ports.objects, place, signedReceipt));
}

/**
 * Ends a submission: balances manifest and fates, signs the receipt, records what is quarantined (of a replay: what
 * became of the quarantined files), deletes what was sent (all versions, and parts never put together; files quarantined
 * where they lie stay until landing's retention ends) and records the totals. May run again at any point.
 * @throws UnbalancedReceiptError
 */
export async function writeReceipt(
  ports: WriteReceiptPorts,
  submissionId: string,
): Promise<{ outcomes: LedgerTotals }> {
  const submission = await ports.submissions.get(submissionId);
  if (submission === null) throw new Error(`no submission ${submissionId}`);
  const landing = ports.landingBucketOf(submission.trust);
  const settled = await requireJson(
    ports.objects,
    { bucket: ports.workBucket, key: workKeys.settlement(submissionId) },
    settlementSchema,
  );
  const fates = collectFates(settled, await readImports(ports, settled));
  const receipt = await receiptOf(ports, submission, fates);
  const replay = submission.replayOf !== undefined;
  if (replay) await closeReplay(ports, receipt, fates);
  else await recordQuarantine(ports, submission, receipt, fates);
  const kept = fates.flatMap((fate) =>
    !replay && fate.outcome === 'quarantined' && fate.held === 'landing'
      ? [landingKey(submissionId, fate.ordinal)]
      : [],
  );
  kept.push(...settled.keptArchives.map((archive) => archiveKey(submissionId, archive)));
  await ports.objects.deleteAllVersions(landing, `${submissionId}/`, new Set(kept));
  // Parts that were never put together are no objects: they go with their upload.
  await boundedMap(await ports.uploads.listOpen(submissionId), abortsAtOnce, ({ key, uploadId }) =>
    ports.multipart.abort({ bucket: landing, key }, uploadId),
  );
  for (const key of [
    exchangeKeys.subjects(submissionId),
    exchangeKeys.request(submissionId),
    exchangeKeys.response(submissionId),
    // rows that were checked are deleted by the step that applies them
    exchangeKeys.demographicsTablesPrefix(submissionId),
  ])
    await ports.objects.deleteAllVersions(ports.exchangeBucket, key);
  await ports.objects.deleteAllVersions(ports.workBucket, workKeys.cleared(submissionId));
  const totals = totalsForLedger(receipt.totals);
  await ports.submissions.finish(submissionId, ports.clock.now(), totals, receipt.quarantine);
  return { outcomes: totals };
}
