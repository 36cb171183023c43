import type { FrameFormat } from '../../../dicom/dictionary/transfer-syntaxes';
import { FragmentCleaner } from '../../../dicom/pixels/fragment-cleaner';
import { fragments } from '../samples/make-instance';

const token = 'Zqplanted';

const segment = (code: number, payload: Buffer | string): Buffer => {
  const body = Buffer.from(payload);
  const header = Buffer.from([0xff, code, 0, 0]);
  header.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([header, body]);
};

const startOfImage = Buffer.from([0xff, 0xd8]);
const scan = Buffer.from([0xff, 0xda, 0, 4, 1, 1, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);
const endOfImage = Buffer.from([0xff, 0xd9]);
const even = (stream: Buffer): Buffer =>
  stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
const jpeg = (...segments: Buffer[]): Buffer =>
  even(Buffer.concat([startOfImage, ...segments, scan, endOfImage]));

const size = segment(0x51, Buffer.alloc(38));
/** A code stream of one tile-part; `open`: the tile-part does not say its length. */
function jpeg2000(main: Buffer[], tileHeader: Buffer[], open = false): Buffer {
  const data = Buffer.from([0xff, 0x93, 1, 2, 0xff, 0x64, 3, 4]);
  const header = Buffer.concat(tileHeader);
  const tile = Buffer.alloc(10);
  tile.writeUInt32BE(open ? 0 : 12 + header.length + data.length, 2);
  const start = segment(0x90, tile.subarray(0, 8));
  start.writeUInt16BE(0, 4);
  start.writeUInt32BE(open ? 0 : 12 + header.length + data.length, 6);
  return even(Buffer.concat([Buffer.from([0xff, 0x4f]), size, ...main, start, header, data, endOfImage]));
}

const box = (type: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + content.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
};

function clean(
  value: Buffer,
  format: FrameFormat,
  piece = value.length,
): { output: Buffer; changed: boolean } {
  const cleaner = new FragmentCleaner(format);
  const output: Buffer[] = [];
  for (let at = 0; at < value.length; at += piece) output.push(cleaner.push(value.subarray(at, at + piece)));
  output.push(cleaner.finish());
  return { output: Buffer.concat(output), changed: cleaner.changed };
}

const latin = (text: string): Buffer => Buffer.concat([Buffer.from([0, 1]), Buffer.from(text)]);

describe('text inside compressed frames', () => {
  const places: [string, FrameFormat, Buffer][] = [
    ['a comment', 'jpeg', jpeg(segment(0xfe, token))],
    [
      'a comment between scans',
      'jpeg',
      even(Buffer.concat([jpeg().subarray(0, -3), segment(0xfe, token), endOfImage])),
    ],
    ['Exif', 'jpeg', jpeg(segment(0xe1, `Exif\0\0${token}`))],
    ['a thumbnail of JFIF', 'jpeg', jpeg(segment(0xe0, `JFIF\0\x01\x02\x00\0\x01\0\x01\x03\x01${token}`))],
    ['what follows the transform of Adobe', 'jpeg', jpeg(segment(0xee, `Adobe\0\x64\0\0\0\0\x01${token}`))],
    ['a reserved segment', 'jpeg', jpeg(segment(0xf0, token))],
    ['bytes behind the end', 'jpeg', even(Buffer.concat([jpeg(), Buffer.from(token)]))],
    ['a comment of JPEG-LS', 'jpeg-ls', jpeg(segment(0xfe, token))],
    ['a comment of JPEG 2000', 'jpeg-2000', jpeg2000([segment(0x64, latin(token))], [])],
    ['a comment in a tile-part', 'jpeg-2000', jpeg2000([], [segment(0x64, latin(token))])],
    [
      'bytes behind an open tile-part',
      'jpeg-2000',
      even(Buffer.concat([jpeg2000([], [], true), Buffer.from(token)])),
    ],
    [
      'metadata of JP2',
      'jpeg-2000',
      even(
        Buffer.concat([
          box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
          box('jp2h', Buffer.concat([box('ihdr', Buffer.alloc(14)), box('xml ', Buffer.from(token))])),
          box('xml ', Buffer.from(`<name>${token}</name>`)),
          box('jp2c', jpeg2000([], [])),
          box('xml ', Buffer.from(token)),
        ]),
      ),
    ],
  ];

  it.each(places)('is overwritten in place: %s', (_place, format, stream) => {
    const value = fragments(stream, jpeg());
    const { output, changed } = clean(value, format);
    expect(output.length).toBe(value.length);
    expect(output.includes(token)).toBe(false);
    expect(changed).toBe(true);
    for (const piece of [1, 7, 23]) expect(clean(value, format, piece).output.equals(output)).toBe(true);
  });

  it('is overwritten where it runs on into the next fragment', () => {
    const stream = jpeg(segment(0xfe, token.repeat(3)));
    const value = fragments(stream.subarray(0, 16), stream.subarray(16));
    const { output } = clean(value, 'jpeg');
    expect(output.length).toBe(value.length);
    expect(output.includes('planted')).toBe(false);
    expect(clean(value, 'jpeg', 5).output.equals(output)).toBe(true);
  });

  it.each<[string, FrameFormat, Buffer]>([
    ['JFIF', 'jpeg', jpeg(segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'))],
    ['the transform of Adobe', 'jpeg', jpeg(segment(0xee, 'Adobe\0\x64\0\0\0\0\x01'))],
    ['the name of an encoder', 'jpeg', jpeg(segment(0xfe, 'Intel(R) JPEG Library, version [1.51.13.45]\0'))],
    ['the name of an encoder', 'jpeg-2000', jpeg2000([segment(0x64, latin('Kakadu-2.2'))], [])],
    ['quantization tables', 'jpeg', jpeg(segment(0xdb, token))],
    ['tile data that looks like a comment', 'jpeg-2000', jpeg2000([], [])],
    ['a format that has no text', 'rle', Buffer.from(token)],
  ])('leaves %s (%s)', (_what, format, stream) => {
    const value = fragments(even(stream));
    const { output, changed } = clean(value, format, 11);
    expect(output.equals(value)).toBe(true);
    expect(changed).toBe(false);
  });

  it('tells which fragments begin a frame', () => {
    const cleaner = new FragmentCleaner('jpeg');
    cleaner.push(fragments(jpeg(), Buffer.from([1, 2, 3, 4]), jpeg(), Buffer.alloc(0)));
    expect(cleaner.signatures).toEqual(['frame', 'none', 'frame', 'none']);
  });
});
