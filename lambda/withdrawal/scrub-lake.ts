import type { StudyStore } from '../catalogue/study-store';
import { type LakePartition, lakeSplits, rowOrder } from '../lake/lake-partition';
import type { LakeRow } from '../lake/parquet-file';
import { type ScrubPartitionPorts, scrubPartition } from '../lake/scrub-partition';
import { type ScrubReleasesPorts, scrubReleases } from '../lake/scrub-releases';
import { type SetRowsPorts, setRows } from '../lake/set-rows';
import { type FollowingPartition, rowsOfCatalogue } from '../lake/sync-submission';
import { boundedMap } from '../platform/bounded-map';
import { withdrawalKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import {
  type Erasure,
  erasure,
  type Gathered,
  gathered as gatheredSchema,
  type ScrubLakeStep,
} from './work.contract';

const readsAtOnce = 32;

/** Tables of which each partition is scrubbed, in this order. */
const scrubbedTables = ['instances', 'demographics'] as const;

export interface ScrubLakePorts extends SetRowsPorts, ScrubPartitionPorts, ScrubReleasesPorts {
  readonly objects: ScrubPartitionPorts['objects'] &
    ScrubReleasesPorts['objects'] &
    Pick<ObjectStore, 'readText'>;
  readonly studies: Pick<StudyStore, 'isListed'>;
  readonly workBucket: string;
  /** Whether there is time for another partition. */
  readonly hasTime: () => boolean;
}

type Place = Pick<LakePartition, 'collection' | 'split'>;

/** Studies by where they stand. */
class Studies {
  private readonly found = new Map<string, Place & { readonly uids: Set<string> }>();

  add(place: Place, uid: string): void {
    const name = `${place.collection} ${place.split}`;
    const known = this.found.get(name) ?? { ...place, uids: new Set<string>() };
    known.uids.add(uid);
    this.found.set(name, known);
  }

  in({ collection, split }: Place): ReadonlySet<string> {
    return this.found.get(`${collection} ${split}`)?.uids ?? new Set();
  }
}

const placesOf = ({ holdings }: Gathered): Place[] =>
  [...new Set(holdings.map(({ collection }) => collection))]
    .sort()
    .flatMap((collection) => lakeSplits.map((split) => ({ collection, split })));

async function setTombstones(
  ports: ScrubLakePorts,
  withdrawalId: string,
  place: Place,
  studies: ReadonlySet<string>,
): Promise<void> {
  const rows: LakeRow[] = [...studies]
    .sort()
    .map((study) => ({ withdrawal: withdrawalId, study_instance_uid: study }));
  await setRows(ports, { ...place, table: 'tombstones' }, withdrawalId, rows);
}

/**
 * Before anything is deleted: questions leave out what goes. Of a withdrawn trust it is not known yet which studies go
 * whole, for another may have sent of them too: the rows themselves are taken out.
 */
async function markWithdrawn(ports: ScrubLakePorts, withdrawalId: string, found: Gathered): Promise<void> {
  if (found.subjects.kind === 'trust') return;
  const studies = new Studies();
  for (const { collection, studies: held } of found.holdings)
    for (const { split, studyInstanceUid } of held) studies.add({ collection, split }, studyInstanceUid);
  for (const place of placesOf(found)) await setTombstones(ports, withdrawalId, place, studies.in(place));
}

/** Studies of which something went and nothing is left. */
async function studiesGone(
  ports: ScrubLakePorts,
  { holdings }: Gathered,
  erasures: readonly Erasure[],
): Promise<Studies> {
  const collectionOf = new Map(holdings.map(({ submissionId, collection }) => [submissionId, collection]));
  const touched = new Map<string, Place & { readonly uid: string }>();
  for (const { submissionId, instances, studies } of erasures)
    for (const { split, studyInstanceUid: uid } of [...instances, ...studies]) {
      const collection = collectionOf.get(submissionId) ?? '';
      touched.set(`${collection} ${split} ${uid}`, { collection, split, uid });
    }
  const gone = new Studies();
  await boundedMap([...touched.values()], readsAtOnce, async ({ uid, ...place }) => {
    if (!(await ports.studies.isListed(place, uid))) gone.add(place, uid);
  });
  return gone;
}

/** The rows of a submission that the catalogue still has. */
async function rowsLeft(
  ports: ScrubLakePorts,
  partition: FollowingPartition,
  submissionId: string,
): Promise<ReadonlySet<string>> {
  const [, within] = rowOrder[partition.table];
  const { rows } = await rowsOfCatalogue(ports, partition, submissionId);
  return new Set(rows.map((row) => String(row[within])));
}

/**
 * The lake's part of a withdrawal, in two phases: `mark` before anything is deleted, `scrub` once the catalogue's rows have
 * gone. Then no object of the lake holds a withdrawn row, in any version. May run again at any point; where its time ends
 * it says at which place to go on.
 */
export async function scrubLake(ports: ScrubLakePorts, step: ScrubLakeStep): Promise<ScrubLakeStep> {
  const { withdrawalId } = step;
  const work = (key: string) => ({ bucket: ports.workBucket, key });
  const found = await requireJson(ports.objects, work(withdrawalKeys.gathered(withdrawalId)), gatheredSchema);
  if (step.phase === 'mark') {
    await markWithdrawn(ports, withdrawalId, found);
    return { ...step, phase: 'scrub' };
  }
  const erasures = await boundedMap(found.holdings, readsAtOnce, ({ submissionId }) =>
    requireJson(ports.objects, work(withdrawalKeys.erasure(withdrawalId, submissionId)), erasure),
  );
  const gone = await studiesGone(ports, found, erasures);
  const places = placesOf(found);
  for (const [at, place] of places.entries()) {
    if (at < step.position) continue;
    if (at > step.position && !ports.hasTime()) return { ...step, position: at };
    const owners = found.holdings
      .filter(({ collection }) => collection === place.collection)
      .map(({ submissionId }) => submissionId);
    await setTombstones(ports, withdrawalId, place, gone.in(place));
    for (const table of scrubbedTables) {
      const partition = { ...place, table };
      await scrubPartition(ports, partition, owners, (owner) => rowsLeft(ports, partition, owner));
    }
    await scrubReleases(ports, place, gone.in(place));
  }
  return { ...step, phase: 'done', position: places.length };
}
