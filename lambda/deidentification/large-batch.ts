import { workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import { type Batch, type BatchPointer, batch as batchSchema } from './pipeline.contract';

/**
 * The batch of one large file, as Plan left it.
 * @throws Error where Plan left none under this id
 */
export function readLargeBatch(
  objects: Pick<ObjectStore, 'readText'>,
  workBucket: string,
  { submissionId, batch }: BatchPointer,
): Promise<Batch> {
  return requireJson(
    objects,
    { bucket: workBucket, key: workKeys.largeBatch(submissionId, batch) },
    batchSchema,
  );
}
