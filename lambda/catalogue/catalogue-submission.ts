import type { ResultStore } from '../deidentification/batch-results';
import { workList } from '../deidentification/plan.contract';
import { settlement } from '../deidentification/settlement.contract';
import { importedPack } from '../imaging/import.contract';
import { lakeSplits } from '../lake/lake-partition';
import type { SetRowsPorts } from '../lake/set-rows';
import { syncSubmission } from '../lake/sync-submission';
import { boundedMap } from '../platform/bounded-map';
import { canonicalJson } from '../platform/canonical-json';
import { catalogueRowsKey, workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import { catalogueRows, studyContributions } from './catalogue-rows';
import type { StudyStore } from './study-store';
import { releaseUnusedClaims, type UnusedClaimsPorts } from './unused-claims';

const objectsAtOnce = 16;
const studiesAtOnce = 16;

export interface CatalogueSubmissionPorts extends UnusedClaimsPorts, SetRowsPorts {
  readonly objects: SetRowsPorts['objects'] & Pick<ObjectStore, 'put'>;
  readonly results: Pick<ResultStore, 'readPlan' | 'read'>;
  readonly studies: Pick<StudyStore, 'contribute' | 'isListed'>;
  readonly workBucket: string;
}

/**
 * Writes the rows and the study index of what a submission brought, has the lake follow, and gives up claims of studies of which it brought
 * nothing after all; a second run writes the same.
 */
export async function catalogueSubmission(
  ports: CatalogueSubmissionPorts,
  submissionId: string,
): Promise<{ instances: number }> {
  const place = (key: string) => ({ bucket: ports.workBucket, key });
  const plan = await ports.results.readPlan(submissionId);
  const settled = await requireJson(ports.objects, place(workKeys.settlement(submissionId)), settlement);
  const imports = await boundedMap(settled.packs, objectsAtOnce, ({ pack, split }) =>
    requireJson(ports.objects, place(workKeys.importedPack(submissionId, split, pack)), importedPack),
  );
  const batches = await requireJson(ports.objects, place(workKeys.workList(submissionId)), workList);
  const results = await boundedMap(batches, objectsAtOnce, ({ batch }) =>
    ports.results.read(submissionId, batch),
  );
  const staged = results.flatMap((result) => result ?? []).filter((result) => result.outcome === 'staged');
  const rows = catalogueRows(plan, staged, imports);
  let instances = 0;
  for (const [split, list] of rows) {
    instances += list.length;
    await ports.objects.put(
      { bucket: ports.catalogueBucket, key: catalogueRowsKey(plan.collection, split, submissionId) },
      list.map((row) => `${canonicalJson(row)}\n`).join(''),
      { contentType: 'application/x-ndjson' },
    );
    await boundedMap(studyContributions(split, list), studiesAtOnce, (contribution) =>
      ports.studies.contribute(plan.collection, submissionId, contribution),
    );
  }
  for (const split of lakeSplits)
    await syncSubmission(ports, { table: 'instances', collection: plan.collection, split }, submissionId);
  await releaseUnusedClaims(ports, plan, settled, rows);
  return { instances };
}
