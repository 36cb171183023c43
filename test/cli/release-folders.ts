import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksumsFile, signatureFile } from '../../lambda/releases/checksums.contract';
import { manifestLines, shownManifest } from '../../lambda/releases/manifest';
import type { ManifestRow } from '../../lambda/releases/manifest.contract';
import { releaseChecksums, releaseDocuments, signChecksums } from '../../lambda/releases/release-documents';
import { publishCount } from '../../statistics/disclosure/published-count';
import { exampleRelease } from '../lambda/releases/release-fixture';
import { LocalReceiptSigner } from '../lambda/submission/submission-fixture';

export const signer = new LocalReceiptSigner();

const series = (study: number): ManifestRow => ({
  collection: 'chest',
  study_instance_uid: `1.2.${study}`,
  series_instance_uid: `1.2.${study}.1`,
  instances: 3,
});

/** Writes the files of a release of some studies into a folder. */
export async function publish(
  to: string,
  studies: readonly number[],
  different: Parameters<typeof exampleRelease>[0],
) {
  mkdirSync(to);
  let manifest = '';
  for await (const line of manifestLines(studies.map(series))) manifest += line;
  const release = exampleRelease({
    ...different,
    manifest: shownManifest(manifest, publishCount(studies.length)),
  });
  const documents = releaseDocuments(release);
  for (const { name, content } of documents) writeFileSync(join(to, name), content);
  writeFileSync(join(to, 'manifest.csv'), manifest);
  const checksums = releaseChecksums(release, documents);
  writeFileSync(join(to, checksumsFile), checksums);
  writeFileSync(join(to, signatureFile), JSON.stringify(await signChecksums(signer, checksums)));
}

/** Two releases, one after the other: a study left, two came, and Black Africans are too few in the later one. */
export async function publishTwo(earlier: string, later: string): Promise<void> {
  const { representativeness, totals } = exampleRelease();
  await publish(earlier, [1, 2, 3], {
    version: '2026.3',
    previous: null,
    changes: null,
    totals: { ...totals, people: { kind: 'shown', value: 9000 } },
    representativeness: { ...representativeness, attributes: [] },
  });
  await publish(later, [2, 3, 4, 5], {});
}
