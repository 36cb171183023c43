import { createHash } from 'node:crypto';
import { attributeOf, levelOf } from './data-dictionary';
import type { DicomJson, DicomJsonElement, DicomJsonValue } from './dicom-json';
import type { FramePlace } from './frames';
import type { ImageSet, StoredInstance } from './image-set-index';

/** An instance of an image set with what its file holds. */
export interface OpenedInstance {
  readonly stored: StoredInstance;
  readonly json: DicomJson;
  readonly frames: readonly FramePlace[];
}

type Plain = null | string | number | readonly Plain[] | { readonly [name: string]: Plain };

/** Id of a frame: what names the file, then the number of the frame. 32 hex digits. @param frame from 1 */
export function frameId(file: string, frame: number): string {
  return `${frameFileKey(file)}${frame.toString(16).padStart(8, '0')}`;
}

/** The part of a frame's id that names the file. */
export function frameFileKey(file: string): string {
  return createHash('sha256').update(file).digest('hex').slice(0, 24);
}

/** Number of a frame, from 1, by its id. */
export function frameNumberOf(id: string): number {
  return Number.parseInt(id.slice(24), 16);
}

/**
 * Metadata of an image set in HealthImaging's own shape: attributes by keyword, those of patient, study and series once.
 * Private and unknown elements stand under their tag. What a series attribute says differently in an instance stays
 * with the instance.
 */
export function imageSetMetadata(
  datastoreId: string,
  imageSet: ImageSet,
  instances: readonly OpenedInstance[],
): unknown {
  const first = instances[0]?.json ?? {};
  const shared = (level: string) => Object.entries(first).filter(([tag]) => levelOf(tag) === level);
  const seriesLevel = new Map(shared('series').map(([tag, element]) => [tag, JSON.stringify(element)]));
  return {
    SchemaVersion: '1.1',
    DatastoreID: datastoreId,
    ImageSetID: imageSet.id,
    Patient: { DICOM: keywords(shared('patient')) },
    Study: {
      DICOM: keywords(shared('study')),
      Series: {
        [imageSet.seriesInstanceUid]: {
          DICOM: keywords(shared('series')),
          Instances: Object.fromEntries(
            instances.map((instance) => [instance.stored.sopInstanceUid, describe(instance, seriesLevel)]),
          ),
        },
      },
    },
  };
}

function describe(
  { stored, json, frames }: OpenedInstance,
  seriesLevel: ReadonlyMap<string, string>,
): unknown {
  const own = Object.entries(json).filter(([tag, element]) => {
    const level = levelOf(tag);
    return level === 'instance' || (level === 'series' && seriesLevel.get(tag) !== JSON.stringify(element));
  });
  return {
    DICOM: keywords(own),
    DICOMVRs: Object.fromEntries(own.filter(([tag]) => !attributeOf(tag)).map(([tag, { vr }]) => [tag, vr])),
    ImageFrames: frames.map(({ bytes }, index) => ({
      ID: frameId(stored.file, index + 1),
      FrameSizeInBytes: bytes,
    })),
    StoredTransferSyntaxUID: stored.transferSyntaxUid,
  };
}

function keywords(elements: Iterable<readonly [string, DicomJsonElement]>): Record<string, Plain> {
  const result: Record<string, Plain> = {};
  for (const [tag, element] of elements) result[attributeOf(tag)?.keyword ?? tag] = plain(element);
  return result;
}

function plain(element: DicomJsonElement): Plain {
  if (element.InlineBinary !== undefined) return element.InlineBinary;
  const values = (element.Value ?? []).map((value) => plainValue(value, element.vr));
  if (element.vr === 'SQ') return values;
  if (values.length === 0) return null;
  return values.length === 1 ? (values[0] ?? null) : values;
}

function plainValue(value: DicomJsonValue, vr: string): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (vr === 'SQ') return keywords(Object.entries(value));
  const {
    Alphabetic = '',
    Ideographic,
    Phonetic,
  } = value as {
    Alphabetic?: string;
    Ideographic?: string;
    Phonetic?: string;
  };
  return [Alphabetic, Ideographic ?? '', Phonetic ?? ''].join('=').replace(/=+$/, '');
}
