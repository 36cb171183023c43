import { type InputSettings, readInput } from '../../../cli/evaluate/read-input';

const settings: InputSettings = { areProbabilities: true };
const goodScores = 'id,score\nx1,0.9\nx2,0.2\nx3,0.4\n';
const goodLabels = 'id,patient,label,sex\nx1,q1,1,1\nx2,q2,0,2\nx3,q2,0,2\n';

const read = (scores: string, labels: string, more: Partial<InputSettings> = {}) =>
  readInput(Buffer.from(scores), Buffer.from(labels), { ...settings, ...more });

/** Table, code, column, number and lines of each fault. */
function faultsOf(input: ReturnType<typeof readInput>) {
  if (input.valid) throw new Error('There is no fault.');
  return input.faults.map(({ table, code, column, count, lines }) => [table, code, column, count, lines]);
}

it('puts scores and labels together by id', () => {
  const input = read('score,id\n1e-1,x3\n0.9,x1\n+.2,x2\n', goodLabels);
  expect(input).toEqual({
    valid: true,
    attributes: ['sex'],
    rows: [
      { id: 'x1', score: 0.9, patient: 'q1', positive: true, groups: ['1'] },
      { id: 'x2', score: 0.2, patient: 'q2', positive: false, groups: ['2'] },
      { id: 'x3', score: 0.1, patient: 'q2', positive: false, groups: ['2'] },
    ],
  });
});

it('reads with a byte order mark, Windows line ends, quoted fields and blank lines', () => {
  const scores = '\ufeffid,score\r\n"x1",0.9\r\n\r\nx2,"0.2"\r\nx3,0.4\r\n';
  expect(read(scores, goodLabels).valid).toBe(true);
});

it.each([
  ['SOPInstanceUID,score', 'sop_instance_uid,patient_id,label'],
  ['Study Instance UID,Score', 'study_instance_uid,Patient,LABEL'],
  ['series_instance_uid,id,score', 'series_instance_uid,patient_pseudonym,label'],
])('finds columns by the names that systems give them: %s', (scores, labels) => {
  const fields = scores.split(',').length === 3 ? 'x1,n1,0.9\nx2,n2,0.3' : 'x1,0.9\nx2,0.3';
  expect(read(`${scores}\n${fields}\n`, `${labels}\nx1,q1,1\nx2,q2,0\n`).valid).toBe(true);
});

it('takes the column of ids that is named', () => {
  const input = read('accession,score\nx1,0.9\nx2,0.3\n', 'accession,patient,label\nx1,q1,1\nx2,q2,0\n', {
    id: 'accession',
  });
  expect(input.valid).toBe(true);
});

it('holds what is not known as such, by words and by NHS codes', () => {
  const labels =
    'id,patient,label,sex,ethnic_category,manufacturer\nx1,q1,1,0,Z,Unknown\nx2,q2,0,9,99,\nx3,q3,0,1,A,Z\n';
  const input = read(goodScores, labels);
  if (!input.valid) throw new Error('The tables are good.');
  expect(input.rows.map(({ groups }) => groups)).toEqual([
    [null, null, null],
    ['9', null, null],
    ['1', 'A', 'Z'],
  ]);
});

it.each<[string, string, string, unknown[]]>([
  [
    'an id twice in the predictions',
    `${goodScores}x1,0.3\n`,
    goodLabels,
    ['predictions', 'EVALUATION_ID_REPEATED', 'id', 1, [5]],
  ],
  [
    'an id twice in the labels',
    goodScores,
    `${goodLabels}x2,q2,0,2\n`,
    ['labels', 'EVALUATION_ID_REPEATED', 'id', 1, [5]],
  ],
  [
    'an unknown id',
    `${goodScores}x9,0.3\n`,
    goodLabels,
    ['predictions', 'EVALUATION_ID_NOT_LABELLED', 'id', 1, [5]],
  ],
  [
    'an id without a score',
    goodScores,
    `${goodLabels}x9,q9,0,2\n`,
    ['labels', 'EVALUATION_ID_NOT_SCORED', 'id', 1, [5]],
  ],
  [
    'no id',
    'id,score\n,0.9\nx1,0.9\nx2,0.2\nx3,0.4\n',
    goodLabels,
    ['predictions', 'EVALUATION_ID_MISSING', 'id', 1, [2]],
  ],
  [
    'NaN',
    'id,score\nx1,NaN\nx2,0.2\nx3,inf\n',
    goodLabels,
    ['predictions', 'EVALUATION_SCORE_INVALID', 'score', 2, [2, 4]],
  ],
  [
    'an endless score',
    'id,score\nx1,1e999\nx2,0.2\nx3,0\n',
    goodLabels,
    ['predictions', 'EVALUATION_SCORE_INVALID', 'score', 1, [2]],
  ],
  [
    'a blank score',
    'id,score\nx1,\nx2,0.2\nx3,0\n',
    goodLabels,
    ['predictions', 'EVALUATION_SCORE_MISSING', 'score', 1, [2]],
  ],
  [
    'a score that is no probability',
    'id,score\nx1,1.01\nx2,0.2\nx3,-3\n',
    goodLabels,
    ['predictions', 'EVALUATION_SCORE_RANGE', 'score', 2, [2, 4]],
  ],
  [
    'another label',
    goodScores,
    'id,patient,label\nx1,q1,yes\nx2,q2,0\nx3,q2,2\n',
    ['labels', 'EVALUATION_LABEL_INVALID', 'label', 2, [2, 4]],
  ],
  [
    'no patient',
    goodScores,
    'id,patient,label\nx1, ,1\nx2,q2,0\nx3,q2,0\n',
    ['labels', 'EVALUATION_PATIENT_MISSING', 'patient', 1, [2]],
  ],
  [
    'one class',
    goodScores,
    'id,patient,label\nx1,q1,0\nx2,q2,0\nx3,q2,0\n',
    ['labels', 'EVALUATION_ONE_CLASS', 'label', 1, []],
  ],
  ['no rows', 'id,score\n', goodLabels, ['predictions', 'EVALUATION_NO_ROWS', null, 1, []]],
  ['no header', 'x1,0.9\nx2,0.2\n', goodLabels, ['predictions', 'EVALUATION_HEADER_MISSING', null, 1, [1]]],
  ['nothing', '', goodLabels, ['predictions', 'EVALUATION_HEADER_MISSING', null, 1, [1]]],
  [
    'a column twice',
    'id,score,score\nx1,0.9,0.9\nx2,0.2,0.2\nx3,0.4,0.4\n',
    goodLabels,
    ['predictions', 'EVALUATION_COLUMN_REPEATED', 'score', 1, [1]],
  ],
  [
    'a comma too many',
    'id,score\nx1,0,9\nx2,0.2\nx3,0.4\n',
    goodLabels,
    ['predictions', 'EVALUATION_FIELD_COUNT', null, 1, [2]],
  ],
  ['semicolons', 'id;score\nx1;0.9\n', goodLabels, ['predictions', 'EVALUATION_DELIMITER', null, 1, [1]]],
  [
    'a stray quotation mark',
    'id,score\nx1,0.9\nx2,0"2\n',
    goodLabels,
    ['predictions', 'EVALUATION_QUOTES', null, 1, [3]],
  ],
])('refuses %s', (_, scores, labels, fault) => {
  expect(faultsOf(read(scores, labels))).toContainEqual(fault);
});

it.each([
  ['a spreadsheet', Buffer.from('PK\x03\x04rest', 'latin1'), 'EVALUATION_SPREADSHEET'],
  ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'EVALUATION_SPREADSHEET'],
  ['UTF-16', Buffer.from('\ufeffid,score\n', 'utf16le'), 'EVALUATION_ENCODING'],
  ['Latin-1', Buffer.from('id,score\nMünster,0.5\n', 'latin1'), 'EVALUATION_ENCODING'],
  ['binary data', Buffer.from('id,score\n\0'), 'EVALUATION_BINARY'],
])('refuses %s', (_, bytes, code) => {
  const input = readInput(bytes, Buffer.from(goodLabels), settings);
  expect(faultsOf(input)).toContainEqual(expect.arrayContaining(['predictions', code]));
});

it('says what a misspelt column probably means', () => {
  const input = read('id,scor\nx1,0.9\nx2,0.2\nx3,0.4\n', goodLabels);
  if (input.valid) throw new Error('There is no fault.');
  expect(input.faults.map(({ code, expected }) => [code, expected])).toEqual([
    ['EVALUATION_COLUMN_MISSING', 'score; is “scor” meant?'],
  ]);
  const groups = read(goodScores, goodLabels.replace('sex', 'age_bnd'), { groups: ['age_band'] });
  expect(groups).toMatchObject({
    valid: false,
    faults: [{ column: 'age_band', expected: 'age_band; is “age_bnd” meant?' }],
  });
});

it('refuses a column of groups that looks like an identifier', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `x${index}`);
  const scores = `id,score\n${ids.map((id) => `${id},0.5`).join('\n')}\n`;
  const labels = `id,patient,label,accession\n${ids.map((id, index) => `${id},q,${index % 2},n${id}`).join('\n')}\n`;
  expect(faultsOf(read(scores, labels, { groups: ['accession'] }))).toEqual([
    ['labels', 'EVALUATION_TOO_MANY_GROUPS', 'accession', 1, [52]],
  ]);
});

it('counts all faults of a kind, and lists the first lines', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `x${index}`);
  const scores = `id,score\n${ids.map((id) => `${id},none`).join('\n')}\n`;
  const labels = `id,patient,label\n${ids.map((id) => `${id},q,1`).join('\n')}\n`;
  expect(faultsOf(read(scores, labels))).toEqual([
    ['predictions', 'EVALUATION_SCORE_INVALID', 'score', 1000, [2, 3, 4, 5, 6]],
  ]);
});

it('never says a value', () => {
  const secret = 'SECRET';
  const labels = `id,patient,label,sex\n${secret},${secret},${secret},${secret.repeat(20)}\nx1,,1,1\n`;
  const input = read(`id,score\n${secret},${secret}\n${secret},${secret}\nx7,0.5\n`, labels);
  expect(faultsOf(input).length).toBeGreaterThan(4);
  expect(JSON.stringify(input)).not.toContain(secret);
});

it('takes any numbers where it is told to', () => {
  expect(read('id,score\nx1,12\nx2,-4\nx3,0\n', goodLabels, { areProbabilities: false }).valid).toBe(true);
});
