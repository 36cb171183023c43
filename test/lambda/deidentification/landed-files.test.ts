import { buffer } from 'node:stream/consumers';
import { readArchiveDirectory } from '../../../dicom/archive/read-directory';
import { openLandedHead } from '../../../lambda/deidentification/landed-files';
import { archiveKey } from '../../../lambda/platform/object-keys';
import { sourceOf, writeZip } from '../../dicom/archive/zip-file';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const landing = { bucket: 'landing', submissionId: 's-00000000000000000000000000' };

describe('the head of a file in an archive', () => {
  it.each([true, false])('is what the first bytes hold of it, packed or not (stored: %s)', async (stored) => {
    const content = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index} `).join(''));
    const { archive } = writeZip([{ name: 'file', content, stored }]);
    const [member] = await readArchiveDirectory(sourceOf(archive));
    if (member === undefined || member.coding === null) throw new Error('no member');
    const objects = new MemoryObjectStore();
    objects.set('landing', archiveKey(landing.submissionId, 1), archive);
    const { coding } = member;
    const file = { ordinal: 1, bytes: content.length, archived: { ...member, archive: 1, coding } };
    const stream = await openLandedHead(objects, landing, file, 8 * 1024);
    if (stream === null) throw new Error('no stream');
    const head = await buffer(stream);
    expect(head.length).toBeGreaterThan(8_000);
    expect(head.equals(content.subarray(0, head.length))).toBe(true);
  });

  it('does not grow with what deflate makes of empty pixels: many are held in memory at once', async () => {
    const content = Buffer.alloc(40_000_000);
    content.write('header');
    const { archive } = writeZip([{ name: 'blank', content }]);
    const [member] = await readArchiveDirectory(sourceOf(archive));
    if (member === undefined || member.coding === null) throw new Error('no member');
    const objects = new MemoryObjectStore();
    objects.set('landing', archiveKey(landing.submissionId, 1), archive);
    const landed = 8 * 1024;
    const file = {
      ordinal: 1,
      bytes: content.length,
      archived: { ...member, archive: 1, coding: member.coding },
    };
    const stream = await openLandedHead(objects, landing, file, landed);
    if (stream === null) throw new Error('no stream');
    const head = await buffer(stream);
    expect(head.subarray(0, 6).toString()).toBe('header');
    expect(head.length).toBeGreaterThanOrEqual(landed);
    expect(head.length).toBeLessThanOrEqual(16 * landed + 64 * 1024);
  });
});
