import tables from './sop-classes.data.json';

/** Storage SOP classes of PS3.4 whose information object is about a patient. */
const withPatient = new Map<string, string>(Object.entries(tables.withPatient));

export const mediaStorageDirectory = '1.2.840.10008.1.3.10';

/** Retired classes that archives still hold and that fit a current information object (PS3.6 table A-1). */
const retired: readonly [string, string][] = [
  ['1.2.840.10008.5.1.4.1.1.3', 'Ultrasound Multi-frame Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.5', 'Nuclear Medicine Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.6', 'Ultrasound Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.12.3', 'X-Ray Angiographic Bi-Plane Image Storage (Retired)'],
];
for (const [uid, name] of retired) withPatient.set(uid, name);

/** Name of a storage SOP class that is about a patient; undefined for all others. */
export const patientSopClassName = (uid: string): string | undefined => withPatient.get(uid);

const prefix = '1.2.840.10008.5.1.4.1.1.';
const documents = new Set(['104.1', '104.2', '104.3', '104.4', '104.5'].map((last) => prefix + last));
const secondaryCaptures = new Set(['7', '7.1', '7.2', '7.3', '7.4'].map((last) => prefix + last));
const audio = new Set(['9.4.1', '9.4.2'].map((last) => prefix + last));
const ultrasound = new Set(['3', '3.1', '6', '6.1', '6.2', '6.3'].map((last) => prefix + last));

export const isEncapsulatedDocument = (uid: string): boolean => documents.has(uid);
export const isSecondaryCapture = (uid: string): boolean => secondaryCaptures.has(uid);
/** Waveforms of sound: dictations, and recordings of the heart in a room where people speak. */
export const isAudio = (uid: string): boolean => audio.has(uid);
export const isUltrasound = (uid: string): boolean => ultrasound.has(uid);
export const wholeSlideMicroscopy = `${prefix}77.1.6`;
export const ultrasoundVolume = `${prefix}6.2`;
