import { asciiOf, type DataSet, find } from '../data-set/data-element';
import { formatTag, tags } from '../data-set/tag';
import {
  isAudio,
  isEncapsulatedDocument,
  mediaStorageDirectory,
  patientSopClassName,
} from '../dictionary/sop-classes';
import { isUid } from '../policy/value-checks';
import { Quarantine } from '../quarantine/quarantine';
import type { InstanceHeader } from '../read/instance-reader';

/** UIDs by which an instance is known; all read and valid, or the instance is quarantined. */
export interface InstanceIdentity {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

export const isDirectory = (header: InstanceHeader): boolean =>
  header.meta?.mediaStorageSopClassUid === mediaStorageDirectory ||
  asciiOf(header.dataSet, tags.sopClassUid) === mediaStorageDirectory;

/** Reads the identity of an instance. Throws `Quarantine` where a UID is missing or the SOP class is not taken. */
export function readIdentity(dataSet: DataSet): InstanceIdentity {
  const uid = (tag: number): string => {
    const value = asciiOf(dataSet, tag);
    if (!isUid(value)) throw new Quarantine('NO_SOP_UID', formatTag(tag));
    return value;
  };
  const sopClassUid = asciiOf(dataSet, tags.sopClassUid);
  if (sopClassUid !== '' && isEncapsulatedDocument(sopClassUid)) {
    throw new Quarantine('ENCAPSULATED_DOCUMENT', formatTag(tags.sopClassUid));
  }
  if (isAudio(sopClassUid)) throw new Quarantine('AUDIO_RECORDING', formatTag(tags.sopClassUid));
  const identity = {
    sopClassUid,
    sopInstanceUid: uid(tags.sopInstanceUid),
    studyInstanceUid: uid(tags.studyInstanceUid),
    seriesInstanceUid: uid(tags.seriesInstanceUid),
  };
  if (patientSopClassName(sopClassUid) === undefined) {
    throw new Quarantine('UNSUPPORTED_SOP_CLASS', formatTag(tags.sopClassUid));
  }
  return identity;
}

/** Refuses what the image store does not take and what the engine cannot clean. */
export function validateHeader(header: InstanceHeader): void {
  if (!header.transferSyntax.importable) throw new Quarantine('UNSUPPORTED_TRANSFER_SYNTAX', '(0002,0010)');
  if (find(header.dataSet, tags.encapsulatedDocument) !== undefined) {
    throw new Quarantine('ENCAPSULATED_DOCUMENT', formatTag(tags.encapsulatedDocument));
  }
}
