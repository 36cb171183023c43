import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asciiOf, type DataElement, explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { tags } from '../../../dicom/data-set/tag';
import { encodeRleFrame } from '../../../dicom/pixels/rle-lossless';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { locateFrames } from '../../../dicom/read/locate-frames';
import type { PixelKind } from '../../../dicom/validate/pixel-kinds';
import { fateOf, inPieces, runEngine, testContext } from '../samples/engine';
import {
  ctElements,
  fragments,
  item,
  jpegStream,
  makeInstance,
  sequence,
  text,
} from '../samples/make-instance';
import { itWith, pydicomRedactions } from '../samples/oracles';

const [rows, columns, frames] = [24, 32, 3];
const short = (tag: number, value: number): DataElement =>
  makeUnsignedShort(tag, value, explicitLittleEndian);
const long = (tag: number, value: number): DataElement => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return makeElement(tag, 'UL', bytes);
};

const region = (left: number, top: number, right: number, bottom: number, format = 1) =>
  item(
    short(0x00186012, format),
    short(0x00186014, 1),
    long(0x00186018, left),
    long(0x0018601a, top),
    long(0x0018601c, right),
    long(0x0018601e, bottom),
  );
const regions = [region(4, 6, 20, 15), region(10, 10, 27, 22), region(0, 0, 31, 3, 5)];

function ultrasound(colour: 'RGB' | 'MONOCHROME2', ...changes: DataElement[]): DataElement[] {
  return ctElements(explicitLittleEndian, [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.3.1'),
    text(0x00080060, 'CS', 'US'),
    sequence(tags.sequenceOfUltrasoundRegions, regions),
    short(tags.samplesPerPixel, colour === 'RGB' ? 3 : 1),
    text(tags.photometricInterpretation, 'CS', colour),
    ...(colour === 'RGB' ? [short(tags.planarConfiguration, 0)] : []),
    text(tags.numberOfFrames, 'IS', String(frames)),
    short(tags.rows, rows),
    short(tags.columns, columns),
    short(tags.bitsAllocated, 8),
    short(tags.bitsStored, 8),
    short(0x00280102, 7),
    ...changes,
  ]);
}

const noise = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => 1 + ((index * 31 + seed * 97) % 254)));

const native = (colour: 'RGB' | 'MONOCHROME2', ...changes: DataElement[]): Buffer =>
  makeInstance({
    syntax: 'explicit',
    elements: ultrasound(colour, ...changes),
    pixelData: noise(rows * columns * frames * (colour === 'RGB' ? 3 : 1), 1),
  });

/** The same in RLE, the second frame already black but for its regions. */
function rle(colour: 'RGB' | 'MONOCHROME2'): Buffer {
  const planes = colour === 'RGB' ? 3 : 1;
  const streams = Array.from({ length: frames }, (_, frame) =>
    encodeRleFrame(
      Array.from({ length: planes }, (__, plane) =>
        frame === 1 ? Buffer.alloc(rows * columns) : noise(rows * columns, frame + plane),
      ),
      columns,
    ),
  );
  const file = makeInstance({
    syntax: 'jpeg',
    elements: ultrasound(colour),
    pixelData: fragments(...streams),
  });
  const at = file.indexOf('1.2.840.10008.1.2.4.50');
  const uid = Buffer.from('1.2.840.10008.1.2.5\0');
  const changed = Buffer.concat([file.subarray(0, at), uid, file.subarray(at + 22)]);
  changed.writeUInt16LE(uid.length, at - 2);
  changed.writeUInt32LE(file.readUInt32LE(140) - 2, 140);
  return changed;
}

const withKinds = async (...acceptedPixelKinds: PixelKind[]) => {
  const context = await testContext();
  return { ...context, collection: { ...context.collection, acceptedPixelKinds } };
};

describe('an ultrasound image with regions', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-ultrasound-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['native RGB', native('RGB')],
    ['native greyscale', native('MONOCHROME2')],
    ['RLE RGB', rle('RGB')],
    ['RLE greyscale', rle('MONOCHROME2')],
  ])('keeps its regions and nothing else, and says so (%s)', async (_what, file) => {
    const { outcome, output } = await runEngine(file, await withKinds());
    expect(outcome).toMatchObject({
      outcome: 'deidentified',
      instance: { warnings: expect.arrayContaining(['PIXELS_BLANKED']) },
    });
    const { dataSet } = await new InstanceReader(inPieces(output)).readHeader();
    expect(asciiOf(dataSet, tags.burnedInAnnotation)).toBe('NO');
    expect(asciiOf(dataSet, tags.derivationDescription)).toMatch(/blanked/);
    for (const size of [1, 100]) {
      expect((await runEngine(file, await withKinds(), size)).output.equals(output)).toBe(true);
    }
  });

  itWith('pydicom')(
    'has the same samples inside its regions, by another decoder',
    async () => {
      const pairs: [string, string][] = [];
      for (const [index, file] of [
        native('RGB'),
        native('MONOCHROME2'),
        rle('RGB'),
        rle('MONOCHROME2'),
      ].entries()) {
        const { output } = await runEngine(file);
        const pair: [string, string] = [
          join(folder, `${index}-before.dcm`),
          join(folder, `${index}-after.dcm`),
        ];
        writeFileSync(pair[0], file);
        writeFileSync(pair[1], output);
        pairs.push(pair);
      }
      const found = Object.values(pydicomRedactions(pairs));
      expect(found).toEqual(pairs.map(() => ({ regionsEqual: true, valuesOutside: 1, burnedIn: 'NO' })));
    },
    60_000,
  );

  it('has only those frames encoded again that change', async () => {
    const file = rle('MONOCHROME2');
    const before = await locateFrames(file);
    const after = await locateFrames((await runEngine(file)).output);
    expect(after.frames.map((frame, index) => frame.equals(before.frames[index] as Buffer))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('says of burned-in text what its source said, where that was YES', async () => {
    const file = native('RGB', text(tags.burnedInAnnotation, 'CS', 'YES'));
    expect(fateOf((await runEngine(file, await withKinds())).outcome)).toBe('BURNED_IN_TEXT');
    const { output } = await runEngine(file);
    const { dataSet } = await new InstanceReader(inPieces(output)).readHeader();
    expect(asciiOf(dataSet, tags.burnedInAnnotation)).toBe('YES');
  });

  it.each<[string, Buffer, PixelKind]>([
    [
      'a region that is the whole image',
      native('RGB', sequence(tags.sequenceOfUltrasoundRegions, [region(0, 0, columns, rows)])),
      'ultrasound-without-regions',
    ],
    [
      'regions that leave but a rim',
      native(
        'RGB',
        sequence(tags.sequenceOfUltrasoundRegions, [
          region(0, 0, columns - 1, rows - 2),
          region(0, 3, 25, rows),
        ]),
      ),
      'ultrasound-without-regions',
    ],
    [
      'regions of graphics only',
      native('RGB', sequence(tags.sequenceOfUltrasoundRegions, [region(0, 4, 20, 20, 5)])),
      'ultrasound-without-regions',
    ],
    [
      'a compression in which the engine does not blank',
      makeInstance({
        syntax: 'jpeg',
        elements: ultrasound('RGB'),
        pixelData: fragments(...Array.from({ length: frames }, () => jpegStream())),
      }),
      'text-in-compressed-pixels',
    ],
    [
      'colours in which the engine does not blank',
      native('RGB', text(tags.photometricInterpretation, 'CS', 'YBR_ICT')),
      'text-in-compressed-pixels',
    ],
  ])('needs review with %s, unless the collection accepts it', async (_what, file, kind) => {
    expect(fateOf((await runEngine(file, await withKinds())).outcome)).toBe('NEEDS_PIXEL_REVIEW');
    const { outcome } = await runEngine(file, await withKinds(kind));
    expect(outcome).toMatchObject({ outcome: 'deidentified' });
    expect(outcome).not.toMatchObject({
      instance: { warnings: expect.arrayContaining(['PIXELS_BLANKED']) },
    });
  });

  it('is refused where a frame is not what it says', async () => {
    const file = rle('RGB');
    const at = file.lastIndexOf(Buffer.from([3, 0, 0, 0, 64, 0, 0, 0]));
    file.writeUInt32LE(0xffff, at + 8);
    expect(fateOf((await runEngine(file)).outcome)).toBe('INVALID_PIXEL_DATA');
  });

  it('of a known device loses the place where that writes text, regions or not', async () => {
    const file = makeInstance({
      syntax: 'explicit',
      elements: ultrasound(
        'MONOCHROME2',
        text(tags.manufacturer, 'LO', 'ACUSON'),
        text(tags.manufacturerModelName, 'LO', 'SEQUOIA'),
        sequence(tags.sequenceOfUltrasoundRegions, []),
        short(tags.rows, 480),
        short(tags.columns, 640),
        text(tags.numberOfFrames, 'IS', '1'),
      ),
      pixelData: noise(480 * 640, 3),
    });
    expect(fateOf((await runEngine(file, await withKinds())).outcome)).toBe('NEEDS_PIXEL_REVIEW');
    const { output } = await runEngine(file, await withKinds('ultrasound-without-regions'));
    const [frame] = (await locateFrames(output)).frames;
    expect(frame?.subarray(0, 640 * 30).every((value) => value === 0)).toBe(true);
    expect(frame?.subarray(640 * 30).equals(noise(480 * 640, 3).subarray(640 * 30))).toBe(true);
  });
});
