import { createHash } from 'node:crypto';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import { landingKey } from '../../../lambda/platform/object-keys';
import { describePage } from '../../../lambda/submission/manifest';
import { viewSubmission } from '../../../lambda/submission/show-submission';
import { LedgerUploadStore } from '../../../lambda/submission/upload-store';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { Pipeline, validNhsNumber } from './pipeline-fixture';

const patient = fictitiousPatient('expired', 0);
const source = {
  seed: 'expired',
  name: 'study',
  patient,
  nhsNumberPlace: { attribute: 'PatientID' },
} as const;

function slice(number: number): Buffer {
  const image = ctSlice(source, { series: 1, slice: number, size: 16 });
  return part10File(image.instance, image.pixels);
}

const files = [1, 2, 3, 4].map(slice);
const createdAt = '2026-11-16T11:00:00.000Z';

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

/** A submission of five announced files, of which the manifest lists some when its time is over. */
async function expired(pipeline: Pipeline, id: string, listed: readonly number[]): Promise<void> {
  const totalBytes = files.reduce((sum, file) => sum + file.length, 0) + 100;
  await pipeline.submissions.create(
    {
      id,
      state: 'open',
      trust: 'RX1',
      collection: 'expired',
      fileCount: 5,
      totalBytes,
      createdAt,
      createdBy: 'subject',
    },
    id,
    'digest',
  );
  for (const [pagesSeen, ordinal] of listed.entries()) {
    const bytes = files[ordinal - 1] as Buffer;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const entries = [{ ordinal, bytes: bytes.length, sha256, group: 1 }];
    await pipeline.manifests.writePage(id, pagesSeen, describePage(ordinal, entries), entries);
  }
  await pipeline.submissions.expire({ id, createdAt }, new Date('2026-11-23T11:00:00.000Z'));
}

describe('an expired submission through the pipeline', () => {
  it('accounts what was listed: what came, and what did not as missing', async () => {
    const pipeline = new Pipeline(embedded.table, 'expired');
    const id = 's-00000000000000000000000001';
    await expired(pipeline, id, [2, 4]);
    pipeline.objects.set('landing-rx1', landingKey(id, 2), files[1] as Buffer, false);
    pipeline.objects.set('exchange', `subjects/${id}.txt`, `${validNhsNumber(patient.nhsNumber)},\n`);
    const uploadId = await pipeline.multipart.create({ bucket: 'landing-rx1', key: landingKey(id, 4) });
    const uploads = new LedgerUploadStore(embedded.table);
    expect(await uploads.begin(id, landingKey(id, 4), uploadId, null)).toBe(false);
    const receipt = await pipeline.run(id);
    expect(receipt.files.map(({ ordinal, outcome }) => [ordinal, outcome])).toEqual([
      [2, 'imported'],
      [4, 'missing'],
    ]);
    expect(receipt.expired).toEqual({ announcedFiles: 5, announcedBytes: expect.any(Number) });
    expect(receipt.totals).toMatchObject({ imported: 1, missing: 1 });
    const record = await pipeline.submissions.get(id);
    expect(record === null ? null : viewSubmission(record)).toMatchObject({
      state: 'done',
      expired: true,
      fileCount: 5,
      listedFiles: 2,
    });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([]);
  });

  it('of which nothing was listed ends as done with no file, and what landed is deleted', async () => {
    const pipeline = new Pipeline(embedded.table, 'expired');
    const id = 's-00000000000000000000000002';
    await expired(pipeline, id, []);
    pipeline.objects.set('landing-rx1', landingKey(id, 1), files[0] as Buffer, false);
    const receipt = await pipeline.run(id);
    expect(receipt.files).toEqual([]);
    expect(receipt.expired?.announcedFiles).toBe(5);
    expect(pipeline.objects.keys('landing-rx1')).toEqual([]);
    const record = await pipeline.submissions.get(id);
    expect(record === null ? null : viewSubmission(record)).toMatchObject({ state: 'done', listedFiles: 0 });
  });

  it('deletes parts that were never put together', async () => {
    const pipeline = new Pipeline(embedded.table, 'expired');
    const id = 's-00000000000000000000000003';
    await pipeline.send(id, [{ bytes: files[0] as Buffer, group: 1, landed: null }], []);
    // As begun before the submission was completed.
    const uploadId = await pipeline.multipart.create({ bucket: 'landing-rx1', key: landingKey(id, 1) });
    await embedded.table.put({
      pk: `SUBMISSION#${id}`,
      sk: 'UPLOAD#000001',
      key: landingKey(id, 1),
      uploadId,
      state: 'open',
    });
    await pipeline.run(id);
    expect(pipeline.multipart.uploads.size).toBe(0);
  });
});
