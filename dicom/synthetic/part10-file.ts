import { type DataSet, elementHeader, encodeDataSet } from './encode-data-set';

export const explicitVrLittleEndian = '1.2.840.10008.1.2.1';

/** Implementation Class UID of the writer of synthetic files, from the UUID-derived root (PS3.5 B.2). */
const implementationClassUid = '2.25.177430929513412893446021348226301187034';

/** An instance to be written: its data set without Pixel Data, and the size of Pixel Data's value in bytes. */
export interface SyntheticInstance {
  readonly dataSet: DataSet;
  readonly pixelVr: 'OB' | 'OW';
  readonly pixelBytes: number;
}

/** Preamble, prefix and File Meta Information (PS3.10 §7.1). */
export function fileMetaInformation(sopClassUid: string, sopInstanceUid: string): Buffer {
  const elements = encodeDataSet({
    FileMetaInformationVersion: Buffer.from([0, 1]),
    MediaStorageSOPClassUID: sopClassUid,
    MediaStorageSOPInstanceUID: sopInstanceUid,
    TransferSyntaxUID: explicitVrLittleEndian,
    ImplementationClassUID: implementationClassUid,
    ImplementationVersionName: 'NMIP_SYNTHETIC',
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM', 'latin1'),
    elementHeader(0x00020000, 'UL', 4),
    length,
    elements,
  ]);
}

/** All of a file that stands before the value of Pixel Data; the value and nothing else follows it. */
export function headerBeforePixelData(instance: SyntheticInstance): Buffer {
  const { SOPClassUID, SOPInstanceUID } = instance.dataSet;
  if (typeof SOPClassUID !== 'string' || typeof SOPInstanceUID !== 'string')
    throw new Error('A synthetic instance needs SOPClassUID and SOPInstanceUID.');
  if (instance.pixelBytes % 2 !== 0 || instance.pixelBytes > 0xfffffffe)
    throw new Error('Native pixel data must have an even length below 4 GiB.');
  return Buffer.concat([
    fileMetaInformation(SOPClassUID, SOPInstanceUID),
    encodeDataSet(instance.dataSet),
    elementHeader(0x7fe00010, instance.pixelVr, instance.pixelBytes),
  ]);
}

/** A whole file in memory. */
export function part10File(instance: SyntheticInstance, pixels: Buffer): Buffer {
  if (pixels.length !== instance.pixelBytes) throw new Error('The pixels do not have the announced length.');
  return Buffer.concat([headerBeforePixelData(instance), pixels]);
}
