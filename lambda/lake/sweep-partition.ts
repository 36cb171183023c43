import type { Clock } from '../platform/clock';
import type { ObjectStore } from '../platform/object-store';
import type { LakeFileStore } from './lake-file-store';
import { filesFolder, type LakeFile, type LakePartition, readFileKey } from './lake-partition';
import { type PartitionListPorts, readList } from './partition-list';

export interface SweepPorts extends PartitionListPorts {
  readonly objects: PartitionListPorts['objects'] & Pick<ObjectStore, 'list' | 'head'>;
  readonly files: Pick<LakeFileStore, 'erase'>;
  readonly clock: Clock;
}

/**
 * What no list names so long after it was written belongs to nobody: no function lives for more than a quarter of an hour,
 * and no question for more than half of one (Athena's limit).
 */
const unnamedMilliseconds = 3_600_000;

/** Files of a partition that its list does not name. */
export async function unnamedFiles(ports: SweepPorts, partition: LakePartition): Promise<LakeFile[]> {
  const found: LakeFile[] = [];
  // The objects first: what is named by the list afterwards is none of these.
  for await (const { key } of ports.objects.list(ports.catalogueBucket, filesFolder(partition)))
    found.push(readFileKey(partition, key));
  const named = new Set((await readList(ports, partition)).files.map(({ key }) => key));
  return found.filter(({ key }) => !named.has(key));
}

/** Deletes in every version what was written and never named, or named and replaced, some time ago. */
export async function sweepPartition(ports: SweepPorts, partition: LakePartition): Promise<number> {
  const swept: LakeFile[] = [];
  for (const file of await unnamedFiles(ports, partition)) {
    const head = await ports.objects.head({ bucket: ports.catalogueBucket, key: file.key });
    if (head !== null && ports.clock.now().getTime() - head.modifiedAt.getTime() > unnamedMilliseconds)
      swept.push(file);
  }
  await ports.files.erase(swept);
  return swept.length;
}
