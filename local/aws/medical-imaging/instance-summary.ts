import { createHash } from 'node:crypto';
import { levelOf } from './data-dictionary';
import { type DicomJson, type DicomJsonValue, dicomJsonOf } from './dicom-json';
import { frameIndex, numberOfFrames } from './frames';
import type { Part10File } from './part10-file';
import { importedTransferSyntaxes } from './transfer-syntaxes';
import { UnreadableFile } from './unreadable-file';

/** What a data store remembers of an instance without opening its file. */
export interface InstanceSummary {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly frames: number;
  /** Digest of all Patient and Study attributes, and of the Series Number: what must agree within a primary study. */
  readonly groupingDigest: string;
  readonly seriesNumber: string;
  readonly tags: DicomTags;
  readonly warnings: readonly string[];
}

/** `DICOMTags` of SearchImageSets. */
export interface DicomTags {
  readonly DICOMPatientId?: string;
  readonly DICOMPatientName?: string;
  readonly DICOMPatientBirthDate?: string;
  readonly DICOMPatientSex?: string;
  readonly DICOMStudyInstanceUID?: string;
  readonly DICOMStudyId?: string;
  readonly DICOMStudyDescription?: string;
  readonly DICOMAccessionNumber?: string;
  readonly DICOMSeriesInstanceUID?: string;
  readonly DICOMSeriesModality?: string;
  readonly DICOMSeriesBodyPart?: string;
  readonly DICOMSeriesNumber?: number;
  readonly DICOMStudyDate?: string;
  readonly DICOMStudyTime?: string;
}

/** Longest values that HealthImaging takes without a warning ("DICOM element constraints"). */
const longest: readonly (readonly [tag: string, keyword: string, characters: number])[] = [
  ['00100010', 'PatientName', 256],
  ['00100020', 'PatientID', 256],
  ['00100030', 'PatientBirthDate', 18],
  ['00100040', 'PatientSex', 16],
  ['0020000D', 'StudyInstanceUID', 64],
  ['00200010', 'StudyID', 16],
  ['00081030', 'StudyDescription', 64],
  ['00080050', 'AccessionNumber', 16],
  ['0020000E', 'SeriesInstanceUID', 64],
  ['00080018', 'SOPInstanceUID', 64],
];

const uidPattern = /^[0-9]+(\.[0-9]+)*$/;

/**
 * Checks a file as an import does and sums it up.
 * @throws UnreadableFile
 */
export function summarise(file: Part10File): InstanceSummary {
  if (!importedTransferSyntaxes.has(file.transferSyntaxUid)) {
    throw new UnreadableFile(`DICOM transfer syntax ${file.transferSyntaxUid} is not supported`);
  }
  const json = dicomJsonOf(file, () => '');
  const uid = (tag: string, keyword: string) => {
    const value = text(json, tag);
    if (value === undefined) throw new UnreadableFile(`DICOM attribute ${keyword} does not exist`);
    return value;
  };
  frameIndex(file);
  const studyInstanceUid = uid('0020000D', 'StudyInstanceUID');
  const seriesInstanceUid = uid('0020000E', 'SeriesInstanceUID');
  const sopInstanceUid = uid('00080018', 'SOPInstanceUID');
  return {
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid: text(json, '00080016') ?? '',
    transferSyntaxUid: file.transferSyntaxUid,
    frames: numberOfFrames(file),
    groupingDigest: groupingDigest(json),
    seriesNumber: text(json, '00200011') ?? '',
    tags: tagsOf(json),
    warnings: warningsOf(json),
  };
}

function groupingDigest(json: DicomJson): string {
  const shared = Object.entries(json)
    .filter(([tag]) => levelOf(tag) === 'patient' || levelOf(tag) === 'study')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(shared)).digest('hex').slice(0, 32);
}

function tagsOf(json: DicomJson): DicomTags {
  const number = json['00200011']?.Value?.[0];
  const values = {
    DICOMPatientId: text(json, '00100020'),
    DICOMPatientName: text(json, '00100010'),
    DICOMPatientBirthDate: text(json, '00100030'),
    DICOMPatientSex: text(json, '00100040'),
    DICOMStudyInstanceUID: text(json, '0020000D'),
    DICOMStudyId: text(json, '00200010'),
    DICOMStudyDescription: text(json, '00081030'),
    DICOMAccessionNumber: text(json, '00080050'),
    DICOMSeriesInstanceUID: text(json, '0020000E'),
    DICOMSeriesModality: text(json, '00080060'),
    DICOMSeriesBodyPart: text(json, '00180015'),
    DICOMSeriesNumber: typeof number === 'number' ? number : undefined,
    DICOMStudyDate: text(json, '00080020'),
    DICOMStudyTime: text(json, '00080030'),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as DicomTags;
}

/** Names of what does not conform; such files are imported with a warning since December 2025. */
function warningsOf(json: DicomJson): string[] {
  const warnings = longest.flatMap(([tag, keyword, characters]) =>
    (text(json, tag) ?? '').length > characters ? [`${keyword} is longer than ${characters} characters`] : [],
  );
  for (const [tag, keyword] of [
    ['0020000D', 'StudyInstanceUID'],
    ['0020000E', 'SeriesInstanceUID'],
    ['00080018', 'SOPInstanceUID'],
  ] as const) {
    if (!uidPattern.test(text(json, tag) ?? '')) warnings.push(`${keyword} is not a valid UID`);
  }
  return warnings;
}

/** First value as text. */
export function text(json: DicomJson, tag: string): string | undefined {
  const value: DicomJsonValue | undefined = json[tag]?.Value?.[0];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  return 'Alphabetic' in value && typeof value.Alphabetic === 'string' ? value.Alphabetic : undefined;
}
