import * as fc from 'fast-check';
import { flattenedVerify, importJWK } from 'jose';
import { type FictitiousPatient, fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import { newId } from '../../../lambda/platform/ids';
import { workKeys } from '../../../lambda/platform/object-keys';
import type { ReceiptPayload } from '../../../lambda/submission/submission.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { Killed, Pipeline, type RunOptions, validNhsNumber } from './pipeline-fixture';
import type { SentFile } from './sent-files';

const patients = [0, 1, 2].map((index) => fictitiousPatient('pipeline', index));

/** A small CT slice of a patient, whose NHS number stands in Patient ID. */
function slice(
  patient: number,
  series: number,
  number: number,
  pixelSeed = 'a',
  changed: Partial<FictitiousPatient> = {},
): Buffer {
  const known = patients[patient];
  if (known === undefined) throw new Error('no such patient');
  const person = { ...known, ...changed };
  const image = ctSlice(
    {
      seed: 'pipeline',
      name: `study of ${patient}`,
      patient: person,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series, slice: number, size: 16 },
  );
  const pixels = Buffer.from(image.pixels);
  pixels.writeUInt8(pixelSeed.charCodeAt(0), 0);
  return part10File(image.instance, pixels);
}

const nhsNumberOf = (patient: number) => validNhsNumber(patients[patient]?.nhsNumber ?? '');
const everybody = [0, 1, 2].map(nhsNumberOf);

function fates({ files }: ReceiptPayload): Record<number, string> {
  return Object.fromEntries(files.map(({ ordinal, outcome, code }) => [ordinal, code ?? outcome]));
}

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

let collections = 0;
function newPipeline(): Pipeline {
  collections += 1;
  return new Pipeline(embedded.table, `collection-${collections}`);
}

let ids = 0;
function newSubmissionId(): string {
  ids += 1;
  const time = ids;
  return newId('s', { now: () => new Date(time) });
}

describe('a submission through the pipeline', () => {
  it('gives every file one end, each for its own reason', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    const files: SentFile[] = [
      { bytes: slice(0, 1, 1), group: 1 },
      { bytes: slice(0, 1, 2), group: 1 },
      { bytes: slice(0, 1, 1), group: 1 },
      { bytes: slice(0, 1, 2, 'b'), group: 1 },
      { bytes: slice(1, 1, 1), group: 2 },
      { bytes: slice(2, 1, 1), group: 1 },
      { bytes: Buffer.from('this is no image'), group: 3 },
      { bytes: slice(2, 1, 2), group: 4, landed: null },
      { bytes: slice(2, 1, 3), group: 4, landed: slice(2, 1, 4) },
      { bytes: slice(2, 2, 1), group: 5 },
      { bytes: slice(2, 3, 1), group: 6 },
    ];
    await pipeline.send(id, files, everybody);
    const receipt = await pipeline.run(id, {
      optedOut: new Set([nhsNumberOf(1)]),
      importOf: (ordinal) => (ordinal === 10 ? 'refused' : ordinal === 11 ? 'not-primary' : 'primary'),
    });
    expect(fates(receipt)).toEqual({
      1: 'imported',
      2: 'imported',
      3: 'duplicate',
      4: 'UID_CONFLICT',
      5: 'withheld',
      6: 'GROUP_MISMATCH',
      7: 'NOT_DICOM',
      8: 'missing',
      9: 'CHECKSUM_MISMATCH',
      10: 'IMPORT_REFUSED',
      11: 'IMPORT_NOT_PRIMARY',
    });
    expect(receipt.totals).toEqual({ imported: 2, duplicate: 1, withheld: 1, quarantined: 6, missing: 1 });
    expect(await pipeline.submissions.get(id)).toMatchObject({
      state: 'done',
      totals: { imported: 2, duplicateOrWithheld: 2, quarantined: 6, missing: 1 },
    });
    expect(pipeline.deletedImageSets).toEqual(['b'.repeat(32)]);
  });

  it('keeps in landing only what could not be read, in quarantine only who was cleared', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    const files = [
      { bytes: slice(0, 1, 1), group: 1 },
      { bytes: slice(1, 1, 1), group: 2 },
      { bytes: slice(2, 1, 1), group: 1 },
      { bytes: Buffer.from('this is no image'), group: 3 },
    ];
    await pipeline.send(id, files, everybody);
    await pipeline.run(id, { optedOut: new Set([nhsNumberOf(1)]) });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000004`]);
    expect(pipeline.objects.keys('quarantine')).toEqual([`RX1/${id}/000003`]);
    expect(pipeline.objects.tags('quarantine', `RX1/${id}/000003`)).toEqual({ code: 'GROUP_MISMATCH' });
    expect(pipeline.objects.keys('deidentified')).toHaveLength(1);
    expect(pipeline.objects.keys('exchange')).toEqual([]);
    expect(pipeline.objects.keys('work').filter((key) => key.endsWith('cleared.json'))).toEqual([]);
  });

  it('reads the NHS numbers from the headers where none came beside the manifest', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    const files = [
      { bytes: slice(0, 1, 1), group: 1 },
      { bytes: slice(1, 1, 1), group: 2 },
    ];
    await pipeline.send(id, files, null);
    const receipt = await pipeline.run(id, { optedOut: new Set([nhsNumberOf(1)]) });
    expect(fates(receipt)).toEqual({ 1: 'imported', 2: 'withheld' });
  });

  it('withholds a patient who was cleared by no number of the list', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, [{ bytes: slice(0, 1, 1), group: 1 }], [nhsNumberOf(1)]);
    expect(fates(await pipeline.run(id))).toEqual({ 1: 'withheld' });
  });

  it('knows images of an earlier submission: the same pixels are duplicates, others conflict', async () => {
    const pipeline = newPipeline();
    const [first, second] = [newSubmissionId(), newSubmissionId()];
    await pipeline.send(first, [{ bytes: slice(0, 1, 1), group: 1 }], everybody);
    await pipeline.run(first);
    const again = [
      { bytes: slice(0, 1, 1), group: 1 },
      { bytes: slice(0, 1, 1, 'b'), group: 1 },
      { bytes: slice(0, 1, 2), group: 1 },
    ];
    await pipeline.send(second, again, everybody);
    expect(fates(await pipeline.run(second))).toEqual({ 1: 'duplicate', 2: 'UID_CONFLICT', 3: 'imported' });
  });

  it('takes an image that the image store refused when it is sent again', async () => {
    const pipeline = newPipeline();
    const [first, second] = [newSubmissionId(), newSubmissionId()];
    const files = [{ bytes: slice(0, 1, 1), group: 1 }];
    await pipeline.send(first, files, everybody);
    expect(fates(await pipeline.run(first, { importOf: () => 'refused' }))).toEqual({ 1: 'IMPORT_REFUSED' });
    await pipeline.send(second, files, everybody);
    expect(fates(await pipeline.run(second))).toEqual({ 1: 'imported' });
  });

  it('takes a study of which the image store refused everything with another header, and none while some of it is there', async () => {
    const pipeline = newPipeline();
    const sex = patients[0]?.sex === 'F' ? 'M' : 'F';
    const corrected = [{ bytes: slice(0, 1, 1, 'a', { sex }), group: 1 }];
    const [first, second, third] = [newSubmissionId(), newSubmissionId(), newSubmissionId()];
    await pipeline.send(first, [{ bytes: slice(0, 1, 1), group: 1 }], everybody);
    await pipeline.run(first, { importOf: () => 'refused' });
    await pipeline.send(second, corrected, everybody);
    expect(fates(await pipeline.run(second))).toEqual({ 1: 'imported' });
    await pipeline.send(third, [{ bytes: slice(0, 1, 2), group: 1 }], everybody);
    expect(fates(await pipeline.run(third))).toEqual({ 1: 'STUDY_CONFLICT' });
  });

  it('signs a receipt that verifies with the published key', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, [{ bytes: slice(0, 1, 1), group: 1 }], everybody);
    await pipeline.run(id);
    const receipt = pipeline.objects.json('work', `receipts/${id}.json`) as {
      payload: string;
      protected: string;
      signature: string;
    };
    const key = await pipeline.signer.publicKey();
    const verified = await flattenedVerify(receipt, await importJWK({ ...key }, 'ES256'));
    expect(verified.protectedHeader).toEqual({ alg: 'ES256', kid: key.kid, typ: 'nmip-receipt+jws' });
    expect(JSON.parse(Buffer.from(verified.payload).toString('utf8'))).toMatchObject({ submission: id });
  });

  it('writes nothing that identifies a patient outside landing, quarantine and exchange', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, [{ bytes: slice(0, 1, 1), group: 1 }], everybody);
    await pipeline.run(id);
    const person = patients[0];
    const secrets = [person?.nhsNumber, person?.hospitalNumber, person?.name.split('^')[0]].filter(
      (text) => text !== undefined,
    );
    for (const bucket of ['work', 'deidentified', 'catalogue'])
      for (const key of pipeline.objects.keys(bucket)) {
        const text = (await pipeline.objects.readText({ bucket, key })) ?? '';
        for (const secret of secrets) expect(`${key}\n${text}`).not.toContain(secret);
      }
  });
});

describe('a submission that was stopped', () => {
  const files: SentFile[] = [
    { bytes: slice(0, 1, 1), group: 1 },
    { bytes: slice(0, 1, 1), group: 1 },
    { bytes: slice(1, 1, 1), group: 2 },
    { bytes: slice(2, 1, 1), group: 3 },
    { bytes: Buffer.from('this is no image'), group: 4 },
  ];
  const options: RunOptions = {
    optedOut: new Set([nhsNumberOf(1)]),
    importOf: (ordinal) => (ordinal === 4 ? 'refused' : 'primary'),
  };

  it('ends with the receipt that it would have had when another execution runs it from Plan, wherever it stopped', async () => {
    const calm = newPipeline();
    const calmId = newSubmissionId();
    await calm.send(calmId, files, everybody);
    const expected = fates(await calm.run(calmId, options));

    let stopped = 0;
    for (let moment = 1, ended = false; !ended; moment += 1) {
      const pipeline = newPipeline();
      const id = newSubmissionId();
      await pipeline.send(id, files, everybody);
      let writes = 0;
      pipeline.objects.beforeWrite = () => {
        writes += 1;
        if (writes >= moment) throw new Error('the service is down');
      };
      ended = await pipeline.run(id, options).then(
        () => true,
        () => false,
      );
      if (ended) continue;
      stopped += 1;
      // as RecordFailure does, whose own execution then fails
      await pipeline.submissions.stop(id, 'Step', 'Error');
      expect(await pipeline.submissions.get(id)).toMatchObject({ state: 'stopped', failedStep: 'Step' });
      pipeline.objects.beforeWrite = () => {};
      expect(fates(await pipeline.run(id, options))).toEqual(expected);
      const record = await pipeline.submissions.get(id);
      expect(record).toMatchObject({ state: 'done' });
      expect(record).not.toHaveProperty('failedStep');
    }
    expect(stopped).toBeGreaterThan(10);
  }, 120_000);

  it('cuts an import whose outputs are more than one job takes, and loses nothing wherever it is killed', async () => {
    const files = [1, 2, 3].flatMap((series) =>
      [1, 2].map((number): SentFile => ({ bytes: slice(0, series, number), group: series })),
    );
    const jobsAfter = async (killAt: number, bytes: number) => {
      const pipeline = newPipeline();
      const id = newSubmissionId();
      pipeline.importLimits = { files: 4_500, bytes };
      await pipeline.send(id, files, everybody);
      let writes = 0;
      pipeline.objects.beforeWrite = () => {
        writes += 1;
        if (writes === killAt) throw new Killed();
      };
      expect(fates(await pipeline.run(id))).toEqual(
        Object.fromEntries(files.map((_, index) => [index + 1, 'imported'])),
      );
      const jobs = new Map<string, string[]>();
      let outputBytes = 0;
      for (const key of pipeline.objects.keys('deidentified')) {
        outputBytes += pipeline.objects.objects.get(`deidentified/${key}`)?.body.length ?? 0;
        const [, , pack = '', file = ''] = key.split('/');
        jobs.set(pack, [...(jobs.get(pack) ?? []), file]);
      }
      return { jobs: [...jobs].sort().map(([, names]) => names.sort()), writes, outputBytes };
    };
    const { jobs: whole, outputBytes } = await jobsAfter(0, 1_000_000);
    expect(whole).toHaveLength(1);
    // the outputs of one series are one job, those of two are not
    const limit = Math.ceil(outputBytes / 2);
    const { jobs, writes } = await jobsAfter(0, limit);
    expect(jobs).toEqual([
      ['000001.dcm', '000002.dcm'],
      ['000003.dcm', '000004.dcm'],
      ['000005.dcm', '000006.dcm'],
    ]);
    for (let killAt = 1; killAt <= writes; killAt += 1)
      expect((await jobsAfter(killAt, limit)).jobs).toEqual(jobs);
  });

  it('keeps the settlement of whoever was first, of two runs that settle at once', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, files, everybody);
    await pipeline.run(id);
    const key = workKeys.settlement(id);
    const first = { ...(pipeline.objects.json('work', key) as object), keptArchives: [9] };
    pipeline.objects.objects.delete(`work/${key}`);
    const put = pipeline.objects.put.bind(pipeline.objects);
    pipeline.objects.put = (place, body, how) => {
      if (place.key === key) pipeline.objects.set('work', key, JSON.stringify(first));
      return put(place, body, how);
    };
    await pipeline.settle(id);
    expect(pipeline.objects.json('work', key)).toEqual(first);
  });

  it('does not import again what was imported, since HealthImaging forgets client tokens', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, files, everybody);
    await pipeline.run(id, options);
    expect((await pipeline.settle(id)).packs).toEqual([]);
  });

  it('names the step at which it stopped last', async () => {
    const pipeline = newPipeline();
    const id = newSubmissionId();
    await pipeline.send(id, files, everybody);
    await pipeline.submissions.stop(id, 'Plan', 'Error');
    await pipeline.submissions.stop(id, 'Receipt', 'UnbalancedReceiptError');
    expect(await pipeline.submissions.get(id)).toMatchObject({
      failedStep: 'Receipt',
      failure: 'UnbalancedReceiptError',
    });
  });
});

/** Files of few series, slices and pixels, so that duplicates, conflicts and mismatches happen. */
const sentFiles: fc.Arbitrary<SentFile[]> = fc
  .array(
    fc.record({
      patient: fc.integer({ min: 0, max: 2 }),
      series: fc.integer({ min: 1, max: 2 }),
      number: fc.integer({ min: 1, max: 3 }),
      pixels: fc.constantFrom('a', 'a', 'b'),
      group: fc.integer({ min: 1, max: 3 }),
      arrival: fc.constantFrom('whole', 'whole', 'whole', 'whole', 'missing', 'other', 'cut'),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((list) =>
    list.map(({ patient, series, number, pixels, group, arrival }): SentFile => {
      const bytes = slice(patient, series, number, pixels);
      if (arrival === 'missing') return { bytes, group, landed: null };
      if (arrival === 'other') return { bytes, group, landed: slice(patient, series, number, 'z') };
      return { bytes: arrival === 'cut' ? bytes.subarray(0, bytes.length - 40) : bytes, group };
    }),
  );

describe('any submission under any kills', () => {
  it('ends with the receipt that it would have had without them', async () => {
    await fc.assert(
      fc.asyncProperty(
        sentFiles,
        fc.constantFrom('primary' as const, 'refused' as const, 'not-primary' as const),
        fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 12 }),
        async (files, third, kills) => {
          const importOf = (ordinal: number) => (ordinal % 3 === 0 ? third : 'primary');
          const options = { optedOut: new Set([nhsNumberOf(1)]), importOf };
          const calm = newPipeline();
          const [calmId, stormyId] = [newSubmissionId(), newSubmissionId()];
          await calm.send(calmId, files, everybody);
          const expected = await calm.run(calmId, options);

          const stormy = newPipeline();
          await stormy.send(stormyId, files, everybody);
          let writes = 0;
          const moments = new Set(kills);
          stormy.objects.beforeWrite = () => {
            writes += 1;
            if (moments.delete(writes)) throw new Killed();
          };
          const receipt = await stormy.run(stormyId, options);

          expect(fates(receipt)).toEqual(fates(expected));
          expect(receipt.files.map((file) => file.ordinal)).toEqual(files.map((_, index) => index + 1));
          const sum = Object.values(receipt.totals).reduce((total, count) => total + count, 0);
          expect(sum).toBe(files.length);
          const withoutId = (pipeline: Pipeline, id: string, bucket: string) =>
            pipeline.objects.keys(bucket).map((key) => key.replace(id, ''));
          for (const bucket of ['deidentified', 'quarantine', 'landing-rx1', 'exchange'])
            expect(withoutId(stormy, stormyId, bucket)).toEqual(withoutId(calm, calmId, bucket));
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
