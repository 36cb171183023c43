import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ArchiveMemberError } from '../../dicom/archive/archive-member';
import type { NhsNumberLocation } from '../../dicom/deidentify/outcome';
import { type InstanceSummary, readInstanceSummary } from '../../dicom/deidentify/read-instance-summary';
import { type NhsNumber, parseNhsNumber } from '../../dicom/nhs-number';
import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import type { ResultStore } from './batch-results';
import { type LandedFile, landedBytes, openLandedFile, openLandedHead } from './landed-files';
import { workList } from './plan.contract';

/** Headers read at once; each takes little memory, or a few mebibytes where the whole file is read. */
const headersAtOnce = 16;

/** Headers nearly always end within the first 128 KiB; only where one does not is the rest fetched. */
const firstBytes = 128 * 1024;

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

  const landing = { bucket, submissionId };
  const summarise = async (file: LandedFile, partial: boolean): Promise<InstanceSummary | null> => {
    const stream = partial
      ? await openLandedHead(ports.objects, landing, file, firstBytes)
      : await openLandedFile(ports.objects, landing, file);
    if (stream === null) return null;
    try {
      // Read to its end, the connection serves the next request; a body that breaks off takes its connection with it.
      const source = !partial ? stream : Readable.from([await buffer(stream)]);
      return await readInstanceSummary(source, locations);
    } catch (error) {
      // Who cannot be read has no number; the file is quarantined when its turn comes.
      if (error instanceof ArchiveMemberError) return null;
      throw error;
    } finally {
      stream.destroy();
    }
  };
  const numberOf = async (file: LandedFile): Promise<NhsNumber | null> => {
    const partial = landedBytes(file) > firstBytes;
    let summary = await summarise(file, partial);
    if (partial && summary?.kind === 'unreadable') summary = await summarise(file, false);
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
