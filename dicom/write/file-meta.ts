import { explicitLittleEndian } from '../data-set/data-element';
import { makeElement, makeText } from '../data-set/make-element';
import { encodeDataSet } from './encode-data-set';

export interface NewFileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Root under which the Implementation Class UID of this engine stands. */
  readonly uidRoot: string;
}

/** (0002,0013): raised when the bytes that the engine writes for the same input change. */
export const implementationVersionName = 'NMIP_1';

/**
 * A preamble of zeros, the prefix and group 0002, all new: nothing of the source's file level survives
 * (PS3.10 section 7.1). The arc 0 below the root is no collection's.
 */
export function encodeFileMeta(meta: NewFileMeta): Buffer {
  const elements = [
    makeElement(0x00020001, 'OB', Buffer.from([0x00, 0x01])),
    makeText(0x00020002, 'UI', meta.sopClassUid),
    makeText(0x00020003, 'UI', meta.sopInstanceUid),
    makeText(0x00020010, 'UI', meta.transferSyntaxUid),
    makeText(0x00020012, 'UI', `${meta.uidRoot}.0.1`),
    makeText(0x00020013, 'SH', implementationVersionName),
  ];
  const group = encodeDataSet({ elements }, explicitLittleEndian);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(group.length);
  const start = encodeDataSet(
    { elements: [makeElement(0x00020000, 'UL', groupLength)] },
    explicitLittleEndian,
  );
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), start, group]);
}
