/** Data element tags as unsigned 32-bit numbers: group in the high half, element in the low half. */
export type Tag = number;

export const tagOf = (group: number, element: number): Tag => ((group << 16) | element) >>> 0;
export const groupOf = (tag: Tag): number => tag >>> 16;
export const elementOf = (tag: Tag): number => tag & 0xffff;

/** Private groups are odd (PS3.5 section 7.8); an odd group below 0009 is illegal and treated alike. */
export const isPrivate = (tag: Tag): boolean => ((tag >>> 16) & 1) === 1;

/** Private creator elements are (gggg,0010-00FF) of an odd group. */
export const isPrivateCreator = (tag: Tag): boolean => {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x0010 && element <= 0x00ff;
};

/** `(0008,1140)`. */
export function formatTag(tag: Tag): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** Eight lower-case hex digits to a tag. */
export const parseTag = (hex: string): Tag => Number.parseInt(hex, 16) >>> 0;

export const tags = {
  specificCharacterSet: 0x00080005,
  imageType: 0x00080008,
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  studyDate: 0x00080020,
  seriesDate: 0x00080021,
  acquisitionDate: 0x00080022,
  studyTime: 0x00080030,
  accessionNumber: 0x00080050,
  modality: 0x00080060,
  conversionType: 0x00080064,
  manufacturer: 0x00080070,
  institutionName: 0x00080080,
  codeValue: 0x00080100,
  codingSchemeDesignator: 0x00080102,
  codeMeaning: 0x00080104,
  longCodeValue: 0x00080119,
  urnCodeValue: 0x00080120,
  manufacturerModelName: 0x00081090,
  derivationDescription: 0x00082111,
  patientName: 0x00100010,
  patientId: 0x00100020,
  issuerOfPatientId: 0x00100021,
  patientBirthDate: 0x00100030,
  patientSex: 0x00100040,
  otherPatientIdsSequence: 0x00101002,
  patientAge: 0x00101010,
  patientIdentityRemoved: 0x00120062,
  deidentificationMethod: 0x00120063,
  deidentificationMethodCodeSequence: 0x00120064,
  contrastBolusAgent: 0x00180010,
  bodyPartExamined: 0x00180015,
  sliceThickness: 0x00180050,
  kvp: 0x00180060,
  magneticFieldStrength: 0x00180087,
  softwareVersions: 0x00181020,
  viewPosition: 0x00185101,
  sequenceOfUltrasoundRegions: 0x00186011,
  contributingEquipmentSequence: 0x0018a001,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
  studyId: 0x00200010,
  patientOrientation: 0x00200020,
  samplesPerPixel: 0x00280002,
  photometricInterpretation: 0x00280004,
  planarConfiguration: 0x00280006,
  numberOfFrames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  bitsAllocated: 0x00280100,
  bitsStored: 0x00280101,
  pixelRepresentation: 0x00280103,
  burnedInAnnotation: 0x00280301,
  recognizableVisualFeatures: 0x00280302,
  longitudinalTemporalInformationModified: 0x00280303,
  purposeOfReferenceCodeSequence: 0x0040a170,
  encapsulatedDocument: 0x00420011,
  specimenLabelInImage: 0x00480010,
  extendedOffsetTable: 0x7fe00001,
  extendedOffsetTableLengths: 0x7fe00002,
  floatPixelData: 0x7fe00008,
  doubleFloatPixelData: 0x7fe00009,
  pixelData: 0x7fe00010,
  item: 0xfffee000,
  itemDelimitation: 0xfffee00d,
  sequenceDelimitation: 0xfffee0dd,
} as const;

/** The three attributes that hold the pixels of an image (PS3.3 section C.7.6.3.1, C.7.6.24, C.7.6.25). */
export const isPixelTag = (tag: Tag): boolean =>
  tag === tags.pixelData || tag === tags.floatPixelData || tag === tags.doubleFloatPixelData;
