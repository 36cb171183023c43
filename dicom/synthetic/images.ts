import type { DataSet } from './encode-data-set';
import type { SyntheticInstance } from './part10-file';
import { seededNoise, seededUid } from './seeded-values';
import { instanceAttributes, type SyntheticStudy, studyAttributes } from './study';

/** An instance with its pixels. */
export interface SyntheticImage {
  readonly instance: SyntheticInstance;
  readonly pixels: Buffer;
}

const sopClasses = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  cr: '1.2.840.10008.5.1.4.1.1.1',
  us: '1.2.840.10008.5.1.4.1.1.6.1',
  usMultiframe: '1.2.840.10008.5.1.4.1.1.3.1',
  mgForPresentation: '1.2.840.10008.5.1.4.1.1.1.2',
} as const;

function grayscale(rows: number, columns: number, bitsAllocated: 8 | 16, bitsStored: number): DataSet {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: 0,
  };
}

/** The part of an ultrasound frame that is image: the margins around it are black, where devices write their text. */
const ultrasoundMargins = (rows: number, columns: number) => ({
  left: columns >> 4,
  top: rows >> 4,
  right: columns - (columns >> 4),
  bottom: rows - (rows >> 4),
});

/** Fields of a disc in a row: enough that no two seeds look alike. */
const fieldsAcross = 8;

/**
 * A disc of brighter and darker fields with noise, on a darker ground; 16 bit values below 4096, 8 bit values below 256. The
 * fields are another pattern for each seed, so that no two patients look alike.
 */
function phantomPixels(seed: string, rows: number, columns: number, bits: 8 | 16): Buffer {
  const noise = seededNoise(seed, 4096);
  const fields = seededNoise(`${seed}/fields`, fieldsAcross ** 2);
  const pixels = Buffer.alloc(rows * columns * (bits / 8));
  const radius = 0.4 * Math.min(rows, columns);
  for (let y = 0; y < rows; y++) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (y - rows / 2) ** 2));
    const from = columns / 2 - half;
    const to = columns / 2 + half;
    const row = fieldsAcross * Math.floor((y * fieldsAcross) / rows);
    for (let x = 0; x < columns; x++) {
      const position = y * columns + x;
      const grain = noise[(position * 31 + (position >> 9)) & 4095] ?? 0;
      const inside = x > from && x < to;
      const field = fields[row + Math.floor((x * fieldsAcross) / columns)] ?? 0;
      if (bits === 8) pixels[position] = inside ? 100 + (field >> 2) + (grain >> 2) : grain >> 4;
      else pixels.writeUInt16LE(inside ? 1024 + field * 8 + grain : grain >> 2, position * 2);
    }
  }
  return pixels;
}

function image(dataSet: DataSet, pixels: Buffer): SyntheticImage {
  const even = pixels.length % 2 === 0 ? pixels : Buffer.concat([pixels, Buffer.alloc(1)]);
  const pixelVr = dataSet.BitsAllocated === 8 ? 'OB' : 'OW';
  return { instance: { dataSet, pixelVr, pixelBytes: even.length }, pixels: even };
}

/** One slice of a CT series (CT Image IOD, PS3.3 A.3); 512 × 512 makes a file of 0.5 MB. */
export function ctSlice(
  study: SyntheticStudy,
  options: { readonly series: number; readonly slice: number; readonly size: number },
): SyntheticImage {
  const { series, slice, size } = options;
  const position = (slice - 1) * 5;
  const dataSet: DataSet = {
    ...studyAttributes(study, 'CT Thorax'),
    ...instanceAttributes(study, sopClasses.ct, series, slice),
    ...grayscale(size, size, 16, 12),
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    SeriesDescription: 'Axial 5 mm',
    BodyPartExamined: 'CHEST',
    PatientPosition: 'HFS',
    AcquisitionNumber: '1',
    FrameOfReferenceUID: seededUid(study.seed, `frame-of-reference/${study.name}/${series}`),
    PositionReferenceIndicator: '',
    ImagePositionPatient: ['-180', '-180', String(position)],
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    PixelSpacing: [String(360 / size), String(360 / size)],
    SliceThickness: '5',
    SliceLocation: String(position),
    KVP: '120',
    XRayTubeCurrent: '200',
    GantryDetectorTilt: '0',
    DataCollectionDiameter: '500',
    ReconstructionDiameter: '360',
    ConvolutionKernel: 'STANDARD',
    RescaleIntercept: '-1024',
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenter: '40',
    WindowWidth: '400',
  };
  return image(dataSet, phantomPixels(`${study.seed}/${study.name}/${series}/${slice}`, size, size, 16));
}

/** A chest radiograph (Computed Radiography Image IOD, PS3.3 A.2). */
export function chestRadiograph(
  study: SyntheticStudy,
  options: { readonly rows: number; readonly columns: number },
): SyntheticImage {
  const { rows, columns } = options;
  const dataSet: DataSet = {
    ...studyAttributes(study, 'XR Chest'),
    ...instanceAttributes(study, sopClasses.cr, 1, 1),
    ...grayscale(rows, columns, 16, 12),
    Modality: 'CR',
    ImageType: ['ORIGINAL', 'PRIMARY'],
    SeriesDescription: 'PA',
    BodyPartExamined: 'CHEST',
    ViewPosition: 'PA',
    PatientOrientation: ['L', 'F'],
    KVP: '125',
    ImagerPixelSpacing: ['0.2', '0.2'],
    BurnedInAnnotation: 'NO',
    WindowCenter: '1100',
    WindowWidth: '2200',
  };
  return image(dataSet, phantomPixels(`${study.seed}/${study.name}`, rows, columns, 16));
}

/** The phantom inside the margins of an ultrasound frame. */
function ultrasoundPixels(seed: string, rows: number, columns: number): Buffer {
  const pixels = phantomPixels(seed, rows, columns, 8);
  const { left, top, right, bottom } = ultrasoundMargins(rows, columns);
  for (let y = 0; y < rows; y++) {
    const line = y * columns;
    if (y < top || y >= bottom) pixels.fill(0, line, line + columns);
    pixels.fill(0, line, line + left).fill(0, line + right, line + columns);
  }
  return pixels;
}

function ultrasoundRegions(rows: number, columns: number): DataSet {
  const { left, top, right, bottom } = ultrasoundMargins(rows, columns);
  return {
    SequenceOfUltrasoundRegions: [
      {
        // PS3.3 C.8.5.5: 2D, tissue, units 3 = cm
        RegionSpatialFormat: 1,
        RegionDataType: 1,
        RegionFlags: 0,
        RegionLocationMinX0: left,
        RegionLocationMinY0: top,
        RegionLocationMaxX1: right - 1,
        RegionLocationMaxY1: bottom - 1,
        PhysicalUnitsXDirection: 3,
        PhysicalUnitsYDirection: 3,
        PhysicalDeltaX: 0.03,
        PhysicalDeltaY: 0.03,
      },
    ],
  };
}

function ultrasound(study: SyntheticStudy, rows: number, columns: number): DataSet {
  return {
    ...studyAttributes(study, 'US Abdomen'),
    ...grayscale(rows, columns, 8, 8),
    ...ultrasoundRegions(rows, columns),
    Modality: 'US',
    ImageType: ['ORIGINAL', 'PRIMARY', 'ABDOMINAL', '0001'],
    SeriesDescription: 'Abdomen',
    BodyPartExamined: 'ABDOMEN',
    PatientOrientation: '',
    LossyImageCompression: '00',
    BurnedInAnnotation: 'NO',
    UltrasoundColorDataPresent: 0,
  };
}

/** An ultrasound image with one region and black margins (Ultrasound Image IOD, PS3.3 A.6). */
export function ultrasoundImage(
  study: SyntheticStudy,
  options: { readonly rows: number; readonly columns: number },
): SyntheticImage {
  const { rows, columns } = options;
  const dataSet = {
    ...ultrasound(study, rows, columns),
    ...instanceAttributes(study, sopClasses.us, 1, 1),
  };
  return image(dataSet, ultrasoundPixels(`${study.seed}/${study.name}`, rows, columns));
}

/**
 * An ultrasound cine loop without its pixels (Ultrasound Multi-frame Image IOD, PS3.3 A.7): to be streamed to disk,
 * frame by frame, by whoever needs a file larger than memory.
 */
export function ultrasoundCine(
  study: SyntheticStudy,
  options: { readonly rows: number; readonly columns: number; readonly frames: number },
): SyntheticInstance {
  const { rows, columns, frames } = options;
  const dataSet: DataSet = {
    ...ultrasound(study, rows, columns),
    ...instanceAttributes(study, sopClasses.usMultiframe, 1, 1),
    NumberOfFrames: String(frames),
    FrameTime: '33.3',
    FrameIncrementPointer: 0x00181063,
  };
  return { dataSet, pixelVr: 'OB', pixelBytes: rows * columns * frames };
}

/** Pixels of one frame of a cine loop, without padding. */
export function ultrasoundCineFrame(study: SyntheticStudy, rows: number, columns: number): Buffer {
  return ultrasoundPixels(`${study.seed}/${study.name}`, rows, columns);
}

const code = (value: string, scheme: string, meaning: string): DataSet => ({
  CodeValue: value,
  CodingSchemeDesignator: scheme,
  CodeMeaning: meaning,
});

/** A cranio-caudal mammogram (Digital Mammography X-Ray Image IOD, For Presentation, PS3.3 A.27). */
export function mammogram(
  study: SyntheticStudy,
  options: { readonly rows: number; readonly columns: number; readonly laterality: 'L' | 'R' },
): SyntheticImage {
  const { rows, columns, laterality } = options;
  const dataSet: DataSet = {
    ...studyAttributes(study, 'MG Screening'),
    ...instanceAttributes(study, sopClasses.mgForPresentation, laterality === 'L' ? 1 : 2, 1),
    ...grayscale(rows, columns, 16, 12),
    Modality: 'MG',
    PresentationIntentType: 'FOR PRESENTATION',
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    SeriesDescription: `${laterality} CC`,
    BodyPartExamined: 'BREAST',
    ImageLaterality: laterality,
    OrganExposed: 'BREAST',
    PatientOrientation: laterality === 'L' ? ['A', 'R'] : ['P', 'L'],
    PositionerType: 'MAMMOGRAPHIC',
    ViewPosition: 'CC',
    AnatomicRegionSequence: [code('76752008', 'SCT', 'Breast')],
    ViewCodeSequence: [{ ...code('399162004', 'SCT', 'cranio-caudal'), ViewModifierCodeSequence: [] }],
    AcquisitionContextSequence: [],
    DetectorType: 'DIRECT',
    ImagerPixelSpacing: ['0.1', '0.1'],
    KVP: '28',
    BodyPartThickness: '52',
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: -1,
    RescaleIntercept: '0',
    RescaleSlope: '1',
    RescaleType: 'US',
    PresentationLUTShape: 'IDENTITY',
    LossyImageCompression: '00',
    BurnedInAnnotation: 'NO',
    BreastImplantPresent: 'NO',
    WindowCenter: '1100',
    WindowWidth: '2200',
  };
  return image(dataSet, phantomPixels(`${study.seed}/${study.name}/${laterality}`, rows, columns, 16));
}
