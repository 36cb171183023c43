import { type DataElement, explicitLittleEndian, find } from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { informationObjectOf } from '../../../dicom/dictionary/information-objects';
import type { InstanceHeader } from '../../../dicom/read/instance-reader';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { frameSignature } from '../../../dicom/validate/frame-signatures';
import { validateFragments } from '../../../dicom/validate/validate-pixel-data';
import { warningTexts } from '../../../dicom/validate/warning-codes';
import { type EngineRun, fateOf, inPieces, runEngine } from '../samples/engine';
import {
  ctElements,
  fragments,
  item,
  jpegStream,
  makeInstance,
  sequence,
  text,
} from '../samples/make-instance';

const ct = (...changes: DataElement[]): Buffer =>
  makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian, changes) });
const short = (tag: number, value: number): DataElement =>
  makeUnsignedShort(tag, value, explicitLittleEndian);
const storage = '1.2.840.10008.5.1.4.1.1';

const warningsOf = ({ outcome }: EngineRun): readonly string[] =>
  outcome.outcome === 'deidentified' ? outcome.instance.warnings : [fateOf(outcome)];
const headerOf = (output: Buffer): Promise<InstanceHeader> =>
  new InstanceReader(inPieces(output)).readHeader();

describe('what an object must hold', () => {
  it('is told by its information object, which is complete or says that it is not', () => {
    const rtPlan = informationObjectOf(`${storage}.481.5`);
    expect(rtPlan).toMatchObject({ id: 'rt-plan', complete: true, isImage: false });
    expect(rtPlan?.type(null, 0x300a0002)).toBe('1');
    expect(rtPlan?.type(null, 0x00281050)).toBeUndefined();
    expect(informationObjectOf(`${storage}.2`)).toMatchObject({
      id: 'ct-image',
      complete: false,
      isImage: true,
    });
    expect(informationObjectOf('1.2.3')).toBeUndefined();
  });

  it('is warned of where a usable object lacks it', async () => {
    expect(warningsOf(await runEngine(ct(text(0x00200013, 'IS', '1'))))).toEqual([
      'REQUIRED_ATTRIBUTE_MISSING',
      'REQUIRED_VALUE_MISSING',
    ]);
    const noPixels = makeInstance({
      syntax: 'explicit',
      elements: ctElements(explicitLittleEndian),
      pixelData: null,
    });
    expect(warningsOf(await runEngine(noPixels))).toContain('PIXEL_DATA_MISSING');
    expect(warningsOf(await runEngine(ct(text(0x00080016, 'UI', `${storage}.1`))))).toContain(
      'SOP_CLASS_MISMATCH',
    );
    expect(warningsOf(await runEngine(ct(text(0x00080016, 'UI', `${storage}.12.3`))))).toContain(
      'MODULES_UNKNOWN',
    );
  });

  it('is demanded where the object is nothing without it', async () => {
    const ecg = text(0x00080016, 'UI', `${storage}.9.1.1`);
    const elements = ctElements(explicitLittleEndian, [ecg]).filter(({ tag }) => tag >>> 16 !== 0x0028);
    const empty = makeInstance({ syntax: 'explicit', elements, pixelData: null });
    expect((await runEngine(empty)).outcome).toMatchObject({
      code: 'INVALID_INSTANCE',
      tagPath: '(5400,0100)',
    });
    const full = makeInstance({
      syntax: 'explicit',
      elements: [...elements, sequence(0x54000100, [item(text(0x003a0004, 'CS', 'ORIGINAL'))])],
      pixelData: null,
    });
    expect(fateOf((await runEngine(full)).outcome)).toBe('deidentified');
  });

  it('decides what becomes of a removed value: its own Type, not the strictest of any object', async () => {
    // Operators' Name is Type 2 in Radiotherapy plans and Type 3 in CT images.
    const operator = text(0x00081070, 'PN', 'Somebody^Else');
    const plan = makeInstance({
      syntax: 'explicit',
      elements: ctElements(explicitLittleEndian, [text(0x00080016, 'UI', `${storage}.481.5`), operator]),
      pixelData: null,
    });
    const ofPlan = await headerOf((await runEngine(plan)).output);
    expect(find(ofPlan.dataSet, 0x00081070)).toMatchObject({ length: 0 });
  });

  it('has no free text that neither its information object nor the confidentiality profile names', async () => {
    const planLabel = text(0x300a0002, 'SH', 'CHEST');
    const foreign = text(0x00181251, 'SH', 'HEAD');
    const foreignLabel = text(0x00620005, 'LO', 'LIVER');
    const plan = makeInstance({
      syntax: 'explicit',
      elements: ctElements(explicitLittleEndian, [
        text(0x00080016, 'UI', `${storage}.481.5`),
        planLabel,
        foreign,
        foreignLabel,
      ]),
      pixelData: null,
    });
    const { dataSet } = await headerOf((await runEngine(plan)).output);
    expect(find(dataSet, 0x300a0002)).toBeDefined();
    expect(find(dataSet, 0x00620005)).toBeUndefined();
  });
});

describe('pixel data', () => {
  it.each<[string, DataElement[], string]>([
    ['bits allocated that are no bytes', [short(0x00280100, 12)], '(0028,0100)'],
    ['samples that the colours do not have', [text(0x00280004, 'CS', 'RGB')], '(0028,0004)'],
  ])('is refused with %s', async (_what, changes, tagPath) => {
    expect((await runEngine(ct(...changes))).outcome).toMatchObject({ code: 'INVALID_PIXEL_DATA', tagPath });
  });

  it('is warned of where its description contradicts itself and the samples are still plain', async () => {
    expect(warningsOf(await runEngine(ct(short(0x00280101, 20))))).toContain(
      'PIXEL_DESCRIPTION_INCONSISTENT',
    );
  });

  it('begins as its compression does', async () => {
    const file = (stream: Buffer): Buffer =>
      makeInstance({
        syntax: 'jpeg',
        elements: ctElements(explicitLittleEndian),
        pixelData: fragments(stream),
      });
    expect(fateOf((await runEngine(file(jpegStream()))).outcome)).toBe('deidentified');
    expect(fateOf((await runEngine(file(Buffer.from('GIF89a..')))).outcome)).toBe('INVALID_PIXEL_DATA');
  });

  it.each([
    ['jpeg', 'ffd8ffe0', 'frame'],
    ['jpeg', 'ffd9ffe0', 'none'],
    ['jpeg-2000', 'ff4fff51', 'frame'],
    ['jpeg-2000', '0000000c6a5020200d0a870a', 'container'],
    ['jpeg-2000', 'ff4f0000', 'none'],
    ['rle', '0300000040000000', 'frame'],
    ['rle', '1000000040000000', 'none'],
    ['video', '000001b300000000', 'frame'],
    ['video', '0000002066747970', 'frame'],
    ['video', '4740001000000000', 'frame'],
    ['video', '89504e470d0a1a0a', 'none'],
  ] as const)('of %s that begins with %s is a %s', (format, head, signature) => {
    expect(frameSignature(format, Buffer.from(head, 'hex'))).toBe(signature);
  });

  const table = (...offsets: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * offsets.length);
    for (const [index, offset] of offsets.entries()) bytes.writeUInt32LE(offset, 4 * index);
    return bytes;
  };
  const run = (lengths: number[], offsets: number[], begins: boolean[], extended: Buffer | null = null) => ({
    lengths: [4 * offsets.length, ...lengths],
    table: table(...offsets),
    extendedTable: extended,
    signatures: begins.map((begin) => (begin ? ('frame' as const) : ('none' as const))),
  });

  it('has as many frames as its offset table and its fragments say', () => {
    expect(validateFragments(run([10, 20], [0, 18], [true, true]), 2, 'jpeg')).toEqual([]);
    expect(validateFragments(run([10, 20, 6], [0, 46], [true, false, true]), 2, 'jpeg')).toEqual([]);
    expect(validateFragments(run([10, 20, 6], [], [true, false, true]), 2, 'jpeg')).toEqual([]);
    for (const wrong of [
      run([10, 20], [0, 17], [true, true]),
      run([10, 20], [0], [true, true]),
      run([10, 20], [0, 18], [true, false]),
      run([10, 20, 6], [], [true, false, false]),
      run([10, 20], [], [true, true], Buffer.alloc(8)),
      run([10], [], [true]),
    ]) {
      expect(() => validateFragments(wrong, 2, 'jpeg')).toThrow();
    }
  });
});

describe('files that are encoded otherwise than they say', () => {
  it('are read where compressed frames stand among implicit elements, and written as they should be', async () => {
    const implicit = makeInstance({
      syntax: 'implicit',
      elements: ctElements({ explicit: false, littleEndian: true }, [
        short(0x00280103, 1),
        makeElement(0x00280120, 'US', Buffer.from([0x18, 0xfc])),
      ]),
      pixelData: null,
    });
    const uid = Buffer.from('1.2.840.10008.1.2\0');
    const at = implicit.indexOf(uid);
    const jpegUid = Buffer.from('1.2.840.10008.1.2.4.50');
    const grown = Buffer.concat([implicit.subarray(0, at), jpegUid, implicit.subarray(at + uid.length)]);
    grown.writeUInt16LE(jpegUid.length, at - 2);
    grown.writeUInt32LE(grown.readUInt32LE(140) + jpegUid.length - uid.length, 140);
    const pixels = Buffer.from([0xe0, 0x7f, 0x10, 0, 0xff, 0xff, 0xff, 0xff]);
    const file = Buffer.concat([grown, pixels, fragments(jpegStream())]);
    const { outcome, output } = await runEngine(file);
    expect(warningsOf({ outcome, output })).toContain('TRANSFER_SYNTAX_CORRECTED');
    const { encoding, transferSyntax, dataSet, pixelData } = await headerOf(output);
    expect(encoding).toEqual(explicitLittleEndian);
    expect(transferSyntax.uid).toBe('1.2.840.10008.1.2.4.50');
    expect(pixelData).toMatchObject({ vr: 'OB', length: null });
    // With signed pixels, the padding value is signed too.
    expect(find(dataSet, 0x00280120)?.vr).toBe('SS');
  });

  it('are read where one value of the uncompressed length stands under a compression', async () => {
    const native = makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian) });
    const uid = Buffer.from('1.2.840.10008.1.2.1\0');
    const at = native.indexOf(uid);
    const rle = Buffer.from('1.2.840.10008.1.2.5\0');
    const file = Buffer.concat([native.subarray(0, at), rle, native.subarray(at + uid.length)]);
    const { outcome } = await runEngine(file);
    expect(outcome).toMatchObject({
      outcome: 'deidentified',
      instance: { transferSyntaxUid: '1.2.840.10008.1.2.1' },
    });
  });

  it('are read where a data set that says deflated is not', async () => {
    const native = makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian) });
    const uid = Buffer.from('1.2.840.10008.1.2.1\0');
    const at = native.indexOf(uid);
    const deflated = Buffer.from('1.2.840.10008.1.2.1.99');
    const file = Buffer.concat([native.subarray(0, at), deflated, native.subarray(at + uid.length)]);
    file.writeUInt16LE(deflated.length, at - 2);
    file.writeUInt32LE(file.readUInt32LE(140) + deflated.length - uid.length, 140);
    expect(warningsOf(await runEngine(file))).toContain('TRANSFER_SYNTAX_CORRECTED');
  });
});

describe('warnings', () => {
  it('are worded', () => {
    for (const [code, words] of Object.entries(warningTexts)) {
      expect(code).toMatch(/^[A-Z_]+$/);
      expect(words).toMatch(/^[A-Z].+\.$/);
    }
  });
});
