import * as fc from 'fast-check';
import type { FileToImport } from '../../../lambda/deidentification/settlement.contract';
import {
  failureLine,
  jobOutputManifest,
  readLines,
  successLine,
  warningLine,
} from '../../../lambda/imaging/job-output';
import { type JobOutput, reconcileFiles } from '../../../lambda/imaging/reconcile-files';

const set = (letter: string) => letter.repeat(32);

function expected(count: number): FileToImport[] {
  return Array.from({ length: count }, (_, index) => ({
    outcome: 'to-import',
    ordinal: index + 1,
    pack: 'p-0001',
    split: 'development',
    sopInstanceUid: `2.25.${index + 1}`,
    patientPseudonym: 'P',
    studyInstanceUid: '2.25.100',
  }));
}

const keyOf = (ordinal: number) => `s-0/development/p-0001/${String(ordinal).padStart(6, '0')}.dcm`;

function success(ordinal: number, isPrimary = true) {
  return {
    inputFile: keyOf(ordinal),
    importResponse: { imageSetId: set(isPrimary ? 'a' : 'b'), isPrimary },
  };
}

function failure(ordinal: number) {
  return { inputFile: keyOf(ordinal), exception: { exceptionType: 'ValidationException' } };
}

function output(
  successes: JobOutput['successes'],
  failures: JobOutput['failures'],
  change: Partial<JobOutput['summary']> = {},
): JobOutput {
  return {
    warnings: [],
    successes,
    failures,
    summary: {
      numberOfScannedFiles: successes.length + failures.length,
      numberOfImportedFiles: successes.length,
      numberOfFilesWithCustomerError: failures.length,
      numberOfFilesWithServerError: 0,
      ...change,
    },
  };
}

describe('the account of an import job', () => {
  it('names every file, and the image sets apart from the primary ones', () => {
    const { files, strayImageSets } = reconcileFiles(
      expected(3),
      output([success(1), success(3, false)], [failure(2)]),
    );
    expect(files).toEqual([
      { outcome: 'imported', ordinal: 1, sopInstanceUid: '2.25.1', imageSetId: set('a'), warnings: [] },
      expect.objectContaining({
        outcome: 'quarantined',
        ordinal: 2,
        code: 'IMPORT_REFUSED',
        exceptionType: 'ValidationException',
      }),
      expect.objectContaining({ outcome: 'quarantined', ordinal: 3, code: 'IMPORT_NOT_PRIMARY' }),
    ]);
    expect(strayImageSets).toEqual([set('b')]);
  });

  it('keeps the reasons of its warnings by file, each once, and not their messages', () => {
    const codes = (...reasons: string[]) => reasons.map((warning_reason_code) => ({ warning_reason_code }));
    const { files } = reconcileFiles(expected(2), {
      ...output([success(1), success(2)], []),
      warnings: readLines(
        [
          { inputFile: keyOf(2), warnings: codes('NON_CONFORMANT_ELEMENT', 'A', 'A') },
          { inputFile: keyOf(2), warnings: [{ warning_reason_code: 'B', message: 'value of the file' }] },
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
        warningLine,
      ),
    });
    expect(files).toEqual([
      { outcome: 'imported', ordinal: 1, sopInstanceUid: '2.25.1', imageSetId: set('a'), warnings: [] },
      {
        outcome: 'imported',
        ordinal: 2,
        sopInstanceUid: '2.25.2',
        imageSetId: set('a'),
        warnings: ['A', 'B', 'NON_CONFORMANT_ELEMENT'],
      },
    ]);
  });

  it.each([
    ['scanned fewer files than it was given', output([success(1)], [])],
    ['scanned a file more', output([success(1), success(2), success(3)], [])],
    ['lost a scanned file', output([success(1), success(2)], [], { numberOfImportedFiles: 1 })],
    [
      'does not name a file that it counts',
      output([success(1)], [], { numberOfScannedFiles: 2, numberOfImportedFiles: 2 }),
    ],
    ['names a file twice', output([success(1), success(1)], [])],
    ['names a file both ways', output([success(1)], [failure(1)])],
    ['names a file of another pack', output([success(1), success(9)], [])],
    [
      'names something else',
      output(
        [success(1), { inputFile: 'notes.txt', importResponse: { imageSetId: set('a'), isPrimary: true } }],
        [],
      ),
    ],
  ])('is worth nothing where the job %s', (_name, job) => {
    expect(() => reconcileFiles(expected(2), job)).toThrow(
      expect.objectContaining({ name: 'ImportUnbalancedError' }),
    );
  });

  it('gives as many ends as files, in their order, whatever order the job names them in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('primary', 'not-primary', 'refused'), { minLength: 1, maxLength: 20 }),
        fc.integer(),
        (ends, seed) => {
          const order = ends
            .map((end, index) => ({ end, ordinal: index + 1 }))
            .sort((left, right) => ((left.ordinal * seed) % 7) - ((right.ordinal * seed) % 7));
          const job = output(
            order
              .filter(({ end }) => end !== 'refused')
              .map(({ end, ordinal }) => success(ordinal, end === 'primary')),
            order.filter(({ end }) => end === 'refused').map(({ ordinal }) => failure(ordinal)),
          );
          const { files } = reconcileFiles(expected(ends.length), job);
          expect(files.map((file) => file.ordinal)).toEqual(ends.map((_, index) => index + 1));
          expect(files.filter((file) => file.outcome === 'imported')).toHaveLength(
            ends.filter((end) => end === 'primary').length,
          );
        },
      ),
    );
  });
});

describe('the output of an import job', () => {
  it('is read with booleans as JSON and as Python writes them', () => {
    const line = (value: string) =>
      `{"inputFile":"a/000001.dcm","importResponse":{"imageSetId":"${set('a')}","isPrimary":${value}}}`;
    const values = ['true', 'True', '"True"', 'false', 'False', '"false"'].map(line).join('\n');
    expect(readLines(values, successLine).map((each) => each.importResponse.isPrimary)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('leaves words within texts as they are', () => {
    const text =
      '{"inputFile":"True/\\"None\\".dcm","exception":{"exceptionType":"False","message":None}}\r\n\n';
    expect(readLines(text, failureLine)).toEqual([
      { inputFile: 'True/"None".dcm', exception: { exceptionType: 'False' } },
    ]);
  });

  it('is refused where its summary lacks a count', () => {
    expect(jobOutputManifest.safeParse({ jobSummary: { numberOfScannedFiles: 1 } }).success).toBe(false);
  });
});
