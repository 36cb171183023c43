import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import {
  type ArchiveMember,
  ArchiveMemberError,
  ArchiveRefusal,
  archiveLimits,
} from '../../../dicom/archive/archive-member';
import { readArchiveDirectory } from '../../../dicom/archive/read-directory';
import { memberContent } from '../../../dicom/archive/read-member';
import { sourceOf, type WrittenMember, writeZip } from './zip-file';

/** The archive from a member on, cut into pieces of a size. */
async function* rangeOf(archive: Buffer, { offset, span }: ArchiveMember, pieceBytes: number) {
  const range = archive.subarray(offset, offset + span);
  for (let from = 0; from < range.length; from += pieceBytes) yield range.subarray(from, from + pieceBytes);
}

async function contentOf(archive: Buffer, member: ArchiveMember, pieceBytes = 4096): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of memberContent(rangeOf(archive, member, pieceBytes), member)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const directoryOf = (archive: Buffer) => readArchiveDirectory(sourceOf(archive));
const problemOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof ArchiveRefusal || error instanceof ArchiveMemberError) return error.problem;
    throw error;
  }
};
/** The only member of an archive whose directory passes. */
async function onlyMember(written: WrittenMember): Promise<{ archive: Buffer; member: ArchiveMember }> {
  const { archive } = writeZip([written]);
  const [member] = await directoryOf(archive);
  if (member === undefined) throw new Error('no member');
  return { archive, member };
}

const image = Buffer.from('image '.repeat(400));

describe('an archive', () => {
  it('gives back what random members hold, however its bytes are cut', async () => {
    const members = fc.array(
      fc.record({
        name: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        content: fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
        stored: fc.boolean(),
        localExtra: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 5_000 }), async (written, pieceBytes) => {
        const { archive } = writeZip(written);
        const found = await directoryOf(archive);
        expect(found.map(({ member }) => member)).toEqual(written.map((_, index) => index + 1));
        for (const [index, member] of found.entries())
          expect(await contentOf(archive, member, pieceBytes)).toEqual(written[index]?.content);
      }),
      { numRuns: 60 },
    );
  });

  it('of which any bytes were changed is read or refused, and gives no byte more than announced', async () => {
    const contents = [Buffer.alloc(50_000, 1), Buffer.from('a'), image, Buffer.alloc(0)];
    const { archive: sound } = writeZip(
      contents.map((content, index) => ({ name: `${index}`, content, stored: index === 2 })),
    );
    const changes = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const ends = fc.option(fc.nat(sound.length), { freq: 8 });
    await fc.assert(
      fc.asyncProperty(changes, ends, async (bytes, end) => {
        const archive = Buffer.from(sound.subarray(0, end ?? sound.length));
        for (const [at, value] of bytes) if (at < archive.length) archive[at] = value;
        try {
          for (const member of await directoryOf(archive)) {
            let given = 0;
            try {
              for await (const piece of memberContent(rangeOf(archive, member, 999), member)) {
                given += piece.length;
                expect(given).toBeLessThanOrEqual(member.bytes);
              }
              expect(given).toBe(member.bytes);
            } catch (error) {
              expect(error).toBeInstanceOf(ArchiveMemberError);
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveRefusal);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('may name its members as it likes: no name is read', async () => {
    const names = [
      '../../x',
      '/etc/passwd',
      'C:\\x',
      'a\0b',
      '',
      Buffer.from([0xff, 0xfe, 0x80]),
      'same',
      'same',
    ];
    const { archive } = writeZip(names.map((name, index) => ({ name, content: Buffer.from([index]) })));
    const found = await directoryOf(archive);
    for (const [index, member] of found.entries()) {
      expect(await contentOf(archive, member)).toEqual(Buffer.from([index]));
      expect(Object.values(member).every((value) => typeof value === 'number' || value === 'deflate')).toBe(
        true,
      );
    }
    const heard: Buffer[] = [];
    await readArchiveDirectory(sourceOf(archive), (_, name) => heard.push(Buffer.from(name)));
    expect(heard).toEqual(names.map((name) => Buffer.from(name)));
  });

  it('of another writer is read: data descriptors, zip64, comments', async () => {
    const zip = new ZipFile();
    zip.addBuffer(image, 'one', { compress: true, forceZip64Format: true });
    zip.addReadStream(Readable.from([image, image]), 'two', { compress: true });
    zip.end({ forceZip64Format: true, comment: 'made for a test' });
    const archive = await buffer(zip.outputStream);
    const found = await directoryOf(archive);
    expect(found).toHaveLength(2);
    expect(await contentOf(archive, found[0] as ArchiveMember)).toEqual(image);
    expect(await contentOf(archive, found[1] as ArchiveMember)).toEqual(Buffer.concat([image, image]));
  });

  it('is read in few requests, whatever the number of its members', async () => {
    const { archive } = writeZip(
      Array.from({ length: 20_000 }, (_, index) => ({
        name: `series/${index}`,
        content: Buffer.from(`${index}`),
        stored: true,
      })),
    );
    const source = sourceOf(archive);
    expect(await readArchiveDirectory(source)).toHaveLength(20_000);
    expect(source.requests).toBeLessThanOrEqual(4);
  });

  it('fails with the failure of its source, not with a refusal', async () => {
    const { archive } = writeZip([{ name: 'a', content: image }]);
    const broken = { bytes: archive.length, read: async () => Promise.reject(new Error('no network')) };
    await expect(readArchiveDirectory(broken)).rejects.toThrow('no network');
    const [member] = await directoryOf(archive);
    const source = (async function* () {
      yield archive.subarray(0, 20);
      throw new Error('no network');
    })();
    await expect(buffer(memberContent(source, member as ArchiveMember))).rejects.toThrow('no network');
  });
});

describe('an archive is refused', () => {
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a text', Buffer.from('no archive at all, though its name ends in .zip')],
    ['one cut off before its directory', writeZip([{ name: 'a', content: image }]).archive.subarray(0, 60)],
    ['one cut off in its end', writeZip([{ name: 'a', content: image }]).archive.subarray(0, -1)],
    [
      'one whose count hides members',
      writeZip(
        [
          { name: 'a', content: image },
          { name: 'b', content: image },
        ],
        1,
      ).archive,
    ],
    ['one whose count is too large', writeZip([{ name: 'a', content: image }], 2).archive],
  ])('as damaged: %s', async (_what, archive) => {
    expect(await problemOf(directoryOf(archive))).toBe('damaged');
  });

  it('when members share compressed bytes, as in a bomb of overlapping entries', async () => {
    const kernel = Buffer.alloc(1_000_000);
    const { archive } = writeZip([
      { name: 'kernel', content: kernel },
      ...Array.from({ length: 50 }, (_, index) => ({
        name: `${index}`,
        content: kernel,
        compressed: Buffer.alloc(0),
        says: { offset: 0, compressedBytes: deflateRawSync(kernel).length },
      })),
    ]);
    expect(await problemOf(directoryOf(archive))).toBe('members-overlap');
  });

  it('when the header of a member stands inside the bytes of another one', async () => {
    const { archive, places } = writeZip([
      { name: 'a', content: image, stored: true },
      { name: 'b', content: image, stored: true, says: { offset: 200 } },
    ]);
    expect(places[1]?.offset).toBeGreaterThan(200);
    expect(await problemOf(directoryOf(archive))).toBe('members-overlap');
  });

  it('when a member reaches into the directory', async () => {
    const { archive } = writeZip([
      { name: 'a', content: image, stored: true, says: { compressedBytes: 9_999 } },
    ]);
    expect(await problemOf(directoryOf(archive))).toBe('members-overlap');
  });

  it('when it has too many members, before one is read', async () => {
    const { archive } = writeZip([{ name: 'a', content: image }], 5_000);
    const limits = { ...archiveLimits, members: 4_999 };
    expect(await problemOf(readArchiveDirectory(sourceOf(archive), () => {}, limits))).toBe(
      'too-many-members',
    );
  });

  it('when its directory is longer than one of images can be', async () => {
    const members = Array.from({ length: 100 }, () => ({
      name: 'n'.repeat(60_000),
      content: Buffer.alloc(1),
    }));
    const limits = { ...archiveLimits, directoryBytes: 1_000_000 };
    const reading = readArchiveDirectory(sourceOf(writeZip(members).archive), () => {}, limits);
    expect(await problemOf(reading)).toBe('directory-too-large');
  });

  it('when it expands further than images do', async () => {
    const zeros = Buffer.alloc(200_000);
    const { archive } = writeZip([{ name: 'a', content: zeros }]);
    const limits = { ...archiveLimits, freeBytes: 100_000 };
    expect(await problemOf(readArchiveDirectory(sourceOf(archive), () => {}, limits))).toBe(
      'expands-too-much',
    );
    expect(await problemOf(directoryOf(archive))).toBe('none');
  });
});

describe('a member is refused', () => {
  it.each<[string, string, Partial<WrittenMember>]>([
    ['encrypted', 'not-readable', { says: { flags: 1 } }],
    ['compressed by another method', 'not-readable', { says: { method: 14 } }],
    ['stored with two sizes', 'not-readable', { stored: true, says: { bytes: 7 } }],
    ['longer than announced', 'longer', { says: { bytes: 100 } }],
    ['shorter than announced', 'shorter', { says: { bytes: 90_000 } }],
    ['of another CRC-32', 'crc', { says: { crc32: 1 } }],
    ['of another CRC-32, stored', 'crc', { stored: true, says: { crc32: 1 } }],
    ['damaged', 'inflate', { compressed: Buffer.alloc(200, 0xff) }],
    ['cut off', 'inflate', { compressed: deflateRawSync(image).subarray(0, 20) }],
    ['followed by other bytes', 'inflate', { compressed: Buffer.concat([deflateRawSync(image), image]) }],
  ])('when it is %s', async (_what, problem, change) => {
    const { archive, member } = await onlyMember({ name: 'a', content: image, ...change });
    expect(await problemOf(contentOf(archive, member))).toBe(problem);
  });

  it('when its local header is another than the directory says', async () => {
    const { archive, member } = await onlyMember({ name: 'a', content: image });
    for (const at of [0, 6, 8, 27]) {
      const changed = Buffer.from(archive);
      changed[at] = 0x81;
      expect(await problemOf(contentOf(changed, member))).toBe('header');
    }
  });

  it('one byte past its announced bytes, though it would expand a thousandfold', async () => {
    const { archive, member } = await onlyMember({
      name: 'a',
      content: Buffer.alloc(100_000_000),
      says: { bytes: 1_000, crc32: crc32(Buffer.alloc(1_000)) },
    });
    let read = 0;
    const source = (async function* () {
      for await (const piece of rangeOf(archive, member, 512)) {
        read += piece.length;
        yield piece;
      }
    })();
    expect(await problemOf(buffer(memberContent(source, member)))).toBe('longer');
    // Nearly all of its hundred kilobytes were left unread, and so not inflated.
    expect(read).toBeLessThan(archive.length / 2);
  });

  it('not when it is an archive itself: it is a file like another, and is not looked into', async () => {
    let inner = writeZip([{ name: 'bomb', content: Buffer.alloc(1_000_000) }]).archive;
    for (let layer = 0; layer < 5; layer += 1)
      inner = writeZip(
        Array.from({ length: 16 }, (_, index) => ({ name: `${index}`, content: inner })),
      ).archive;
    const found = await directoryOf(inner);
    expect(found).toHaveLength(16);
    expect((await contentOf(inner, found[0] as ArchiveMember)).readUInt32LE(0)).toBe(0x04034b50);
  });
});
