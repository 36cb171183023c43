import { makeElement, makeText, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { locateFrames } from '../../../dicom/read/locate-frames';
import { ctElements, fragments, jpegStream, makeInstance, syntaxes } from '../samples/make-instance';

const frames = (count: string) => makeText(0x00280008, 'IS', count);
const { encoding } = syntaxes.jpeg;

describe('the frames of an instance', () => {
  it('are cut by size where they are not compressed', async () => {
    const samples = Buffer.from(Array.from({ length: 96 }, (_, index) => index));
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(encoding, [frames('3')]),
      pixelData: samples,
    });
    const located = await locateFrames(file);
    expect(located.frames.map((frame) => frame[0])).toEqual([0, 32, 64]);
  });

  it('of single bits are cut at bits, not at bytes', async () => {
    const elements = ctElements(encoding, [
      frames('2'),
      makeUnsignedShort(0x00280010, 3, encoding),
      makeUnsignedShort(0x00280011, 3, encoding),
      makeUnsignedShort(0x00280100, 1, encoding),
    ]);
    const file = makeInstance({
      syntax: 'explicit',
      elements,
      pixelData: Buffer.from([0xff, 0x01, 0x00, 0x00]),
    });
    const located = await locateFrames(file);
    expect(located.frames.map((frame) => frame.toString('hex'))).toEqual(['ff01', '0000']);
  });

  it('are the fragments, one each, or all of them where there is one frame', async () => {
    const streams = [jpegStream('a'), jpegStream('bb'), jpegStream('ccc')];
    const pixelData = fragments(...streams);
    const three = await locateFrames(
      makeInstance({ syntax: 'jpeg', elements: ctElements(encoding, [frames('3')]), pixelData }),
    );
    expect(three.frames.map((frame) => frame.toString('hex'))).toEqual(
      streams.map((stream) => stream.toString('hex')),
    );
    const one = await locateFrames(
      makeInstance({ syntax: 'jpeg', elements: ctElements(encoding), pixelData }),
    );
    expect(one.frames).toHaveLength(1);
    expect(one.frames[0]?.equals(Buffer.concat(streams))).toBe(true);
  });

  it('begin where an image begins, where fragments are more than frames and no table tells', async () => {
    const [first, second] = [jpegStream('a'), jpegStream('bb')];
    const pixelData = fragments(
      first.subarray(0, 6),
      first.subarray(6),
      second.subarray(0, 4),
      second.subarray(4),
    );
    const located = await locateFrames(
      makeInstance({ syntax: 'jpeg', elements: ctElements(encoding, [frames('2')]), pixelData }),
    );
    expect(located.frames.map((frame) => frame.toString('hex'))).toEqual([
      first.toString('hex'),
      second.toString('hex'),
    ]);
  });

  it('follow the extended offset table', async () => {
    const streams = [jpegStream('a'), jpegStream('bb')];
    const table = Buffer.alloc(16);
    table.writeBigUInt64LE(BigInt(8 + (streams[0]?.length ?? 0)), 8);
    const elements = ctElements(encoding, [frames('2'), makeElement(0x7fe00001, 'OV', table)]);
    const located = await locateFrames(
      makeInstance({ syntax: 'jpeg', elements, pixelData: fragments(...streams) }),
    );
    expect(located.frames[1]?.equals(streams[1] ?? Buffer.alloc(0))).toBe(true);
  });

  it('cannot be told apart: refused', async () => {
    const pixelData = fragments(Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4));
    const file = makeInstance({ syntax: 'jpeg', elements: ctElements(encoding, [frames('2')]), pixelData });
    await expect(locateFrames(file)).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});
