import { constants, deflateRawSync } from 'node:zlib';
import {
  elementHeader,
  encodeDataSet,
  type DataSet as SyntheticDataSet,
} from '../../dicom/synthetic/encode-data-set';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { fileMetaInformation, part10File } from '../../dicom/synthetic/part10-file';
import { ctImageStorage, syntaxes } from '../dicom/samples/make-instance';

/** Files as they should not be, each small, and good ones to send beside them. */

const seed = 'bad-input';

const studyOf = (patient: number) => ({
  seed,
  name: `ct-${patient}`,
  patient: fictitiousPatient(seed, patient),
  nhsNumberPlace: { attribute: 'OtherPatientIDsSequence', issuer: 'NHS' } as const,
});

export const nhsNumberOf = (patient: number): string => fictitiousPatient(seed, patient).nhsNumber;

/** Age at the study that a good slice states. */
export function ageOf(patient: number): number {
  const { instance } = ctSlice(studyOf(patient), { series: 1, slice: 1, size: 32 });
  return Number.parseInt(String(instance.dataSet.PatientAge), 10);
}

/** The hospital's own number, which stands in Patient ID. */
export const hospitalNumberOf = (patient: number): string => fictitiousPatient(seed, patient).hospitalNumber;

/** A slice that nothing is wrong with. */
export function goodSlice(patient: number, slice: number): Buffer {
  const { instance, pixels } = ctSlice(studyOf(patient), { series: 1, slice, size: 32 });
  return part10File(instance, pixels);
}

/** A slice whose attributes are not all as they should be; `undefined` leaves one out. */
export function alteredSlice(patient: number, slice: number, changes: SyntheticDataSet): Buffer {
  const { instance, pixels } = ctSlice(studyOf(patient), { series: 1, slice, size: 32 });
  return part10File({ ...instance, dataSet: { ...instance.dataSet, ...changes } }, pixels);
}

/**
 * A slice of one patient with the pixels of another's.
 * @param change what is added to the first pixel: 0 gives the same pixels
 */
export function copiedSlice(
  { patient, slice }: { patient: number; slice: number },
  from: { patient: number; slice: number },
  change: 0 | 1,
): Buffer {
  const { instance } = ctSlice(studyOf(patient), { series: 1, slice, size: 32 });
  const { pixels } = ctSlice(studyOf(from.patient), { series: 1, slice: from.slice, size: 32 });
  const copy = Buffer.from(pixels);
  copy.writeUInt16LE(copy.readUInt16LE(0) ^ change, 0);
  return part10File(instance, copy);
}

/** A slice that says of itself that it is a picture of a screen, where a name may stand. */
export function screenSave(patient: number, slice: number): Buffer {
  const { instance, pixels } = ctSlice(studyOf(patient), { series: 2, slice, size: 32 });
  const dataSet = { ...instance.dataSet, SeriesDescription: 'Screen save' };
  return part10File({ ...instance, dataSet }, pixels);
}

/** A good slice, but of a patient whom only the hospital's own number names. */
export function sliceWithoutNhsNumber(patient: number): Buffer {
  const { instance, pixels } = ctSlice(studyOf(patient), { series: 1, slice: 1, size: 32 });
  const { OtherPatientIDsSequence: _, ...dataSet } = instance.dataSet;
  return part10File({ ...instance, dataSet }, pixels);
}

/** File meta information and the data set of a good slice up to its pixel data, without the latter. */
function headerParts(patient: number, uid: string): { meta: Buffer; dataSet: SyntheticDataSet } {
  const { instance } = ctSlice(studyOf(patient), { series: 1, slice: 1, size: 32 });
  return {
    meta: fileMetaInformation(ctImageStorage, uid),
    dataSet: { ...instance.dataSet, SOPInstanceUID: uid },
  };
}

const uidOf = (name: string): string => `1.2.826.0.1.3680043.10.511.${Buffer.from(name).readUInt32BE(0)}`;

/** Sequences without a declared length, each in the only item of the one before. */
export function nestedSequences(patient: number, depth: number): Buffer {
  const { meta, dataSet } = headerParts(patient, uidOf('nested'));
  const open = Buffer.concat([elementHeader(0x00420010, 'SQ', 0xffffffff), itemStart]);
  const close = Buffer.concat([itemEnd, sequenceEnd]);
  return Buffer.concat([
    meta,
    encodeDataSet(dataSet),
    ...Array.from({ length: depth }, () => open),
    ...Array.from({ length: depth }, () => close),
  ]);
}

const delimiter = (element: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
};
const itemStart = delimiter(0xe000, 0xffffffff);
const itemEnd = delimiter(0xe00d, 0);
const sequenceEnd = delimiter(0xe0dd, 0);

/** An element that says it goes on for 4 GB, in a file of about a kilobyte. */
export function endlessElement(patient: number, tag: number, vr: string): Buffer {
  const { meta, dataSet } = headerParts(patient, uidOf('endless'));
  return Buffer.concat([
    meta,
    encodeDataSet(dataSet),
    elementHeader(tag, vr, 0xfffffffe),
    Buffer.from('cut off'),
  ]);
}

/** Bytes of zeros that one piece of the bomb inflates to. */
const pieceBytes = 16 * 1024 * 1024;

/**
 * A deflated data set of a few megabytes that inflates to gigabytes. A full flush forgets what came before, so that one
 * deflated piece can stand there again and again.
 */
export function deflateBomb(patient: number, gigabytes: number, element: Buffer): Buffer {
  const { meta, dataSet } = headerParts(patient, uidOf('bomb'));
  const deflate = (bytes: Buffer): Buffer =>
    deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  const piece = deflate(Buffer.alloc(pieceBytes));
  const pieces = Math.ceil((gigabytes * 1024 ** 3) / pieceBytes);
  // Transfer Syntax UID and, at offset 140, the length of the group become those of a deflated file.
  const explicit = `${syntaxes.explicit.uid}\0`;
  const at = meta.indexOf(explicit);
  const head = meta.subarray(0, at - 8);
  const tail = meta.subarray(at + explicit.length);
  const syntax = Buffer.from(syntaxes.deflated.uid, 'latin1');
  const groupLength = meta.readUInt32LE(140) + syntax.length - explicit.length;
  const changed = Buffer.concat([head, elementHeader(0x00020010, 'UI', syntax.length), syntax, tail]);
  changed.writeUInt32LE(groupLength, 140);
  return Buffer.concat([
    changed,
    deflate(Buffer.concat([encodeDataSet(dataSet), element])),
    ...Array.from({ length: pieces }, () => piece),
  ]);
}

/** Header of an element that the bomb fills. */
export const bombElements = {
  /** Passed over by the reader. */
  'private value': elementHeader(0x70090010, 'UN', 0xfffffffe),
  'pixel data': elementHeader(0x7fe00010, 'OW', 0xfffffffe),
} as const;
