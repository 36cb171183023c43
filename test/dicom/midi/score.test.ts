import { createHash } from 'node:crypto';
import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { ctElements, item, makeInstance, sequence, text } from '../samples/make-instance';
import { type Action, type Answer, parseAnswerKey, parseCsv, parseMapping } from './answer-key';
import { isRemoved, isRetained, wordTokens } from './compare-text';
import { collapseBySeries, type Mappings, type ScoredInstance, score, summarise } from './score';
import { ScoredFile } from './scored-file';
import { formatTagPath, parseTagPath } from './tag-path';

const samples = Buffer.from(Array.from({ length: 32 }, (_, index) => (index % 8 < 4 ? 7 : index)));

const file = makeInstance({
  syntax: 'explicit',
  elements: ctElements(explicitLittleEndian, [
    text(0x00081030, 'LO', 'CT Thorax of the lung'),
    text(0x00100020, 'LO', 'PSEUDONYM'),
    text(0x00200011, 'IS', '02'),
    makeUnsignedShort(0x00280002, 1, explicitLittleEndian),
    makeUnsignedShort(0x00280106, 4000, explicitLittleEndian),
    sequence(0x00081140, [item(text(0x00081155, 'UI', '2.25.99'))]),
    text(0x00190011, 'LO', 'Some Creator'),
    text(0x00191123, 'DS', '5.250'),
  ]),
  pixelData: samples,
});

const mappings: Mappings = {
  uids: new Map([['1.2.3', '2.25.99']]),
  patientIds: new Map([['OLD', 'PSEUDONYM']]),
};

const instance = (open: ScoredInstance['open'], series = '1.2.3.4'): ScoredInstance => ({
  sopInstanceUid: '1.2.3',
  seriesInstanceUid: series,
  studyInstanceUid: '1.2',
  patientId: 'OLD',
  open,
});

const row = (action: Action, tag: string, answer = '', changes: Partial<Answer> = {}): Answer => ({
  scope: 'instance',
  id: '1.2.3',
  tag,
  action,
  text: answer,
  category: 'TEST',
  box: null,
  ...changes,
});

const description = '<(0008,1030)>';
const reference = '<(0008,1140)>[<0000>]<(0008,1155)>';
const absent = '<(0010,4000)>';
const pixels = '<(7FE0,0010)>';
const md5 = createHash('md5').update(samples).digest('hex');

const resultOf = (answer: Answer, open: ScoredInstance['open'] = () => new ScoredFile(file)): string =>
  score([answer], [instance(open)], mappings)[0]?.result ?? 'none';

describe('a check', () => {
  it.each<[Action, string, string, 'passed' | 'failed']>([
    ['tag_retained', description, '', 'passed'],
    ['tag_retained', absent, '', 'failed'],
    ['text_notnull', description, '', 'passed'],
    ['text_notnull', '<(0008,1140)>', '', 'passed'],
    ['text_notnull', absent, '', 'failed'],
    ['text_retained', description, 'CT Thorax', 'passed'],
    ['text_retained', description, 'lung, the CT', 'passed'],
    ['text_retained', description, 'CT abdomen', 'failed'],
    ['text_retained', absent, 'CT', 'failed'],
    ['text_retained', '<(0020,0011)>', '2', 'passed'],
    ['text_retained', '<(0028,0106)>', '4000', 'passed'],
    ['text_retained', '<(0019,"SOME CREATOR",23)>', '5.25', 'passed'],
    ['text_retained', '<(0019,"OTHER CREATOR",23)>', '5.25', 'failed'],
    ['text_removed', description, 'Smith', 'passed'],
    ['text_removed', description, 'Smith Thorax', 'failed'],
    ['text_removed', description, 'Smith of the', 'passed'],
    ['text_removed', absent, 'Smith', 'passed'],
    ['date_shifted', '<(0008,0020)>', '20240229', 'failed'],
    ['date_shifted', '<(0008,0020)>', '20240301', 'passed'],
    ['date_shifted', absent, '20240301', 'passed'],
    ['uid_changed', reference, '2.25.99', 'failed'],
    ['uid_changed', reference, '1.2.3', 'passed'],
    ['uid_consistent', reference, '1.2.3', 'passed'],
    ['uid_consistent', reference, '1.2.4', 'failed'],
    ['uid_consistent', absent, '1.2.4', 'passed'],
    ['patid_consistent', '<(0010,0020)>', 'OLD', 'passed'],
    ['patid_consistent', '<(0010,0020)>', 'OTHER', 'failed'],
    ['pixels_retained', pixels, md5, 'passed'],
    ['pixels_retained', pixels, md5.replace(/^./, 'x'), 'failed'],
  ])('%s of %s with the answer %j has %s', (action, tag, answer, expected) => {
    expect(resultOf(row(action, tag, answer))).toBe(expected);
  });

  it('of hidden pixels passes where the box is of one value, and is dropped where it cannot be read', () => {
    // Rows of four 16-bit samples: the left half of each 8 bytes is of one value.
    const box = (left: number, top: number, right: number, bottom: number): string =>
      resultOf(row('pixels_hidden', pixels, 'NAME', { box: { left, top, right, bottom } }));
    expect([box(0, 0, 1, 3), box(1, 0, 2, 3), box(0, 0, 4, 3)]).toEqual(['passed', 'failed', 'dropped']);
  });

  it('of a missing output passes if it is a removal, and fails if it is a retention', () => {
    const passed = (
      ['text_removed', 'date_shifted', 'uid_changed', 'pixels_hidden'] as const satisfies readonly Action[]
    ).map((action) => resultOf(row(action, description, 'x'), () => null));
    expect(passed).toEqual(['passed', 'passed', 'passed', 'passed']);
    const failed = (
      [
        'tag_retained',
        'text_notnull',
        'text_retained',
        'uid_consistent',
        'patid_consistent',
        'pixels_retained',
      ] as const
    ).map((action) => resultOf(row(action, description, 'x'), () => null));
    expect(new Set(failed)).toEqual(new Set(['failed']));
  });

  it('of an output that cannot be read fails, a removal too', () => {
    const unreadable = (): ScoredFile => new ScoredFile(Buffer.from('no DICOM'));
    expect(resultOf(row('text_removed', description, 'x'), unreadable)).toBe('failed');
    expect(resultOf(row('tag_retained', description), unreadable)).toBe('failed');
  });

  it('holds for all instances of its scope', () => {
    const key = (['instance', 'series', 'study', 'patient'] as const).map((scope) =>
      row('tag_retained', description, '', {
        scope,
        id: { instance: '1.2.3', series: '1.2.3.4', study: '1.2', patient: 'OLD' }[scope],
      }),
    );
    const open = (): ScoredFile => new ScoredFile(file);
    expect(score(key, [instance(open), instance(open, '1.2.3.5')], mappings)).toHaveLength(7);
  });
});

describe('a score', () => {
  const open = (): ScoredFile => new ScoredFile(file);
  const key = [
    row('tag_retained', description),
    row('text_removed', description, 'Thorax'),
    row('text_removed', absent, 'Thorax'),
  ];

  it('is what passed of all checks, removal and retention apart, with places and no values', () => {
    const report = summarise(score(key, [instance(open)], mappings));
    expect(report.all).toEqual({ passed: 2, checks: 3, percent: 66.66 });
    expect(report.removal).toEqual({ passed: 1, checks: 2, percent: 50 });
    expect(report.retention).toEqual({ passed: 1, checks: 1, percent: 100 });
    expect(report.failures).toEqual({ 'text_removed <(0008,1030)>': 1 });
    expect(JSON.stringify(report)).not.toContain('Thorax');
  });

  it('by series takes the worst result of each action and tag', () => {
    const one = row('tag_retained', description);
    const results = score([one], [instance(open), instance(() => null)], mappings);
    expect(results.map(({ result }) => result)).toEqual(['passed', 'failed']);
    expect(collapseBySeries(results).map(({ result }) => result)).toEqual(['failed']);
  });
});

describe('text', () => {
  it('is cut into words without stop words and punctuation', () => {
    expect(wordTokens("The lung, 8-mm (of Smith's)!")).toEqual(['lung', '8-mm', "smith's"]);
  });

  it('of two numbers is compared as numbers', () => {
    expect([
      isRetained('5', '5.0'),
      isRetained('5', '15'),
      isRemoved('5', '15'),
      isRemoved('5', '5.0'),
    ]).toEqual([true, false, true, false]);
  });

  it('is compared whatever its case', () => {
    expect([isRetained('ct THORAX', 'CT thorax 5 mm'), isRemoved('SMITH', 'dr smith')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('an answer key', () => {
  it.each([
    '<(0010,0010)>',
    '<(0008,1140)>[<0000>]<(0008,1155)>',
    '<(0019,"GEMS_ACQU_01",23)>',
    '<(0029,"A, B",10)>[<0012>]<(0008,114A)>[<0000>]<(0019,"X Y",FF)>',
  ])('has paths such as %s', (path) => expect(formatTagPath(parseTagPath(path))).toBe(path));

  it.each(['', '(0010,0010)', '<(0010,0010)>[<0000>]', '<(001,0010)>', '<(0010,0010)><(0010,0010)>'])(
    'refuses the path %j',
    (path) => expect(() => parseTagPath(path)).toThrow('Not a tag path'),
  );

  it('is read from CSV with quotes and from JSON alike', () => {
    const csv =
      'scope,id,tag,action,text,category,box\r\nstudy,1.2,"<(0019,""X"",10)>",text_retained,"a ""b"", c",CAT,\r\n' +
      'instance,1.2.3,"<(7FE0,0010)>",pixels_hidden,,HIPAA-A,1 2 3 4\r\n';
    const rows = parseAnswerKey(csv);
    expect(rows[0]).toEqual({
      scope: 'study',
      id: '1.2',
      tag: '<(0019,"X",10)>',
      action: 'text_retained',
      text: 'a "b", c',
      category: 'CAT',
      box: null,
    });
    expect(rows[1]?.box).toEqual({ left: 1, top: 2, right: 3, bottom: 4 });
    const json = JSON.stringify(rows.map((one) => ({ ...one, box: one.box === null ? '' : '1 2 3 4' })));
    expect(parseAnswerKey(json)).toEqual(rows);
  });

  it('refuses an action that is none, and a quote in the middle of a field', () => {
    expect(() => parseAnswerKey('scope,id,tag,action,text,category,box\nstudy,1,<x>,kept,,C,\n')).toThrow();
    expect(() => parseCsv('a,b"c\n')).toThrow('quote');
  });

  it('takes the first of two mappings of one identifier', () => {
    expect(parseMapping('id_old,id_new\nA,1\nA,2\nB,3\n')).toEqual(
      new Map([
        ['A', '1'],
        ['B', '3'],
      ]),
    );
  });
});
