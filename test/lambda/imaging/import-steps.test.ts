import { awaitImport } from '../../../lambda/imaging/await-import';
import { LedgerImportWaitStore } from '../../../lambda/imaging/import-wait-store';
import { reconcileImport } from '../../../lambda/imaging/reconcile-import';
import { resumeAfterImport } from '../../../lambda/imaging/resume-after-import';
import { systemClock } from '../../../lambda/platform/clock';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const id = 's-00000000000000000000000000';
const job = {
  submissionId: id,
  pack: 'p-0001',
  split: 'development',
  jobId: 'j'.repeat(32),
  datastoreId: 'd'.repeat(32),
} as const;

describe('waiting for an import job', () => {
  let embedded: EmbeddedTable;
  beforeAll(async () => {
    embedded = await startEmbeddedTable();
  });
  afterAll(() => embedded.stop());

  function setting(status: string) {
    const answers: [string, unknown][] = [];
    return {
      answers,
      waits: new LedgerImportWaitStore(embedded.table, systemClock),
      jobs: { get: async () => ({ status }) },
      tasks: {
        succeed: async (token: string, output: unknown) => {
          answers.push([token, output]);
          return true;
        },
      },
    };
  }

  it('ends with the event, for the token of the latest wait', async () => {
    const ports = setting('IN_PROGRESS');
    await awaitImport(ports, { ...job, taskToken: 'token-1' });
    await awaitImport(ports, { ...job, taskToken: 'token-2' });
    expect(ports.answers).toEqual([]);
    expect(await resumeAfterImport(ports, job.jobId, 'COMPLETED')).toBe(true);
    expect(ports.answers).toEqual([['token-2', { jobStatus: 'COMPLETED' }]]);
  });

  it.each(['COMPLETED', 'FAILED'])('is over at once where the job is %s already', async (status) => {
    const ports = setting(status);
    expect(await awaitImport(ports, { ...job, taskToken: 'token' })).toEqual({ ended: true });
    expect(ports.answers).toEqual([['token', { jobStatus: status }]]);
  });

  it('is not disturbed by an event that nobody waits for', async () => {
    const ports = setting('IN_PROGRESS');
    expect(await resumeAfterImport(ports, 'x'.repeat(32), 'COMPLETED')).toBe(false);
    expect(ports.answers).toEqual([]);
  });
});

describe('reading the output of an import job', () => {
  const folder = `import-jobs/${id}/development/p-0001/${job.datastoreId}-DicomImport-${job.jobId}/`;

  function setting() {
    const objects = new MemoryObjectStore();
    const pauses: number[] = [];
    objects.set(
      'work',
      `submissions/${id}/settlement.json`,
      JSON.stringify({
        submissionId: id,
        packs: [],
        files: [
          {
            outcome: 'to-import',
            ordinal: 1,
            pack: 'p-0001',
            split: 'development',
            sopInstanceUid: '2.25.1',
            patientPseudonym: 'P',
            studyInstanceUid: '2.25.100',
          },
          {
            outcome: 'to-import',
            ordinal: 2,
            pack: 'p-0001',
            split: 'held-out',
            sopInstanceUid: '2.25.2',
            patientPseudonym: 'P',
            studyInstanceUid: '2.25.100',
          },
          {
            outcome: 'to-import',
            ordinal: 3,
            pack: 'p-0002',
            split: 'development',
            sopInstanceUid: '2.25.3',
            patientPseudonym: 'P',
            studyInstanceUid: '2.25.100',
          },
        ],
      }),
    );
    const ports = {
      objects,
      results: {
        readPlan: async () => {
          throw new Error('not needed');
        },
      },
      claims: { release: async () => {} },
      quarantine: { keep: async () => {} },
      index: { addQuarantined: async () => true },
      jobs: { deleteImageSet: async () => {} },
      pause: async (milliseconds: number) => void pauses.push(milliseconds),
      workBucket: 'work',
      deidentifiedBucket: 'deidentified',
    };
    const leaveOutput = () => {
      objects.set(
        'work',
        `${folder}SUCCESS/success.ndjson`,
        `${JSON.stringify({
          inputFile: `${id}/development/p-0001/000001.dcm`,
          importResponse: { imageSetId: 'a'.repeat(32), isPrimary: true },
        })}\n`,
      );
      objects.set(
        'work',
        `${folder}job-output-manifest.json`,
        JSON.stringify({
          jobSummary: {
            numberOfScannedFiles: 1,
            numberOfImportedFiles: 1,
            numberOfFilesWithCustomerError: 0,
            numberOfFilesWithServerError: 0,
          },
        }),
      );
    };
    return { objects, pauses, ports, leaveOutput };
  }

  it('looks again where the output is not there yet, and takes the files of its own pack and split', async () => {
    const { pauses, ports, leaveOutput } = setting();
    const pause = ports.pause;
    ports.pause = async (milliseconds) => {
      await pause(milliseconds);
      if (pauses.length === 3) leaveOutput();
    };
    expect(await reconcileImport(ports, job)).toEqual({
      pack: 'p-0001',
      split: 'development',
      imported: 1,
      failed: 0,
      notPrimary: 0,
    });
    expect(pauses).toEqual([500, 1000, 2000]);
  });

  it('fails by name where the output never comes', async () => {
    const { ports } = setting();
    await expect(reconcileImport(ports, job)).rejects.toMatchObject({ name: 'ImportOutputMissingError' });
  });

  it('gives the first account again without looking at the job', async () => {
    const { objects, ports, leaveOutput } = setting();
    leaveOutput();
    const first = await reconcileImport(ports, job);
    for (const key of objects.keys('work').filter((each) => each.startsWith(folder)))
      await objects.delete({ bucket: 'work', key });
    expect(await reconcileImport(ports, job)).toEqual(first);
  });
});
