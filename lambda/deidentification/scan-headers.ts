import type { NhsNumberLocation } from '../../dicom/deidentify/outcome';
import { type InstanceSummary, readInstanceSummary } from '../../dicom/deidentify/read-instance-summary';
import { type NhsNumber, parseNhsNumber } from '../../dicom/nhs-number';
import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { landingKey, workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import type { ResultStore } from './batch-results';
import type { ManifestEntry } from './pipeline.contract';
import { workList } from './plan.contract';

/** Headers read at once; each takes at most a mebibyte or two of memory. */
const headersAtOnce = 16;

/** Headers nearly always end within the first mebibyte; only where one does not is the rest fetched. */
const firstBytes = 1024 * 1024;

export interface ScanHeadersPorts {
  readonly objects: Pick<ObjectStore, 'readText' | 'readStream'>;
  readonly results: Pick<ResultStore, 'readPlan'>;
  readonly workBucket: string;
  readonly landingBucketOf: LandingBucketOf;
  /** Where the NHS numbers of a trust stand. */
  readonly nhsNumbersOf: (trust: string) => readonly NhsNumberLocation[];
}

/** The NHS numbers in the headers of a planned submission's files; files that cannot be read have none. */
export async function scanHeaders(
  ports: ScanHeadersPorts,
  submissionId: string,
): Promise<ReadonlySet<NhsNumber>> {
  const { trust } = await ports.results.readPlan(submissionId);
  const bucket = ports.landingBucketOf(trust);
  const locations = ports.nhsNumbersOf(trust);
  const place = { bucket: ports.workBucket, key: workKeys.workList(submissionId) };
  const batches = await requireJson(ports.objects, place, workList);

  const summarise = async (ordinal: number, lastByte?: number): Promise<InstanceSummary | null> => {
    const stream = await ports.objects.readStream(
      { bucket, key: landingKey(submissionId, ordinal) },
      lastByte,
    );
    if (stream === null) return null;
    try {
      return await readInstanceSummary(stream, locations);
    } finally {
      stream.destroy();
    }
  };
  const numberOf = async ({ ordinal, bytes }: ManifestEntry): Promise<NhsNumber | null> => {
    const partial = bytes > firstBytes;
    let summary = await summarise(ordinal, partial ? firstBytes - 1 : undefined);
    if (partial && summary?.kind === 'unreadable') summary = await summarise(ordinal);
    if (summary?.kind !== 'dicom' || summary.subject.nhsNumber === null) return null;
    return parseNhsNumber(summary.subject.nhsNumber);
  };
  const numbers = await boundedMap(
    batches.flatMap((batch) => batch.files),
    headersAtOnce,
    numberOf,
  );
  return new Set(numbers.filter((number) => number !== null));
}
