import * as fc from 'fast-check';
import type { StagedFile } from '../../../lambda/deidentification/pipeline.contract';
import { type Claim, type Claims, settleFiles } from '../../../lambda/deidentification/settle-files';

const id = 's-00000000000000000000000000';
const other = 's-00000000000000000000000001';

const digest = (text: string) => text.padEnd(64, '0');

function staged(ordinal: number, change: Partial<StagedFile> = {}): StagedFile {
  return {
    outcome: 'staged',
    ordinal,
    group: 1,
    pack: 'p-0001',
    key: `k/${ordinal}`,
    studyInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.2',
    sopInstanceUid: `2.25.3.${ordinal}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    patientPseudonym: 'P',
    split: 'development',
    frames: 1,
    bytes: 10,
    sha256: digest('a'),
    pixelDigest: digest(`b${ordinal}`),
    groupingDigest: digest('c'),
    facts: {},
    warnings: [],
    ...change,
  };
}

const nobody: Claims = { instances: new Map(), studies: new Map() };

function fates(files: readonly StagedFile[], standing: Claims = nobody): Record<number, string> {
  const { decisions } = settleFiles(id, files, standing);
  return Object.fromEntries(
    [...decisions].map(([ordinal, decision]) => [
      ordinal,
      decision.decision === 'quarantine' ? decision.code : decision.decision,
    ]),
  );
}

const held = (submissionId: string, ordinal: number, text: string): Claim => ({
  submissionId,
  ordinal,
  digest: digest(text),
});

describe('settling staged files', () => {
  it('imports the first of a SOP Instance UID; the same pixels again are a duplicate, others a conflict', () => {
    const uid = { sopInstanceUid: '2.25.9' };
    expect(
      fates([
        staged(2, { ...uid, pixelDigest: digest('x') }),
        staged(1, { ...uid, pixelDigest: digest('x') }),
        staged(3, { ...uid, pixelDigest: digest('y') }),
      ]),
    ).toEqual({ 1: 'import', 2: 'duplicate', 3: 'UID_CONFLICT' });
  });

  it('lets the claims of other submissions stand', () => {
    const instances = new Map([
      ['2.25.3.1', held(other, 7, 'b1')],
      ['2.25.3.2', held(other, 8, 'zz')],
    ]);
    expect(fates([staged(1), staged(2), staged(3)], { instances, studies: new Map() })).toEqual({
      1: 'duplicate',
      2: 'UID_CONFLICT',
      3: 'import',
    });
  });

  it('quarantines files of a study whose grouping attributes differ from the first', () => {
    expect(fates([staged(1), staged(2, { groupingDigest: digest('d') }), staged(3)])).toEqual({
      1: 'import',
      2: 'STUDY_CONFLICT',
      3: 'import',
    });
    const studies = new Map([['2.25.1', held(other, 1, 'd')]]);
    expect(fates([staged(1)], { instances: new Map(), studies })).toEqual({ 1: 'STUDY_CONFLICT' });
  });

  it('calls an image that is held already a duplicate even where its study attributes differ', () => {
    const standing = {
      instances: new Map([['2.25.3.1', held(other, 7, 'b1')]]),
      studies: new Map([['2.25.1', held(other, 7, 'd')]]),
    };
    expect(fates([staged(1)], standing)).toEqual({ 1: 'duplicate' });
  });

  it('quarantines a file whose series is not that of the first file of its group', () => {
    expect(fates([staged(1), staged(2, { seriesInstanceUid: '2.25.8' }), staged(3)])).toEqual({
      1: 'import',
      2: 'GROUP_MISMATCH',
      3: 'import',
    });
  });

  it('claims nothing for a file that is not imported', () => {
    const { wanted } = settleFiles(
      id,
      [staged(1), staged(2, { studyInstanceUid: '2.25.7', seriesInstanceUid: '2.25.8' })],
      nobody,
    );
    expect([...wanted.instances.keys()]).toEqual(['2.25.3.1']);
    expect([...wanted.studies.keys()]).toEqual(['2.25.1']);
  });
});

/** Few UIDs, digests and groups, so that they meet. */
const files: fc.Arbitrary<StagedFile[]> = fc
  .array(
    fc.record({
      group: fc.integer({ min: 1, max: 3 }),
      series: fc.integer({ min: 1, max: 3 }),
      sop: fc.integer({ min: 1, max: 4 }),
      study: fc.integer({ min: 1, max: 2 }),
      pixel: fc.integer({ min: 1, max: 2 }),
      grouping: fc.integer({ min: 1, max: 2 }),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map(({ group, series, sop, study, pixel, grouping }, index) =>
      staged(index + 1, {
        group,
        seriesInstanceUid: `2.25.2.${series}`,
        sopInstanceUid: `2.25.3.${sop}`,
        studyInstanceUid: `2.25.1.${study}`,
        pixelDigest: digest(`b${pixel}`),
        groupingDigest: digest(`c${grouping}`),
      }),
    ),
  );

const claims: fc.Arbitrary<Claims> = fc
  .record({
    instances: fc.dictionary(fc.constantFrom('2.25.3.1', '2.25.3.2'), fc.constantFrom('b1', 'b2')),
    studies: fc.dictionary(fc.constantFrom('2.25.1.1', '2.25.1.2'), fc.constantFrom('c1', 'c2')),
  })
  .map(({ instances, studies }) => ({
    instances: new Map(Object.entries(instances).map(([uid, text]) => [uid, held(other, 1, text)])),
    studies: new Map(Object.entries(studies).map(([uid, text]) => [uid, held(other, 1, text)])),
  }));

describe('settling any files', () => {
  it('decides each exactly once and imports a SOP Instance UID at most once', () => {
    fc.assert(
      fc.property(files, claims, (list, standing) => {
        const { decisions } = settleFiles(id, list, standing);
        expect([...decisions.keys()].sort((a, b) => a - b)).toEqual(list.map((file) => file.ordinal));
        const imported = list
          .filter((file) => decisions.get(file.ordinal)?.decision === 'import')
          .map((file) => file.sopInstanceUid);
        expect(new Set(imported).size).toBe(imported.length);
        for (const uid of imported) expect(standing.instances.has(uid)).toBe(false);
      }),
    );
  });

  it('imports only files that agree with their study', () => {
    fc.assert(
      fc.property(files, claims, (list, standing) => {
        const { decisions } = settleFiles(id, list, standing);
        const digests = new Map([...standing.studies].map(([uid, claim]) => [uid, claim.digest]));
        for (const file of list) {
          if (decisions.get(file.ordinal)?.decision !== 'import') continue;
          expect(digests.get(file.studyInstanceUid) ?? file.groupingDigest).toBe(file.groupingDigest);
          digests.set(file.studyInstanceUid, file.groupingDigest);
        }
      }),
    );
  });

  it('decides the same again when some or all of the claims it wanted have been won', () => {
    fc.assert(
      fc.property(files, claims, fc.infiniteStream(fc.boolean()), (list, standing, won) => {
        const first = settleFiles(id, list, standing);
        const instances = new Map(standing.instances);
        // Studies are claimed before instances.
        const studies = new Map([...standing.studies, ...first.wanted.studies]);
        for (const [uid, claim] of first.wanted.instances) if (won.next().value) instances.set(uid, claim);
        const again = settleFiles(id, list, { instances, studies });
        expect(again.decisions).toEqual(first.decisions);
        expect(again.wanted.studies.size).toBe(0);
      }),
    );
  });
});
