import { publishCount } from '../../statistics/disclosure/published-count';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { QueryEngine } from '../lake/query-engine';
import { withdrawnStudiesSelect, withdrawnStudyRow } from '../lake/sql/withdrawn-studies';
import type { Clock } from '../platform/clock';
import type { ItemKey } from '../platform/document-table';
import { releaseDocumentKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';
import type { RegisterTable } from '../register/register-table';
import { readManifest } from './manifest.contract';
import { nameOfStudy, studiesOf, withdrawnFrom } from './manifest-changes';
import { RELEASES_PARTITION } from './partition.contract';
import { allReleases } from './release-store';
import { withdrawnCountRecord } from './withdrawn-count.contract';

const withdrawnKey = (release: string): ItemKey => ({ pk: RELEASES_PARTITION, sk: `WITHDRAWN#${release}` });

export async function withdrawnCount(
  table: Pick<RegisterTable, 'get'>,
  release: string,
): Promise<{ studies: ShownCount; countedAt: string } | null> {
  return table.get(withdrawnKey(release), withdrawnCountRecord);
}

export interface CountWithdrawnPorts {
  readonly table: Pick<RegisterTable, 'queryAll' | 'transact'>;
  readonly engine: Pick<QueryEngine, 'rows'>;
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly releasesBucket: string;
  readonly clock: Clock;
}

/**
 * Counts how many studies of each published release were withdrawn since, by its manifest, which never changes. Once a
 * day and after the disclosure rule, so that nobody sees a single withdrawal come.
 */
export async function countWithdrawn(ports: CountWithdrawnPorts): Promise<{ releases: number }> {
  const { table, engine, objects, releasesBucket: bucket, clock } = ports;
  const published = (await allReleases(table)).filter(({ state }) => state === 'published');
  if (published.length === 0) return { releases: 0 };
  const rows = await engine.rows(withdrawnStudiesSelect('development'), withdrawnStudyRow);
  const withdrawn = new Set(rows.map(nameOfStudy));
  for (const { release } of published) {
    const text = await objects.readText({ bucket, key: releaseDocumentKey(release, 'manifest.csv') });
    if (text === null) throw new Error(`release ${release} has no manifest`);
    const studies = publishCount(withdrawnFrom([studiesOf(readManifest(text))], withdrawn));
    const countedAt = clock.now().toISOString();
    await table.transact([{ put: { ...withdrawnKey(release), studies, countedAt } }]);
  }
  return { releases: published.length };
}
