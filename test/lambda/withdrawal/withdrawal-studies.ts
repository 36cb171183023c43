import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { type Pipeline, validNhsNumber } from '../pipeline/pipeline-fixture';
import type { SentFile } from '../pipeline/sent-files';

/** Studies of three patients, one each, and how to find what is held of them. */

const patients = [0, 1, 2].map((index) => fictitiousPatient('withdrawal', index));
export const numberOf = (patient: number) => validNhsNumber(patients[patient]?.nhsNumber ?? '');
export const everybody = [0, 1, 2].map(numberOf);

/** A slice of the one study of a patient. */
function slice(patient: number, number: number, pixel = 'a'): Buffer {
  const person = patients[patient];
  if (person === undefined) throw new Error('no such patient');
  const { instance, pixels } = ctSlice(
    {
      seed: 'withdrawal',
      name: `study of ${patient}`,
      patient: person,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series: 1, slice: number, size: 16 },
  );
  const changed = Buffer.from(pixels);
  changed.writeUInt8(pixel.charCodeAt(0), 0);
  return part10File(instance, changed);
}

export interface Row {
  readonly submission: string;
  readonly ordinal: number;
  readonly patientPseudonym: string;
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
}

export function rowsOf(pipeline: Pipeline): Row[] {
  return [...pipeline.objects.objects]
    .filter(([name]) => name.startsWith('catalogue/rows/'))
    .flatMap(([, { body }]) => body.toString('utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Objects that name one of these. */
export function naming(pipeline: Pipeline, needles: readonly string[]): string[] {
  return [...pipeline.objects.objects]
    .filter(([name, { body }]) => {
      const text = `${name} ${body.toString('latin1')}`;
      return needles.some((needle) => text.includes(needle));
    })
    .map(([name]) => name);
}

export const needlesOf = (rows: readonly Row[]) => [
  ...new Set(
    rows.flatMap((row) => [
      row.patientPseudonym,
      row.studyInstanceUid,
      row.seriesInstanceUid,
      row.sopInstanceUid,
    ]),
  ),
];

export async function onOwnTable<Result>(
  work: (embedded: EmbeddedTable) => Promise<Result>,
): Promise<Result> {
  const embedded = await startEmbeddedTable();
  try {
    return await work(embedded);
  } finally {
    await embedded.stop();
  }
}

export const file = (patient: number, number: number, pixel?: string): SentFile => ({
  bytes: slice(patient, number, pixel),
  group: patient + 1,
});
