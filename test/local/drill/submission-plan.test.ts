import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { fromBufferPromise } from 'yauzl';
import { expectationOf } from '../../../local/drill/expected-outcomes';
import { fileBytes, patientOf, pixelMarker } from '../../../local/drill/file-bytes';
import { planSendingFaults } from '../../../local/drill/sending-faults';
import { instanceKey, planSubmissions } from '../../../local/drill/submission-plan';
import { zipArchive } from '../../../local/drill/zip-archive';

const seedAndFiles = [fc.string({ minLength: 1 }), fc.integer({ min: 20, max: 400 })] as const;

describe('what a drill sends', () => {
  it('is the same for the same seed, has as many files as asked, and several submissions of two trusts', () => {
    fc.assert(
      fc.property(...seedAndFiles, (seed, files) => {
        const plan = planSubmissions(seed, files);
        expect(plan).toEqual(planSubmissions(seed, files));
        expect(plan.submissions.reduce((sum, each) => sum + each.files.length, 0)).toBe(files);
        expect(new Set(plan.submissions.map(({ trust }) => trust))).toEqual(new Set(['RX1', 'RY2']));
        for (const { files: own } of plan.submissions)
          expect(own.map(({ ordinal }) => ordinal)).toEqual(own.map((_, index) => index + 1));
      }),
      { numRuns: 50 },
    );
  });

  it('has every kind of end in a large plan, and instances that several submissions hold', () => {
    const plan = planSubmissions('ends', 2_000);
    const ends = new Set<string>();
    const holders = new Map<string, Set<number>>();
    for (const submission of plan.submissions)
      for (const file of submission.files) {
        const expected = expectationOf(plan, submission, file);
        ends.add(expected.kind === 'fixed' ? (expected.end.code ?? expected.end.outcome) : 'contender');
        const known = holders.get(instanceKey(file)) ?? new Set();
        holders.set(instanceKey(file), known.add(submission.index));
      }
    expect([...ends].sort()).toEqual(
      [
        'GROUP_MISMATCH',
        'NOT_DICOM',
        'STUDY_CONFLICT',
        'TRUNCATED',
        'contender',
        'missing',
        'withheld',
      ].sort(),
    );
    expect([...holders.values()].filter((each) => each.size > 1).length).toBeGreaterThan(20);
  });

  it('has studies with a conflict within them in one submission only', () => {
    fc.assert(
      fc.property(...seedAndFiles, (seed, files) => {
        const plan = planSubmissions(seed, files);
        const all = plan.submissions.flatMap((each) =>
          each.files.map((file) => ({ file, index: each.index })),
        );
        const alone = new Set(
          all.filter(({ file }) => file.header === 'other-sex').map(({ file }) => file.study),
        );
        for (const study of alone)
          expect(new Set(all.filter(({ file }) => file.study === study).map(({ index }) => index)).size).toBe(
            1,
          );
      }),
      { numRuns: 50 },
    );
  });
});

describe('the archive of a submission', () => {
  it('holds files of a group that are all sent, of clients alone', () => {
    const { submissions } = planSubmissions('archives', 2_000);
    const withArchive = submissions.filter(({ files }) => files.some(({ archived }) => archived));
    expect(withArchive.length).toBeGreaterThan(2);
    for (const { by, files } of withArchive) {
      expect(by).toBe('client');
      const members = files.filter(({ archived }) => archived);
      expect(new Set(members.map(({ group }) => group)).size).toBe(1);
      expect(new Set(members.map(({ arrival }) => arrival))).toEqual(new Set(['whole']));
    }
  });

  it('is read by the platform’s own reader of archives, to the bytes that were put into it', async () => {
    const contents = [Buffer.from('first'), Buffer.alloc(30_000, 'second')];
    const bytes = zipArchive(contents);
    const zip = await fromBufferPromise(bytes);
    expect(zip.entryCount).toBe(2);
    const read: Buffer[] = [];
    for await (const entry of zip.eachEntry())
      read.push(await buffer(await zip.openReadStreamPromise(entry)));
    expect(read.map((each, index) => each.equals(contents[index] as Buffer))).toEqual([true, true]);
  });
});

describe('a file of a drill', () => {
  const [submission] = planSubmissions('bytes', 100).submissions;
  const file = submission?.files.find(({ damage, header }) => damage === 'none' && header === 'plain');
  if (file === undefined) throw new Error('no plain file was planned');

  it('has its patient’s marker and number in it, and other pixels as another variant', () => {
    const bytes = fileBytes('bytes', file, 'RX1');
    expect(bytes.includes(pixelMarker('bytes', file.patient))).toBe(true);
    expect(bytes.includes(patientOf('bytes', file.patient).nhsNumber)).toBe(true);
    expect(fileBytes('bytes', file, 'RX1').equals(bytes)).toBe(true);
    const variant = fileBytes('bytes', { ...file, variant: file.variant === 0 ? 1 : 0 }, 'RX1');
    expect(variant.equals(bytes)).toBe(false);
    expect(variant).toHaveLength(bytes.length);
  });

  it('has the same pixels under another header', () => {
    const rewritten = fileBytes('bytes', { ...file, header: 'rewritten' }, 'RX1');
    const pixels = rewritten.subarray(rewritten.length - 2 * file.size ** 2);
    expect(fileBytes('bytes', file, 'RX1').includes(pixels)).toBe(true);
    expect(rewritten.equals(fileBytes('bytes', file, 'RX1'))).toBe(false);
  });
});

describe('what goes wrong in sending', () => {
  it('is drawn from the seed, a quarter of the faults at most', () => {
    fc.assert(
      fc.property(...seedAndFiles, fc.integer({ min: 0, max: 500 }), (seed, files, faults) => {
        const plan = planSubmissions(seed, files);
        const sending = planSendingFaults(plan, faults);
        expect(sending).toEqual(planSendingFaults(plan, faults));
        expect(sending.count).toBeLessThanOrEqual(Math.ceil(faults / 4));
        const counted = sending.submissions.reduce(
          (sum, { client, files: own, kills }) => sum + client.size + own.size + kills,
          sending.answers.filter((answer) => answer !== null).length,
        );
        expect(counted).toBe(sending.count);
      }),
      { numRuns: 50 },
    );
  });
});
