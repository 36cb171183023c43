import { coverageOf, type ImageSubject } from '../../cli/demographics/coverage';
import type { LocatedRow } from '../../lambda/demographics/check-table.contract';

const image = (nhsNumber: string | null, patientId: string | null): ImageSubject => ({
  nhsNumber,
  patientId,
});
const rowOf = (line: number, nhsNumber: string | null, subjectId: string | null): LocatedRow => ({
  line,
  row: {
    nhsNumber,
    subjectId,
    ageAtScan: 1,
    ageBand: '0-9',
    sex: '1',
    ethnicCategory: 'A',
    imdDecile: null,
    region: null,
    dateOfAdmission: null,
    dateOfDiagnosis: null,
    dateOfDeath: null,
  },
});

it('finds a subject by the NHS number, else by the Patient ID in the images', () => {
  const images = [image('1', 'A'), image(null, 'B'), image('3', 'C'), image('3', 'C'), image(null, null)];
  const rows = [rowOf(2, '1', null), rowOf(3, null, 'B'), rowOf(4, null, 'C'), rowOf(5, '9', 'X')];
  expect(coverageOf(images, rows)).toEqual({
    subjects: 3,
    subjectsWithRow: 3,
    rowsWithoutImages: 1,
    disagreeing: [],
  });
});

it('names the lines whose identifiers belong to two subjects', () => {
  const images = [image('1', 'A'), image('2', 'B'), image('3', 'C'), image('4', 'C')];
  const { disagreeing, subjectsWithRow } = coverageOf(images, [
    rowOf(2, '1', 'B'),
    rowOf(3, null, 'C'),
    rowOf(4, '2', null),
  ]);
  expect(disagreeing.map(({ line }) => line)).toEqual([2, 3]);
  expect(subjectsWithRow).toBe(1);
});
