import type { PseudonymKeys, Split } from '../../dicom/deidentify/outcome';
import type { StudyStore } from '../catalogue/study-store';
import type { ResultStore } from '../deidentification/batch-results';
import type { StagedFile } from '../deidentification/pipeline.contract';
import { type Plan, workList } from '../deidentification/plan.contract';
import { lakeSplits as splits } from '../lake/lake-partition';
import type { SetRowsPorts } from '../lake/set-rows';
import { syncSubmission } from '../lake/sync-submission';
import { boundedMap } from '../platform/bounded-map';
import { canonicalJson } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import type { TrustConfiguration } from '../platform/configuration.contract';
import { clinicalRowsKey, workKeys } from '../platform/object-keys';
import { requireJson } from '../platform/object-store';
import type { MarkStore } from '../withdrawal/mark-store';
import type { DemographicsRecord } from './demographics.contract';
import type { DemographicsAccount } from './demographics-account';
import type { DemographicsStore } from './demographics-store';
import {
  type ImagedPatients,
  imagedPatients,
  type PseudonymisedRows,
  pseudonymiseRows,
} from './pseudonymise-rows';

const resultsAtOnce = 16;

/** Rounds in which somebody else writes the same rows. Each ends with one of the writers done. */
const writeRounds = 10;

export interface ApplyDemographicsPorts extends SetRowsPorts {
  readonly demographics: Pick<
    DemographicsStore,
    'read' | 'markCatalogued' | 'markApplied' | 'listRows' | 'readRows' | 'deleteRows'
  >;
  readonly account: Pick<DemographicsAccount, 'readAccepted' | 'writeApplied'>;
  readonly results: Pick<ResultStore, 'readPlan' | 'read'>;
  readonly studies: Pick<StudyStore, 'existing'>;
  readonly marks: Pick<MarkStore, 'withdrawnOf'>;
  readonly keys: () => Promise<PseudonymKeys>;
  readonly trusts: readonly Pick<TrustConfiguration, 'odsCode' | 'region'>[];
  readonly workBucket: string;
  readonly clock: Clock;
}

/**
 * No images are catalogued yet, and the pipeline comes to the rows by itself; or there are no rows left to be applied.
 * Not how many were: docs/adr/0026.
 */
export type DemographicsOutcome = { readonly state: 'waiting' | 'done' };

async function readStaged(ports: ApplyDemographicsPorts, submissionId: string): Promise<StagedFile[]> {
  const place = { bucket: ports.workBucket, key: workKeys.workList(submissionId) };
  const batches = await requireJson(ports.objects, place, workList);
  const results = await boundedMap(batches, resultsAtOnce, ({ batch }) =>
    ports.results.read(submissionId, batch),
  );
  return results.flatMap((result) => result ?? []).filter((result) => result.outcome === 'staged');
}

/**
 * Who holds images, asked anew at each call: a withdrawal marks patients, studies or the trust, and takes studies out of
 * the catalogue.
 */
async function findImagedPatients(
  ports: ApplyDemographicsPorts,
  { collection, trust }: Plan,
  staged: readonly StagedFile[],
): Promise<ImagedPatients> {
  const catalogued = new Map<Split, Set<string>>();
  for (const split of splits) {
    const uids = staged.filter((file) => file.split === split).map((file) => file.studyInstanceUid);
    catalogued.set(split, await ports.studies.existing({ collection, split }, uids));
  }
  const withdrawn = await ports.marks.withdrawnOf({ trust, collection }, staged);
  const isCatalogued = ({ split, studyInstanceUid }: Pick<StagedFile, 'split' | 'studyInstanceUid'>) =>
    catalogued.get(split)?.has(studyInstanceUid) === true;
  return imagedPatients(
    staged.filter((file) => !withdrawn.covers(file)),
    isCatalogued,
  );
}

/** Whether all patients of the rows still have images. */
function holdsOnlyImaged({ rows }: PseudonymisedRows, { splits: imaged }: ImagedPatients): boolean {
  return [...rows.values()].flat().every((row) => imaged.has(row.patientPseudonym));
}

/** Writes the rows of both splits; false where somebody has written there since the tags were read. */
async function writeRows(
  ports: ApplyDemographicsPorts,
  plan: Plan,
  { rows }: PseudonymisedRows,
  tags: ReadonlyMap<Split, string | null>,
): Promise<boolean> {
  for (const split of splits) {
    const list = rows.get(split) ?? [];
    const tag = tags.get(split) ?? null;
    if (list.length === 0 && tag === null) continue;
    const place = {
      bucket: ports.catalogueBucket,
      key: clinicalRowsKey(plan.collection, split, plan.submissionId),
    };
    const text = list.map((row) => `${canonicalJson(row)}\n`).join('');
    if (!(await ports.objects.replace(place, text, tag, 'application/x-ndjson'))) return false;
  }
  return true;
}

/**
 * Looks after accepted rows that wait no more: they were applied, or the exchange bucket's retention ended before the
 * submission got this far, and they are accounted for as expired.
 * @param before the record as it was before the rows were looked for: rows are there before they are called accepted
 */
async function accountForExpired(
  ports: ApplyDemographicsPorts,
  submissionId: string,
  { acceptedUpload }: DemographicsRecord,
): Promise<void> {
  if (acceptedUpload === undefined) return;
  // Read after the rows were looked for: who applies rows says so before deleting them.
  const applied = (await ports.demographics.read(submissionId))?.appliedUpload;
  if (applied !== undefined && applied >= acceptedUpload) return;
  const rows = (await ports.account.readAccepted(submissionId, acceptedUpload))?.rows ?? 0;
  await ports.account.writeApplied(submissionId, acceptedUpload, {
    rows,
    applied: 0,
    dropped: rows,
    reasons: rows === 0 ? {} : { EXPIRED: rows },
  });
  await ports.demographics.markApplied(submissionId, acceptedUpload, ports.clock.now());
}

const isSuperseded = (record: DemographicsRecord | null, upload: string): boolean =>
  record?.appliedUpload !== undefined && record.appliedUpload > upload;

/**
 * Takes the checked rows of a submission into the catalogue and deletes them from the exchange bucket. May run at any
 * time and several times at once: rows are written only over what was there before they were read, so that an older
 * table never replaces a newer one; and once they are written marks are looked for again.
 * @param caller `pipeline` once the submission's images are catalogued; `event` when rows have arrived
 */
export async function applyDemographics(
  ports: ApplyDemographicsPorts,
  submissionId: string,
  caller: 'pipeline' | 'event',
): Promise<DemographicsOutcome> {
  const { demographics } = ports;
  // Before the rows are looked for: whoever writes rows after this finds the mark, and applies them.
  if (caller === 'pipeline') await demographics.markCatalogued(submissionId);
  for (let round = 0; round < writeRounds; round += 1) {
    const record = await demographics.read(submissionId);
    if (record?.catalogued !== true) return { state: 'waiting' };
    if ((await demographics.listRows(submissionId)).length === 0) {
      await accountForExpired(ports, submissionId, record);
      return { state: 'done' };
    }
    const plan = await ports.results.readPlan(submissionId);
    const tags = new Map<Split, string | null>();
    for (const split of splits) {
      const key = clinicalRowsKey(plan.collection, split, submissionId);
      tags.set(split, await ports.objects.entityTag({ bucket: ports.catalogueBucket, key }));
    }
    const uploads = await demographics.listRows(submissionId);
    const upload = uploads.at(-1);
    if (upload === undefined) continue;
    const table = await demographics.readRows(submissionId, upload);
    if (table === null) continue;
    const trust = ports.trusts.find(({ odsCode }) => odsCode === plan.trust);
    if (trust === undefined) throw new Error(`trust ${plan.trust} is not configured`);
    if (!isSuperseded(await demographics.read(submissionId), upload)) {
      const source = { submission: submissionId, trust: plan.trust, trustRegion: trust.region };
      const staged = await readStaged(ports, submissionId);
      const imaged = await findImagedPatients(ports, plan, staged);
      const result = pseudonymiseRows(await ports.keys(), source, table, imaged);
      if (!(await writeRows(ports, plan, result, tags))) continue;
      for (const split of splits)
        await syncSubmission(
          ports,
          { table: 'demographics', collection: plan.collection, split },
          submissionId,
        );
      // A withdrawal marks before it takes rows out: it found these, or its mark is found now.
      if (!holdsOnlyImaged(result, await findImagedPatients(ports, plan, staged))) continue;
      await ports.account.writeApplied(submissionId, upload, result.totals);
      await demographics.markApplied(submissionId, upload, ports.clock.now());
    }
    for (const done of uploads) await demographics.deleteRows(submissionId, done);
  }
  throw new Error('demographics kept changing while they were written');
}
