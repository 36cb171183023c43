import { asciiOf } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import { Quarantine } from '../quarantine/quarantine';
import type { QuarantineCode } from '../quarantine/quarantine-codes';
import { InstanceReader } from '../read/instance-reader';
import { ReadRefusal } from '../read/read-refusal';
import { isDirectory, readIdentity } from '../validate/validate-instance';
import type { InstanceSubject, NhsNumberLocation } from './outcome';
import { OutsideFailure, watchedSource } from './outside-failure';
import { readSubject } from './read-subject';

/** What a sender must know of a file: whether it is an image, of which series, and of whom. */
export type InstanceSummary =
  | {
      readonly kind: 'dicom';
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly sopClassUid: string;
      readonly modality: string | null;
      readonly subject: InstanceSubject;
    }
  | { readonly kind: 'dicomdir' }
  | { readonly kind: 'not-dicom' }
  | { readonly kind: 'unreadable'; readonly code: QuarantineCode };

/**
 * Reads as much of a file as it takes to know whose it is: the header, not the pixels. Throws only what the source
 * throws. What is `unreadable` here would be quarantined with the same code.
 */
export async function readInstanceSummary(
  source: AsyncIterable<Uint8Array>,
  nhsNumberLocations: readonly NhsNumberLocation[],
): Promise<InstanceSummary> {
  const reader = new InstanceReader(watchedSource(source));
  try {
    const header = await reader.readHeader();
    if (isDirectory(header)) return { kind: 'dicomdir' };
    const { dataSet } = header;
    const identity = readIdentity(dataSet);
    const modality = asciiOf(dataSet, tags.modality);
    return {
      kind: 'dicom',
      ...identity,
      modality: modality === '' ? null : modality,
      subject: readSubject(dataSet, nhsNumberLocations),
    };
  } catch (error) {
    if (error instanceof OutsideFailure) throw error.cause;
    if (error instanceof ReadRefusal && error.code === 'NOT_DICOM') return { kind: 'not-dicom' };
    if (error instanceof ReadRefusal || error instanceof Quarantine)
      return { kind: 'unreadable', code: error.code };
    return { kind: 'unreadable', code: 'PROCESSING_FAILED' };
  } finally {
    await reader.close();
  }
}
