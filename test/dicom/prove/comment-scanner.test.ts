import type { FrameFormat } from '../../../dicom/dictionary/transfer-syntaxes';
import { CommentScanner } from '../../../dicom/prove/comment-scanner';

const segment = (marker: number, body: string): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(0xff00 | marker, 0);
  bytes.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([bytes, Buffer.from(body, 'latin1')]);
};
const bare = (...codes: number[]): Buffer => Buffer.from(codes.flatMap((code) => [0xff, code]));
const entropy = Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56]);

const jpeg = Buffer.concat([
  bare(0xd8),
  segment(0xe1, 'exif text'),
  segment(0xdb, 'quantisation'),
  segment(0xfe, 'first comment'),
  segment(0xda, 'scan'),
  entropy,
  segment(0xfe, 'between the scans'),
  segment(0xda, 'scan'),
  entropy,
  bare(0xd9),
  Buffer.from('behind the end'),
]);

function jpeg2000(): Buffer {
  const data = Buffer.from([0x01, 0xff, 0x64, 0x00, 0x05, 0x41, 0x42]);
  const tileBody = Buffer.concat([segment(0x64, 'in the tile'), bare(0x93), data]);
  const startOfTile = Buffer.alloc(12);
  startOfTile.writeUInt16BE(0xff90, 0);
  startOfTile.writeUInt16BE(10, 2);
  startOfTile.writeUInt32BE(12 + tileBody.length, 6);
  return Buffer.concat([
    bare(0x4f),
    segment(0x51, 'size of image'),
    segment(0x64, 'main comment'),
    startOfTile,
    tileBody,
    bare(0xd9),
  ]);
}

function textsOf(format: FrameFormat, stream: Buffer, pieceSize: number): string[] {
  const texts: string[] = [];
  const scanner = new CommentScanner(format, (bytes) => texts.push(bytes.toString('latin1')));
  scanner.startFragment(stream);
  for (let at = 0; at < stream.length; at += pieceSize) scanner.push(stream.subarray(at, at + pieceSize));
  scanner.finish();
  return texts;
}

describe('text in compressed frames is found', () => {
  it('in application and comment segments of JPEG, between scans and behind the end', () => {
    expect(textsOf('jpeg', jpeg, jpeg.length)).toEqual([
      'exif text',
      'first comment',
      'between the scans',
      'behind the end',
    ]);
  });

  it.each([1, 2, 3, 5, 17])('in pieces of %i bytes too', (size) => {
    const texts = textsOf('jpeg', jpeg, size);
    expect(texts).toEqual(textsOf('jpeg', jpeg, jpeg.length));
    expect(textsOf('jpeg-2000', jpeg2000(), size)).toEqual(['main comment', 'in the tile']);
  });

  it('in the headers of JPEG 2000, and not among its samples', () => {
    expect(textsOf('jpeg-2000', jpeg2000(), 1000)).toEqual(['main comment', 'in the tile']);
  });

  it('wherever a marker should be and is none', () => {
    const broken = Buffer.concat([bare(0xd8), segment(0xdb, 'q'), Buffer.from('name in the gap')]);
    expect(textsOf('jpeg', broken, broken.length)).toEqual(['name in the gap']);
  });
});
