import { GatheredText } from '../../../dicom/prove/gathered-text';
import { OutputSplitter } from '../../../dicom/prove/output-splitter';
import { ProofFailure } from '../../../dicom/prove/proof-failure';

const mebibyte = 1024 * 1024;

describe('text gathered of compressed frames', () => {
  it('is kept once, and zeros not at all, so that memory does not grow with the frames', () => {
    const text = new GatheredText();
    const profile = Buffer.alloc(60_000, 'profile');
    for (let frame = 0; frame < 1_000; frame += 1) {
      text.add(profile);
      text.add(Buffer.alloc(60_000));
    }
    text.add(Buffer.from('comment'));
    expect(text.segments).toEqual([profile, Buffer.from('comment')]);
  });

  it('belongs to the gatherer: the memory of a segment is its giver’s again', () => {
    const text = new GatheredText();
    const segment = Buffer.from('comment');
    text.add(segment);
    segment.fill(0);
    expect(text.segments).toEqual([Buffer.from('comment')]);
  });

  it('fails the proof where there is more than code streams hold', () => {
    const text = new GatheredText();
    for (let index = 0; index < 4; index += 1) text.add(Buffer.alloc(mebibyte, index + 1));
    expect(() => text.add(Buffer.from('x'))).toThrow(ProofFailure);
  });
});

describe('bytes where no image data can be', () => {
  const item = (element: number, length: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(0xfffe, 0);
    bytes.writeUInt16LE(element, 2);
    bytes.writeUInt32LE(length, 4);
    return bytes;
  };
  const pixelData = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);

  /** An output whose one JPEG frame has bytes behind its end. */
  function split(behind: readonly Buffer[]): OutputSplitter {
    const frame = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
    const length = behind.reduce((sum, piece) => sum + piece.length, frame.length);
    const splitter = new OutputSplitter(true, true, '1.2.840.10008.1.2.4.50');
    for (const piece of [pixelData, item(0xe000, 0), item(0xe000, length), frame, ...behind, item(0xe0dd, 0)])
      splitter.push(piece);
    splitter.finish();
    return splitter;
  }

  it('are text, over pieces and zeros', () => {
    const { comments } = split([
      Buffer.from('behind '),
      Buffer.from('the end'),
      Buffer.alloc(10),
      Buffer.from('more'),
    ]);
    expect(comments.map(String)).toEqual(['behind the end\0more']);
  });

  it('take no memory where they are zeros, and fail the proof where they are many', () => {
    expect(split(Array.from({ length: 64 }, () => Buffer.alloc(mebibyte))).comments).toEqual([]);
    const noise = Array.from({ length: 5 }, (_, index) => Buffer.alloc(mebibyte, index + 1));
    expect(() => split(noise)).toThrow(ProofFailure);
  });
});
