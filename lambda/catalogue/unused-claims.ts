import type { Split } from '../../dicom/deidentify/outcome';
import type { ClaimStore } from '../deidentification/claim-store';
import type { Settlement } from '../deidentification/settlement.contract';
import { boundedMap } from '../platform/bounded-map';
import { isBeingSent, type StudyHolderPorts } from '../withdrawal/study-holders';
import type { InstanceRow } from './catalogue.contract';
import type { StudyStore } from './study-store';

const studiesAtOnce = 16;

export interface UnusedClaimsPorts extends StudyHolderPorts {
  readonly studies: Pick<StudyStore, 'isListed'>;
  readonly claims: Pick<ClaimStore, 'releaseStudy'>;
}

/**
 * Gives up the claims that this submission has of studies of which HealthImaging took nothing: else the same study with a
 * corrected header would be in conflict with one that nobody has.
 */
export async function releaseUnusedClaims(
  ports: UnusedClaimsPorts,
  { collection, submissionId }: { readonly collection: string; readonly submissionId: string },
  settled: Settlement,
  rows: ReadonlyMap<Split, readonly InstanceRow[]>,
): Promise<void> {
  const imported = new Set([...rows.values()].flat().map((row) => row.studyInstanceUid));
  const refused = new Map<string, Split>();
  for (const file of settled.files)
    if (file.outcome === 'to-import' && !imported.has(file.studyInstanceUid))
      refused.set(file.studyInstanceUid, file.split);
  await boundedMap([...refused], studiesAtOnce, async ([studyInstanceUid, split]) => {
    if (await ports.studies.isListed({ collection, split }, studyInstanceUid)) return;
    if (await isBeingSent(ports, collection, studyInstanceUid, submissionId)) return;
    await ports.claims.releaseStudy(collection, studyInstanceUid, submissionId);
  });
}
