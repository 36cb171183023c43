import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import { newId } from '../../../lambda/platform/ids';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import type { ReceiptPayload } from '../../../lambda/submission/submission.contract';
import { type WrittenMember, writeZip } from '../../dicom/archive/zip-file';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { Killed, Pipeline, validNhsNumber } from './pipeline-fixture';
import type { SentFile } from './sent-files';

const patients = [0, 1, 2].map((index) => fictitiousPatient('archives', index));
const nhsNumberOf = (patient: number) => validNhsNumber(patients[patient]?.nhsNumber ?? '');
const everybody = [0, 1, 2].map(nhsNumberOf);

function slice(patient: number, number: number, pixel = 1): Buffer {
  const person = patients[patient];
  if (person === undefined) throw new Error('no such patient');
  const image = ctSlice(
    {
      seed: 'archives',
      name: `study of ${patient}`,
      patient: person,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series: 1, slice: number, size: 16 },
  );
  const pixels = Buffer.from(image.pixels);
  pixels.writeUInt8(pixel, 0);
  return part10File(image.instance, pixels);
}

const fates = ({ files }: ReceiptPayload): Record<number, string> =>
  Object.fromEntries(files.map(({ ordinal, outcome, code }) => [ordinal, code ?? outcome]));

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

let count = 0;
function newPipeline(): { pipeline: Pipeline; id: string } {
  count += 1;
  const time = count;
  const id = newId('s', { now: () => new Date(time) });
  return { pipeline: new Pipeline(embedded.table, `archives-${count}`), id };
}

/** Files of one archive in the order of its members, and the archive. */
function archiveOf(archive: number, members: readonly WrittenMember[], groups: readonly number[]) {
  const files = members.map(
    ({ content }, index): SentFile => ({
      bytes: content,
      group: groups[index] ?? 1,
      archived: { archive, member: index + 1 },
    }),
  );
  return { files, bytes: writeZip(members).archive };
}

const cleared = { name: 'SMITH^JANE/1.dcm', content: slice(0, 1) };
const optedOut = new Set([nhsNumberOf(1)]);

describe('a submission with archives', () => {
  it('gives every member one end, as if it had come on its own', async () => {
    const { pipeline, id } = newPipeline();
    const deflated = archiveOf(
      1,
      [
        cleared,
        { name: '../../x', content: slice(0, 2) },
        { name: 'same image', content: slice(0, 1) },
        { name: 'other pixels', content: slice(0, 2, 9) },
        { name: 'opted out', content: slice(1, 1) },
        { name: 'no image', content: Buffer.from('this is no image') },
        { name: 'damaged', content: slice(0, 3), compressed: Buffer.alloc(300, 0xff) },
        { name: 'encrypted', content: slice(0, 4), says: { flags: 1 } },
        { name: 'other CRC', content: slice(0, 5), says: { crc32: 7 } },
      ],
      [1, 1, 1, 1, 2, 3, 1, 1, 1],
    );
    const stored = archiveOf(
      2,
      [
        { name: 'a', content: slice(2, 1), stored: true },
        { name: 'b', content: slice(2, 2), stored: true },
      ],
      [4, 4],
    );
    const loose = { bytes: slice(2, 3), group: 4 };
    const files = [...deflated.files, ...stored.files, loose];
    await pipeline.send(id, files, everybody, [deflated, stored]);
    const receipt = await pipeline.run(id, {
      optedOut,
      importOf: (ordinal) => (ordinal === 11 ? 'refused' : 'primary'),
    });
    expect(fates(receipt)).toEqual({
      1: 'imported',
      2: 'imported',
      3: 'duplicate',
      4: 'UID_CONFLICT',
      5: 'withheld',
      6: 'NOT_DICOM',
      7: 'ARCHIVE_MEMBER_INVALID',
      8: 'ARCHIVE_MEMBER_INVALID',
      9: 'ARCHIVE_MEMBER_INVALID',
      10: 'imported',
      11: 'IMPORT_REFUSED',
      12: 'imported',
    });
    // In quarantine the content of the member, of a deflated one too.
    for (const ordinal of [4, 11]) {
      const name = `RX1/${id}/${String(ordinal).padStart(6, '0')}`;
      expect(pipeline.objects.objects.get(`quarantine/${name}`)?.body).toEqual(files[ordinal - 1]?.bytes);
    }
    expect(pipeline.objects.tags('quarantine', `RX1/${id}/000004`)).toEqual({ code: 'UID_CONFLICT' });
  });

  it('keeps of an archive only the files that are quarantined in landing, each on its own', async () => {
    const { pipeline, id } = newPipeline();
    const damaged = Buffer.alloc(300, 0xff);
    const { files, bytes } = archiveOf(
      1,
      [
        cleared,
        { name: 'opted out', content: slice(1, 1) },
        { name: 'no image', content: Buffer.from('this is no image') },
        { name: 'damaged', content: slice(0, 3), compressed: damaged },
      ],
      [1, 2, 3, 1],
    );
    await pipeline.send(id, files, everybody, [{ bytes }]);
    await pipeline.run(id, { optedOut });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000003`, `${id}/000004`]);
    const landed = (ordinal: number) =>
      pipeline.objects.objects.get(`landing-rx1/${id}/00000${ordinal}`)?.body;
    expect(landed(3)).toEqual(Buffer.from('this is no image'));
    expect(landed(4)).toEqual(damaged);
    await pipeline.receipt(id);
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000003`, `${id}/000004`]);
  });

  it.each<[string, Buffer | null | 'sound', string, number]>([
    ['never landed', null, 'missing', 0],
    ['landed with another length', Buffer.alloc(100), 'CHECKSUM_MISMATCH', 1],
  ])('ends all files of one that %s', async (_what, landed, fate, kept) => {
    const { pipeline, id } = newPipeline();
    const { files, bytes } = archiveOf(1, [cleared, { name: 'b', content: slice(0, 2) }], [1, 1]);
    const loose = { bytes: slice(2, 1), group: 2 };
    await pipeline.send(id, [...files, loose], everybody, [{ bytes, landed: landed as Buffer | null }]);
    expect(fates(await pipeline.run(id))).toEqual({ 1: fate, 2: fate, 3: 'imported' });
    expect(pipeline.objects.keys('landing-rx1')).toHaveLength(kept);
  });

  it.each([
    ['are those announced', '', 'imported'],
    ['are others', 'other', 'CHECKSUM_MISMATCH'],
  ])('compares of one in parts what S3 keeps of them: they %s', async (_what, change, fate) => {
    const { pipeline, id } = newPipeline();
    const { files, bytes } = archiveOf(1, [cleared], [1]);
    const sha256 = ['a'.repeat(64), 'b'.repeat(64)];
    const composite = compositeDigest(change === '' ? sha256 : [...sha256].reverse());
    await pipeline.send(id, files, everybody, [{ bytes, parts: { sha256, composite } }]);
    expect(fates(await pipeline.run(id))).toEqual({ 1: fate });
  });

  it('quarantines all files of one that cannot be read, and keeps it as it is', async () => {
    const { pipeline, id } = newPipeline();
    const kernel = Buffer.alloc(100_000);
    const bomb = archiveOf(
      1,
      [
        { name: 'kernel', content: kernel },
        {
          name: 'again',
          content: kernel,
          compressed: Buffer.alloc(0),
          says: { offset: 0, compressedBytes: deflateRawSync(kernel).length },
        },
      ],
      [1, 2],
    );
    const cut = archiveOf(2, [cleared], [3]);
    const half = cut.bytes.subarray(0, cut.bytes.length - 30);
    await pipeline.send(id, [...bomb.files, ...cut.files], everybody, [bomb, { bytes: half }]);
    expect(fates(await pipeline.run(id))).toEqual({
      1: 'ARCHIVE_UNREADABLE',
      2: 'ARCHIVE_UNREADABLE',
      3: 'ARCHIVE_UNREADABLE',
    });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/archives/000001`, `${id}/archives/000002`]);
  });

  it('believes the content, not the manifest: other bytes, another length, a member that is not there', async () => {
    const { pipeline, id } = newPipeline();
    const { files, bytes } = archiveOf(
      1,
      [cleared, { name: 'b', content: slice(0, 2) }, { name: 'c', content: slice(0, 3) }],
      [1, 1, 1],
    );
    const [first, second, third] = files as [SentFile, SentFile, SentFile];
    const announced: SentFile[] = [
      { ...first, bytes: slice(0, 1, 5) },
      { ...second, bytes: second.bytes.subarray(1) },
      { ...third, archived: { archive: 1, member: 4 } },
    ];
    await pipeline.send(id, announced, everybody, [{ bytes }]);
    expect(fates(await pipeline.run(id))).toEqual({
      1: 'CHECKSUM_MISMATCH',
      2: 'ARCHIVE_MEMBER_INVALID',
      3: 'ARCHIVE_MEMBER_INVALID',
    });
    expect(pipeline.objects.keys('quarantine')).toEqual([`RX1/${id}/000001`]);
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000002`]);
  });

  it('reads the NHS numbers from the headers of members where none came beside the manifest', async () => {
    const { pipeline, id } = newPipeline();
    const { files, bytes } = archiveOf(
      1,
      [cleared, { name: 'b', content: slice(1, 1) }, { name: 'c', content: slice(0, 3), says: { crc32: 7 } }],
      [1, 2, 1],
    );
    await pipeline.send(id, files, null, [{ bytes }]);
    expect(fates(await pipeline.run(id, { optedOut }))).toEqual({
      1: 'imported',
      2: 'withheld',
      3: 'ARCHIVE_MEMBER_INVALID',
    });
  });

  it('ends alike whatever is killed, and leaves no archive', async () => {
    const { files, bytes } = archiveOf(
      1,
      [
        cleared,
        { name: 'b', content: slice(0, 2) },
        { name: 'c', content: slice(0, 2, 9) },
        { name: 'd', content: slice(1, 1) },
        { name: 'e', content: Buffer.from('this is no image') },
        { name: 'f', content: slice(0, 3), compressed: Buffer.alloc(100, 0xff) },
      ],
      [1, 1, 1, 2, 3, 1],
    );
    const sent = [...files, { bytes: slice(2, 1), group: 4 }];
    const calm = newPipeline();
    await calm.pipeline.send(calm.id, sent, everybody, [{ bytes }]);
    const expected = await calm.pipeline.run(calm.id, { optedOut });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 10 }), async (kills) => {
        const { pipeline, id } = newPipeline();
        await pipeline.send(id, sent, everybody, [{ bytes }]);
        const moments = new Set(kills);
        let writes = 0;
        pipeline.objects.beforeWrite = () => {
          writes += 1;
          if (moments.delete(writes)) throw new Killed();
        };
        expect(fates(await pipeline.run(id, { optedOut }))).toEqual(fates(expected));
        expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000005`, `${id}/000006`]);
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
