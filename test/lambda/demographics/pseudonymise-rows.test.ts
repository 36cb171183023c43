import fc from 'fast-check';
import { dateShiftDays, localPseudonym, patientPseudonym } from '../../../dicom/deidentify/pseudonyms';
import type { StagedFile } from '../../../lambda/deidentification/pipeline.contract';
import {
  type ImagedPatients,
  imagedPatients,
  pseudonymiseRows,
} from '../../../lambda/demographics/pseudonymise-rows';
import type { DemographicsRow } from '../../../lambda/demographics/table-columns.contract';
import { runEngine, testContext } from '../../dicom/samples/engine';
import { ctElements, makeInstance, syntaxes, text } from '../../dicom/samples/make-instance';
import { pseudonymKeys } from '../pipeline/pipeline-fixture';
import { nhsNumbers } from './demographics-fixture';

const source = { submission: 's-00000000000000000000000000', trust: 'RX1', trustRegion: 'E12000004' };
const [first = '', second = ''] = nhsNumbers;

const blank: DemographicsRow = {
  nhsNumber: null,
  subjectId: null,
  ageAtScan: 50,
  ageBand: '50-59',
  sex: '1',
  ethnicCategory: 'A',
  imdDecile: null,
  region: null,
  dateOfAdmission: null,
  dateOfDiagnosis: null,
  dateOfDeath: null,
};

/** A file in whose header NHS number and Patient ID stand, as the pipeline leaves it. */
async function file(nhsNumber: string | null, patientId: string | null, study = '2.25.1') {
  const keys = await pseudonymKeys();
  const staged: Pick<StagedFile, 'patientPseudonym' | 'localPseudonym' | 'split' | 'studyInstanceUid'> = {
    patientPseudonym: patientPseudonym(keys, { nhsNumber, patientId }, 'RX1'),
    localPseudonym: patientId === null ? null : localPseudonym(keys, patientId, 'RX1'),
    split: 'development',
    studyInstanceUid: study,
  };
  return staged;
}

async function totalsOf(rows: readonly DemographicsRow[], imaged: ImagedPatients) {
  const { totals } = pseudonymiseRows(await pseudonymKeys(), source, rows, imaged);
  const { applied, reasons } = totals;
  return { applied, ...reasons };
}

describe('whose a row is', () => {
  it('the NHS number says, wherever there is one', async () => {
    const imaged = imagedPatients([await file(first, 'H1')], () => true);
    expect(await totalsOf([{ ...blank, nhsNumber: first }], imaged)).toEqual({ applied: 1 });
    expect(await totalsOf([{ ...blank, nhsNumber: first, subjectId: 'H1' }], imaged)).toEqual({ applied: 1 });
    expect(await totalsOf([{ ...blank, nhsNumber: second }], imaged)).toEqual({
      applied: 0,
      NO_IMPORTED_IMAGES: 1,
    });
  });

  it('a Patient ID says by the images that carry it, whatever their pseudonym comes from', async () => {
    const imaged = imagedPatients([await file(first, 'H1'), await file(null, 'H2')], () => true);
    const row = (subjectId: string) => ({ ...blank, subjectId });
    expect(await totalsOf([row('H1'), row('H2'), row('H3')], imaged)).toEqual({
      applied: 2,
      NO_IMPORTED_IMAGES: 1,
    });
  });

  it('nobody knows where identifiers lead to two NHS numbers', async () => {
    const imaged = imagedPatients([await file(first, 'H1'), await file(second, 'H2')], () => true);
    expect(await totalsOf([{ ...blank, nhsNumber: first, subjectId: 'H2' }], imaged)).toEqual({
      applied: 0,
      IDENTIFIERS_DISAGREE: 1,
    });
    const shared = imagedPatients([await file(first, 'H1'), await file(second, 'H1')], () => true);
    expect(await totalsOf([{ ...blank, subjectId: 'H1' }], shared)).toEqual({
      applied: 0,
      IDENTIFIERS_DISAGREE: 1,
    });
  });

  it('an NHS number is never passed over for a Patient ID: it was not asked about', async () => {
    const imaged = imagedPatients([await file(null, 'H1')], () => true);
    expect(await totalsOf([{ ...blank, nhsNumber: first, subjectId: 'H1' }], imaged)).toEqual({
      applied: 0,
      NO_IMPORTED_IMAGES: 1,
    });
  });

  it('two rows of one patient are taken where they say the same, else neither', async () => {
    const imaged = imagedPatients([await file(first, 'H1')], () => true);
    const [one, other] = [
      { ...blank, nhsNumber: first },
      { ...blank, subjectId: 'H1' },
    ];
    expect(await totalsOf([one, other], imaged)).toEqual({ applied: 2 });
    expect(await totalsOf([one, { ...other, sex: '2' }], imaged)).toEqual({
      applied: 0,
      IDENTIFIERS_DISAGREE: 2,
    });
  });

  it('only a patient whose study stands in the catalogue has a row', async () => {
    const files = [await file(first, 'H1', '2.25.1'), await file(second, 'H2', '2.25.2')];
    const imaged = imagedPatients(files, ({ studyInstanceUid }) => studyInstanceUid === '2.25.2');
    const rows = [
      { ...blank, subjectId: 'H1' },
      { ...blank, nhsNumber: second },
    ];
    expect(await totalsOf(rows, imaged)).toEqual({ applied: 1, NO_IMPORTED_IMAGES: 1 });
  });
});

describe('a row under its pseudonym', () => {
  it('holds no identifier, and the region of the trust where it names none', async () => {
    const imaged = imagedPatients([await file(first, 'H1')], () => true);
    const table = [{ ...blank, nhsNumber: first, subjectId: 'H1' }];
    const { rows } = pseudonymiseRows(await pseudonymKeys(), source, table, imaged);
    const { nhsNumber: _number, subjectId: _id, ...kept } = blank;
    expect(rows.get('development')).toEqual([
      {
        ...kept,
        patientPseudonym: (await file(first, 'H1')).patientPseudonym,
        submission: source.submission,
        trust: 'RX1',
        region: 'E12000004',
      },
    ]);
    expect(rows.get('held-out')).toEqual([]);
  });

  it('has the pseudonym and the shift of the images that the engine made of the patient', async () => {
    const context = await testContext();
    const day = fc
      .date({ min: new Date('1990-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    await fc.assert(
      fc.asyncProperty(day, fc.constantFrom(...nhsNumbers, 'H1', ' H2 '), async (studyDay, patientId) => {
        const { outcome } = await runEngine(
          makeInstance({
            syntax: 'explicit',
            elements: ctElements(syntaxes.explicit.encoding, [
              text(0x00080020, 'DA', studyDay.replaceAll('-', '')),
              text(0x00100020, 'LO', patientId),
            ]),
          }),
          context,
        );
        if (outcome.outcome !== 'deidentified') throw new Error(outcome.outcome);
        const { instance } = outcome;
        const local = localPseudonym(context.keys, patientId.trim(), 'RX1');
        const imaged = imagedPatients([{ ...instance, localPseudonym: local }], () => true);
        const table = [{ ...blank, subjectId: patientId.trim(), dateOfDiagnosis: studyDay }];
        const { rows } = pseudonymiseRows(context.keys, source, table, imaged);
        const [row] = rows.get(instance.split) ?? [];
        expect(row?.patientPseudonym).toBe(instance.patientPseudonym);
        expect(row?.dateOfDiagnosis?.replaceAll('-', '')).toBe(instance.facts.studyDate);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('keeps the days between two dates of a patient, and moves them all into the past', async () => {
    const keys = await pseudonymKeys();
    const imaged = imagedPatients([await file(first, 'H1')], () => true);
    const shift = dateShiftDays(keys, (await file(first, 'H1')).patientPseudonym);
    const date = fc.date({ min: new Date('1903-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, date, (admission, death) => {
        const table = [
          {
            ...blank,
            nhsNumber: first,
            dateOfAdmission: admission.toISOString().slice(0, 10),
            dateOfDeath: death.toISOString().slice(0, 10),
          },
        ];
        const [row] = pseudonymiseRows(keys, source, table, imaged).rows.get('development') ?? [];
        const days = (text: string | null | undefined) => Date.parse(text ?? '') / 86_400_000;
        const before = table[0];
        expect(days(row?.dateOfDeath) - days(row?.dateOfAdmission)).toBe(
          days(before?.dateOfDeath) - days(before?.dateOfAdmission),
        );
        expect(days(before?.dateOfDeath) - days(row?.dateOfDeath)).toBe(shift);
        expect(shift).toBeGreaterThan(0);
      }),
    );
  });

  it('stands at the same place whatever the order of the table', async () => {
    const keys = await pseudonymKeys();
    const imaged = imagedPatients(
      await Promise.all(nhsNumbers.map((number) => file(number, null))),
      () => true,
    );
    const table = nhsNumbers.map((nhsNumber) => ({ ...blank, nhsNumber }));
    const expected = pseudonymiseRows(keys, source, table, imaged);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(table, { minLength: table.length, maxLength: table.length }),
        (shuffled) => {
          expect(pseudonymiseRows(keys, source, shuffled, imaged)).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });
});
