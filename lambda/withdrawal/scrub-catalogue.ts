import type { Split } from '../../dicom/deidentify/outcome';
import { type StudyContribution, studyContributions } from '../catalogue/catalogue-rows';
import type { StudyStore } from '../catalogue/study-store';
import { boundedMap } from '../platform/bounded-map';
import { canonicalJson } from '../platform/canonical-json';
import { catalogueRowsKey } from '../platform/object-keys';
import { type HeldRow, readRows, splits } from './gather-holdings';
import { type RewriteObjectPorts, untilUndisturbed } from './rewrite-object';
import type { Erasure, Holding } from './work.contract';

/** Items of the study index under way at once. */
const studiesAtOnce = 16;

export interface ScrubCataloguePorts extends RewriteObjectPorts {
  readonly studies: Pick<StudyStore, 'contribute' | 'takeBack'>;
  readonly catalogueBucket: string;
}

/** What a submission still brings to studies of which something goes: less, or nothing. */
async function scrubStudies(
  ports: ScrubCataloguePorts,
  { collection, submissionId }: Holding,
  split: Split,
  touched: ReadonlySet<string>,
  left: readonly HeldRow[],
): Promise<void> {
  const still = new Map<string, StudyContribution>(
    studyContributions(split, left).map((each) => [each.studyInstanceUid, each]),
  );
  await boundedMap([...touched], studiesAtOnce, async (study) => {
    const contribution = still.get(study);
    if (contribution === undefined) await ports.studies.takeBack({ collection, split }, submissionId, study);
    else await ports.studies.contribute(collection, submissionId, contribution);
  });
}

/**
 * Rewrites the rows of a submission and its part of the study index, which then lists nothing that goes. Another
 * withdrawal may do the same with the same rows: then both do it again.
 */
export async function scrubCatalogue(
  ports: ScrubCataloguePorts,
  holding: Holding,
  doomed: Erasure,
): Promise<void> {
  const { collection, submissionId } = holding;
  const ordinals = new Set(doomed.ordinals);
  for (const split of splits) {
    const place = {
      bucket: ports.catalogueBucket,
      key: catalogueRowsKey(collection, split, submissionId),
    };
    const touched = new Set(
      [...doomed.instances, ...doomed.studies]
        .filter((each) => each.split === split)
        .map((each) => each.studyInstanceUid),
    );
    await untilUndisturbed(async () => {
      const tag = await ports.objects.entityTag(place);
      const rows = await readRows(ports, holding, split);
      const left = rows.filter((row) => !ordinals.has(row.ordinal));
      await scrubStudies(ports, holding, split, touched, left);
      if (left.length === 0) {
        await ports.objects.deleteAllVersions(place.bucket, place.key);
        return true;
      }
      const text = left.map(({ split: _, ...row }) => `${canonicalJson(row)}\n`).join('');
      const undisturbed =
        left.length < rows.length
          ? await ports.objects.replace(place, text, tag, 'application/x-ndjson')
          : (await ports.objects.entityTag(place)) === tag;
      if (undisturbed) await ports.objects.deleteOldVersions(place);
      return undisturbed;
    });
  }
}
