import { createHash } from 'node:crypto';
import { type FictitiousPatient, fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../dicom/synthetic/images';
import { part10File } from '../../dicom/synthetic/part10-file';
import type { SyntheticStudy } from '../../dicom/synthetic/study';
import { instanceKey, type PlannedFile, type Trust } from './submission-plan';

/** Where the trusts of the embedded platform's configuration write NHS numbers. */
const nhsNumberPlaces = {
  RX1: { attribute: 'PatientID', issuer: 'NHS' },
  RY2: { attribute: 'PatientID' },
} as const satisfies Record<Trust, SyntheticStudy['nhsNumberPlace']>;

/** Bytes at the beginning of pixel data by which a patient's pixels are known again. */
export const markerBytes = 48;
/** And those after them by which an instance and its variant are known. */
const variantBytes = 32;

/** Pixels of 12 bits that follow from a text. */
function pixelsOf(text: string, bytes: number): Buffer {
  const digest = createHash('sha512').update(text).digest();
  const pixels = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 2) pixels.writeUInt16LE(digest.readUInt16LE(at) & 0x0fff, at);
  return pixels;
}

export function patientOf(seed: string, patient: number): FictitiousPatient {
  return fictitiousPatient(seed, patient);
}

/** What stands in the pixels of each image of a patient, and in nothing else. */
export function pixelMarker(seed: string, patient: number): Buffer {
  return pixelsOf(`${seed}/marker/${patient}`, markerBytes);
}

/** The study as the trust's PACS knows it. */
export function studyOf(
  seed: string,
  file: Pick<PlannedFile, 'study' | 'patient'>,
  trust: Trust,
): SyntheticStudy {
  return {
    seed,
    name: file.study,
    patient: patientOf(seed, file.patient),
    nhsNumberPlace: nhsNumberPlaces[trust],
  };
}

/** The pixel data of a file, whole. */
export function filePixels(seed: string, file: PlannedFile, trust: Trust): Buffer {
  return imageOf(seed, file, trust).pixels;
}

function imageOf(seed: string, file: PlannedFile, trust: Trust) {
  const { series, slice, size, variant, header } = file;
  const { instance, pixels } = ctSlice(studyOf(seed, file, trust), { series, slice, size });
  pixelMarker(seed, file.patient).copy(pixels, 0);
  pixelsOf(`${seed}/${instanceKey(file)}/${variant}`, variantBytes).copy(pixels, markerBytes);
  const changed = {
    plain: {},
    rewritten: { InstitutionName: 'Zzelsewhere Infirmary', StationName: 'ZZSTATION2' },
    'other-sex': { PatientSex: instance.dataSet.PatientSex === 'F' ? 'M' : 'F' },
  } as const;
  const dataSet = { ...instance.dataSet, ...changed[header] };
  return { instance: { ...instance, dataSet }, pixels };
}

/** The bytes of a file as its manifest entry tells of them. */
export function fileBytes(seed: string, file: PlannedFile, trust: Trust): Buffer {
  if (file.damage === 'no-image') return Buffer.from(`Not an image: ${file.study} ${file.ordinal}.\n`);
  const { instance, pixels } = imageOf(seed, file, trust);
  const whole = part10File(instance, pixels);
  return file.damage === 'truncated'
    ? whole.subarray(0, whole.length - Math.floor(pixels.length / 2))
    : whole;
}
