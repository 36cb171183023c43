import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldClaim } from '../../../local/drill/drill-settings';
import { type EndedFile, outcomeProblems } from '../../../local/drill/expected-outcomes';
import { fileBytes } from '../../../local/drill/file-bytes';
import type { HeldData } from '../../../local/drill/held-data';
import { receiptProblems } from '../../../local/drill/receipts';
import type { PlannedFile, PlannedSubmission, SendingPlan } from '../../../local/drill/submission-plan';
import { judge } from '../../../local/drill/verdict';

const file = (ordinal: number, change: Partial<PlannedFile> = {}): PlannedFile => ({
  ordinal,
  patient: 0,
  study: 'study',
  series: 1,
  slice: ordinal,
  size: 32,
  variant: 0,
  header: 'plain',
  damage: 'none',
  arrival: 'whole',
  group: 1,
  stray: false,
  archived: false,
  ...change,
});
const submissionOf = (index: number, files: readonly PlannedFile[]): PlannedSubmission => ({
  index,
  trust: 'RX1',
  by: 'client',
  subjects: 'sent',
  unlisted: new Set(),
  files,
});
const planOf = (...submissions: PlannedSubmission[]): SendingPlan => ({
  seed: 'verdict',
  submissions,
  optedOut: new Set([1]),
  patients: 2,
});

describe('how files ended', () => {
  /** The same instance three times: twice with the same pixels. */
  const same = { slice: 1 };
  const plan = planOf(
    submissionOf(0, [file(1, same), file(2, { ...same, variant: 1 })]),
    submissionOf(1, [file(1, same), file(2, { slice: 2, patient: 1 })]),
  );
  const ended = (...outcomes: [number, number, string, string?][]): EndedFile[] =>
    outcomes.map(([submission, ordinal, outcome, code]) => ({
      submission,
      file: plan.submissions[submission]?.files[ordinal - 1] as PlannedFile,
      end: { outcome, code },
    }));

  it.each([
    ['the first submission was first', 'imported', 'UID_CONFLICT', 'duplicate'],
    ['the second submission was first', 'duplicate', 'UID_CONFLICT', 'imported'],
  ])('is right where %s', (_name, first, second, third) => {
    const end = (text: string): [string, string?] =>
      text === 'UID_CONFLICT' ? ['quarantined', text] : [text];
    const files = ended(
      [0, 1, ...end(first)],
      [0, 2, ...end(second)],
      [1, 1, ...end(third)],
      [1, 2, 'withheld'],
    );
    expect(outcomeProblems(plan, files)).toEqual([]);
  });

  it.each<[string, [number, number, string, string?][]]>([
    [
      'two are imported',
      [
        [0, 1, 'imported'],
        [0, 2, 'quarantined', 'UID_CONFLICT'],
        [1, 1, 'imported'],
      ],
    ],
    [
      'none is imported',
      [
        [0, 1, 'duplicate'],
        [0, 2, 'duplicate'],
        [1, 1, 'duplicate'],
      ],
    ],
    [
      'a later file is imported before an earlier one',
      [
        [0, 1, 'quarantined', 'UID_CONFLICT'],
        [0, 2, 'imported'],
        [1, 1, 'quarantined', 'UID_CONFLICT'],
      ],
    ],
    [
      'other pixels are a duplicate',
      [
        [0, 1, 'imported'],
        [0, 2, 'duplicate'],
        [1, 1, 'duplicate'],
      ],
    ],
    [
      'a file was set apart that nothing is wrong with',
      [
        [0, 1, 'imported'],
        [0, 2, 'quarantined', 'UID_CONFLICT'],
        [1, 1, 'quarantined', 'PROCESSING_FAILED'],
      ],
    ],
    ['an opted-out patient is imported', [[1, 2, 'imported']]],
  ])('is wrong where %s', (_name, outcomes) => {
    expect(outcomeProblems(plan, ended(...outcomes)).length).toBeGreaterThan(0);
  });
});

describe('what the platform holds', () => {
  let folder: string;
  const id = 's-00000000000000000000000001';
  const files = [file(1), file(2, { damage: 'no-image', group: 2 })];
  const submission = submissionOf(0, files);
  const plan = planOf(submission);
  const received = {
    submission,
    id,
    files: [
      { submission: 0, ordinal: 1, file: files[0] as PlannedFile, end: { outcome: 'imported' } },
      {
        submission: 0,
        ordinal: 2,
        file: files[1] as PlannedFile,
        end: { outcome: 'quarantined', code: 'NOT_DICOM' },
      },
    ],
  };
  const row = {
    submission: id,
    ordinal: 1,
    split: 'development',
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.3',
    sopInstanceUid: '1.2.3.4',
    imageSetId: 'a',
    datastoreId: 'd',
    frames: 1,
    warnings: [],
  } as const;
  const claim: HeldClaim = { sopInstanceUid: '1.2.3.4', submission: id, ordinal: 1 };
  const right = (): HeldData => ({
    instances: [
      { sopInstanceUid: '1.2.3.4', imageSetId: 'a', isPrimary: true, path: join(folder, 'stored.dcm') },
    ],
    rows: [row],
    staged: [`${id}/development/p-0001/000001.dcm`],
    quarantined: [],
    landed: [`${id}/000002`],
    exchanged: [],
    openUploads: 0,
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-verdict-'));
    writeFileSync(join(folder, 'stored.dcm'), fileBytes('verdict', file(1), 'RX1'));
    writeFileSync(join(folder, 'other.dcm'), fileBytes('verdict', file(1, { variant: 1 }), 'RX1'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is right where each imported file has its row, image, claim and staged file, and the quarantined one its place', async () => {
    expect(await judge(plan, [received], right(), [claim])).toEqual({ lost: [], doubled: [], wrong: [] });
  });

  it.each<[string, 'lost' | 'doubled' | 'wrong', (held: HeldData) => HeldData]>([
    ['a row is absent', 'lost', (held) => ({ ...held, rows: [] })],
    ['the image is absent', 'lost', (held) => ({ ...held, instances: [] })],
    [
      'the image is in a set that is not primary',
      'lost',
      (held) => ({ ...held, instances: held.instances.map((each) => ({ ...each, isPrimary: false })) }),
    ],
    [
      'the image has other pixels',
      'lost',
      (held) => ({
        ...held,
        instances: held.instances.map((each) => ({ ...each, path: join(folder, 'other.dcm') })),
      }),
    ],
    ['a row is there twice', 'doubled', (held) => ({ ...held, rows: [row, row] })],
    [
      'an image is there twice',
      'doubled',
      (held) => ({ ...held, instances: [...held.instances, ...held.instances] }),
    ],
    [
      'an image set is there that no row names',
      'wrong',
      (held) => ({
        ...held,
        instances: [
          ...held.instances,
          { ...held.instances[0], sopInstanceUid: '9', imageSetId: 'b' } as HeldData['instances'][number],
        ],
      }),
    ],
    [
      'a file is staged that was not imported',
      'wrong',
      (held) => ({ ...held, staged: [...held.staged, `${id}/development/p-0001/000002.dcm`] }),
    ],
    ['a file is left in landing', 'wrong', (held) => ({ ...held, landed: [...held.landed, `${id}/000001`] })],
    ['a quarantined file is nowhere', 'wrong', (held) => ({ ...held, landed: [] })],
    [
      'a quarantined file is in two places',
      'wrong',
      (held) => ({ ...held, quarantined: [`RX1/${id}/000002`] }),
    ],
    ['numbers are left in exchange', 'wrong', (held) => ({ ...held, exchanged: ['subjects/x.txt'] })],
    ['an upload was never ended', 'wrong', (held) => ({ ...held, openUploads: 1 })],
  ])('is found where %s', async (_name, where, change) => {
    const findings = await judge(plan, [received], change(right()), [claim]);
    expect(findings[where].length).toBeGreaterThan(0);
  });

  it('is found where another file holds the claim', async () => {
    const other = { ...claim, ordinal: 7 };
    expect((await judge(plan, [received], right(), [other])).lost).toHaveLength(1);
  });
});

describe('a receipt', () => {
  const good = {
    submission: 's',
    totals: { imported: 1, duplicate: 0, withheld: 0, quarantined: 0, missing: 1 },
    files: [
      { ordinal: 1, sha256: 'a', outcome: 'imported' },
      { ordinal: 2, sha256: 'b', outcome: 'missing' },
    ],
  };

  it('balances where every file of the manifest has one end', () => {
    expect(receiptProblems(good, ['a', 'b'])).toEqual([]);
  });

  it.each([
    ['a file is left out', { ...good, files: good.files.slice(0, 1) }],
    ['totals do not add up', { ...good, totals: { ...good.totals, imported: 2 } }],
    ['totals are not those of the files', { ...good, totals: { ...good.totals, imported: 0, missing: 2 } }],
    ['a file is named twice', { ...good, files: [good.files[0], good.files[0]] as typeof good.files }],
    ['an end is none', { ...good, files: good.files.map((each) => ({ ...each, outcome: 'staged' })) }],
  ])('does not where %s', (_name, receipt) => {
    expect(receiptProblems(receipt, ['a', 'b']).length).toBeGreaterThan(0);
  });
});
