import type { LocatedRow } from '../../lambda/demographics/check-table.contract';
import type { TableFault } from '../../lambda/demographics/table-faults.contract';

/** Who a file is about, as its header says. */
export interface ImageSubject {
  readonly nhsNumber: string | null;
  readonly patientId: string | null;
}

/** How images and rows fit together. */
export interface Coverage {
  readonly subjects: number;
  readonly subjectsWithRow: number;
  /** Rows of subjects who are not in these images: they are taken over if their images are in the same submission. */
  readonly rowsWithoutImages: number;
  /** Rows whose identifiers belong to two subjects of the images. */
  readonly disagreeing: readonly TableFault[];
}

/** A subject as the platform will know it: by the NHS number, else by the Patient ID. */
const subjectKey = ({ nhsNumber, patientId }: ImageSubject): string | null =>
  nhsNumber !== null ? `nhs ${nhsNumber}` : patientId !== null ? `local ${patientId}` : null;

/** Finds the rows of the subjects of the images, as the platform does after de-identification. */
export function coverageOf(subjects: Iterable<ImageSubject>, rows: readonly LocatedRow[]): Coverage {
  const known = new Set<string>();
  const byPatientId = new Map<string, Set<string>>();
  for (const subject of subjects) {
    const key = subjectKey(subject);
    if (key === null) continue;
    known.add(key);
    if (subject.patientId !== null)
      byPatientId.set(subject.patientId, (byPatientId.get(subject.patientId) ?? new Set()).add(key));
  }
  const withRow = new Set<string>();
  const disagreeing: TableFault[] = [];
  let rowsWithoutImages = 0;
  for (const { line, row } of rows) {
    const { nhsNumber, subjectId } = row;
    const linked = [...((subjectId === null ? undefined : byPatientId.get(subjectId)) ?? [])];
    const own = nhsNumber === null ? null : `nhs ${nhsNumber}`;
    const numbered = linked.filter((key) => key.startsWith('nhs '));
    if (own === null ? numbered.length > 1 : numbered.some((key) => key !== own)) {
      disagreeing.push({
        code: 'DEMOGRAPHICS_IDENTIFIERS_DISAGREE',
        line,
        column: 'subject_id',
        expected: 'identifiers of one subject of the images',
      });
      continue;
    }
    const found = own === null ? linked : known.has(own) ? [own] : [];
    if (found.length === 0) rowsWithoutImages += 1;
    for (const key of found) withRow.add(key);
  }
  return { subjects: known.size, subjectsWithRow: withRow.size, rowsWithoutImages, disagreeing };
}
