import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { DataElement } from '../../dicom/data-set/data-element';
import { explicitLittleEndian } from '../../dicom/data-set/data-element';
import { makeText, makeUnsignedShort } from '../../dicom/data-set/make-element';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';
import { seededNoise, seededUid } from '../../dicom/synthetic/seeded-values';
import { encodeDataSet, encodeElementHeader } from '../../dicom/write/encode-data-set';
import { encodeFileMeta } from '../../dicom/write/file-meta';

const angiography = '1.2.840.10008.5.1.4.1.1.12.1';
const side = 1024;
const pixelData = 0x7fe00010;
const patient = fictitiousPatient('bench', 0);

/** A multi-frame angiogram: nothing in it is blanked, so that every tool passes the same pixels on. */
function header(frames: number, transferSyntaxUid: string): Buffer {
  const uid = (name: string): string => seededUid('bench', name);
  const short = (tag: number, value: number): DataElement =>
    makeUnsignedShort(tag, value, explicitLittleEndian);
  const elements = [
    makeText(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\SINGLE PLANE'),
    makeText(0x00080016, 'UI', angiography),
    makeText(0x00080018, 'UI', uid('instance')),
    makeText(0x00080020, 'DA', '20240229'),
    makeText(0x00080060, 'CS', 'XA'),
    makeText(0x00080080, 'LO', 'Zztown General Hospital'),
    makeText(0x00080090, 'PN', 'Zzreferrer^Iolanto'),
    makeText(0x00081030, 'LO', 'Coronary angiogram'),
    makeText(0x00100010, 'PN', 'Zztestwick^Aquaria'),
    makeText(0x00100020, 'LO', patient.nhsNumber),
    makeText(0x00100030, 'DA', patient.birthDate),
    makeText(0x0020000d, 'UI', uid('study')),
    makeText(0x0020000e, 'UI', uid('series')),
    short(0x00280002, 1),
    makeText(0x00280004, 'CS', 'MONOCHROME2'),
    makeText(0x00280008, 'IS', String(frames)),
    short(0x00280010, side),
    short(0x00280011, side),
    short(0x00280100, 8),
    short(0x00280101, 8),
    short(0x00280102, 7),
    short(0x00280103, 0),
  ];
  const meta = encodeFileMeta({
    sopClassUid: angiography,
    sopInstanceUid: uid('instance'),
    transferSyntaxUid,
    uidRoot: '2.25',
  });
  return Buffer.concat([meta, encodeDataSet({ elements }, explicitLittleEndian)]);
}

/** Writes pieces to a file one after the other; memory stays that of a piece. */
async function writePieces(path: string, pieces: Iterable<Buffer>): Promise<number> {
  const file = createWriteStream(path);
  let bytes = 0;
  for (const piece of pieces) {
    bytes += piece.length;
    if (!file.write(piece)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return bytes;
}

/** Bytes of a frame of a native file. */
export const frameBytes = side * side;

/** A native multi-frame file up to its first frame. */
export function nativeStart(frames: number): Buffer {
  return Buffer.concat([
    header(frames, '1.2.840.10008.1.2.1'),
    encodeElementHeader(pixelData, 'OW', frames * frameBytes, explicitLittleEndian),
  ]);
}

/** A native multi-frame file of about `megabytes` (10^6 bytes). */
export async function writeNativeFile(path: string, megabytes: number): Promise<number> {
  const frames = Math.round((megabytes * 1e6) / frameBytes);
  const noise = seededNoise('frame', frameBytes);
  function* pieces(): Generator<Buffer> {
    yield nativeStart(frames);
    for (let frame = 0; frame < frames; frame += 1) yield noise;
  }
  return writePieces(path, pieces());
}

const itemHeader = (element: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
};

/** A JPEG code stream by its markers; the samples are noise that nobody decodes. */
function jpegFrame(bytes: number): Buffer {
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 4, 1, 1]);
  const noise = seededNoise('jpeg', bytes - start.length - 2).map((byte) => (byte === 0xff ? 0xfe : byte));
  return Buffer.concat([start, noise, Buffer.from([0xff, 0xd9])]);
}

/** A cine loop of compressed frames, one fragment each, with a filled basic offset table. */
export async function writeCompressedCine(
  path: string,
  frames: number,
  bytesOfFrame: number,
): Promise<number> {
  const frame = jpegFrame(bytesOfFrame);
  const table = Buffer.alloc(frames * 4);
  for (let index = 0; index < frames; index += 1) table.writeUInt32LE(index * (8 + frame.length), index * 4);
  function* pieces(): Generator<Buffer> {
    yield header(frames, '1.2.840.10008.1.2.4.50');
    yield encodeElementHeader(pixelData, 'OB', 0xffffffff, explicitLittleEndian);
    yield Buffer.concat([itemHeader(0xe000, table.length), table]);
    for (let index = 0; index < frames; index += 1) {
      yield itemHeader(0xe000, frame.length);
      yield frame;
    }
    yield itemHeader(0xe0dd, 0);
  }
  return writePieces(path, pieces());
}

/** A CT slice of 0.5 MB in memory. */
export function ctFile(): Buffer {
  const study = { seed: 'bench', name: 'ct', patient, nhsNumberPlace: { attribute: 'PatientID' } } as const;
  const { instance, pixels } = ctSlice(study, { series: 1, slice: 1, size: 512 });
  return part10File(instance, pixels);
}
