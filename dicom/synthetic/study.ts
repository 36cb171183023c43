import type { DataSet } from './encode-data-set';
import type { FictitiousPatient } from './fictitious-patients';
import { seededNumber, seededUid } from './seeded-values';

/** Where a trust writes the NHS number into its images. */
export type NhsNumberPlace =
  | { readonly attribute: 'PatientID'; readonly issuer?: string | undefined }
  | { readonly attribute: 'OtherPatientIDsSequence'; readonly issuer?: string | undefined };

export interface SyntheticStudy {
  readonly seed: string;
  /** Names the study among those of the seed. */
  readonly name: string;
  readonly patient: FictitiousPatient;
  readonly nhsNumberPlace: NhsNumberPlace;
}

function patientIdentifiers({ patient, nhsNumberPlace }: SyntheticStudy): DataSet {
  if (nhsNumberPlace.attribute === 'PatientID')
    return {
      PatientID: patient.nhsNumber,
      ...(nhsNumberPlace.issuer ? { IssuerOfPatientID: nhsNumberPlace.issuer } : {}),
    };
  return {
    PatientID: patient.hospitalNumber,
    OtherPatientIDsSequence: [
      {
        PatientID: patient.nhsNumber,
        IssuerOfPatientID: nhsNumberPlace.issuer ?? 'NHS',
        TypeOfPatientID: 'TEXT',
      },
    ],
  };
}

/** Study date: 2024 or 2025, by seed and study. */
function studyDate(study: SyntheticStudy): string {
  const year = 2024 + seededNumber(study.seed, `${study.name}/year`, 2);
  const month = 1 + seededNumber(study.seed, `${study.name}/month`, 12);
  const day = 1 + seededNumber(study.seed, `${study.name}/day`, 28);
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}

function ageAt(birthDate: string, date: string): string {
  const years =
    Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (date.slice(4) < birthDate.slice(4) ? 1 : 0);
  return `${String(years).padStart(3, '0')}Y`;
}

export function studyInstanceUid(study: SyntheticStudy): string {
  return seededUid(study.seed, `study/${study.name}`);
}

/** Patient, Patient Study and General Study modules, and the equipment of a made-up maker. */
export function studyAttributes(study: SyntheticStudy, description: string): DataSet {
  const date = studyDate(study);
  const { patient } = study;
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ...patientIdentifiers(study),
    PatientName: patient.name,
    PatientBirthDate: patient.birthDate,
    PatientSex: patient.sex,
    PatientAge: ageAt(patient.birthDate, date),
    PatientAddress: patient.address,
    StudyInstanceUID: studyInstanceUid(study),
    StudyDate: date,
    StudyTime: '101500',
    StudyID: `ST${1000 + seededNumber(study.seed, `${study.name}/id`, 9000)}`,
    StudyDescription: description,
    AccessionNumber: `ACC${10_000_000 + seededNumber(study.seed, `${study.name}/accession`, 90_000_000)}`,
    ReferringPhysicianName: 'Zzreferrer^Iolanto',
    SeriesDate: date,
    AcquisitionDate: date,
    ContentDate: date,
    SeriesTime: '101600',
    AcquisitionTime: '101610',
    ContentTime: '101612',
    Manufacturer: 'NMIP Synthetic',
    ManufacturerModelName: 'Phantom 1',
    SoftwareVersions: '1.0',
    DeviceSerialNumber: 'SN-ZZ-000417',
    InstitutionName: 'Zztown General Hospital',
    StationName: 'ZZSTATION1',
    OperatorsName: 'Zzoperator^Junipa',
  };
}

/** UIDs and numbers of one instance. */
export function instanceAttributes(
  study: SyntheticStudy,
  sopClassUid: string,
  series: number,
  instance: number,
): DataSet {
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: seededUid(study.seed, `instance/${study.name}/${series}/${instance}`),
    SeriesInstanceUID: seededUid(study.seed, `series/${study.name}/${series}`),
    SeriesNumber: String(series),
    InstanceNumber: String(instance),
  };
}
