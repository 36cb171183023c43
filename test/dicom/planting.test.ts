import type { DataElement } from '../../dicom/data-set/data-element';
import { makeElement } from '../../dicom/data-set/make-element';
import { tags } from '../../dicom/data-set/tag';
import { dictionaryRows } from '../../dicom/dictionary/data-dictionary';
import { runEngine } from './samples/engine';
import { holds, readings } from './samples/find-bytes';
import {
  ctElements,
  fragments,
  item,
  jpegStream,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from './samples/make-instance';

const textVrs = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT', 'OB', 'UN']);
/** Attributes that decide whether the file is taken at all, or that must have values of their own. */
const needed = new Set<number>([
  tags.specificCharacterSet,
  tags.sopClassUid,
  tags.patientId,
  tags.photometricInterpretation,
  tags.burnedInAnnotation,
  tags.encapsulatedDocument,
]);

/** Attributes without which the file is not taken. */
const decisive = new Set<number>([
  ...needed,
  tags.sopInstanceUid,
  tags.studyInstanceUid,
  tags.seriesInstanceUid,
  tags.samplesPerPixel,
  tags.planarConfiguration,
  tags.numberOfFrames,
  tags.rows,
  tags.columns,
  tags.bitsAllocated,
  tags.bitsStored,
  tags.pixelRepresentation,
]);

/** A made-up word that is no term of anything, different for every place. */
const token = (place: number): string => `Q${place.toString(36).padStart(4, 'j')}ZVK`.toUpperCase();

/** Every public attribute that can hold text, with a token of its own. */
function everyTextAttribute(): { elements: DataElement[]; tokens: string[] } {
  const elements: DataElement[] = [];
  const tokens: string[] = [];
  for (const [tag, { vr }] of dictionaryRows()) {
    const group = tag >>> 16;
    if (!textVrs.has(vr) || needed.has(tag) || group < 0x0008 || group >= 0x7fe0 || (tag & 0xffff) === 0)
      continue;
    const planted = token(tokens.length);
    tokens.push(planted);
    elements.push(text(tag, vr, planted));
  }
  return { elements, tokens };
}

const nested = (depth: number, elements: readonly DataElement[]): DataElement =>
  sequence(0x0040a730, [depth === 1 ? item(...elements) : item(nested(depth - 1, elements))]);

async function survivors(file: Buffer, tokens: readonly string[]): Promise<string[]> {
  const { outcome, output } = await runEngine(file);
  expect(outcome).toMatchObject({ outcome: 'deidentified' });
  const everything = readings(output);
  const report = Buffer.from(JSON.stringify(outcome));
  return tokens.filter((planted) => [...everything, report].some((bytes) => holds(bytes, planted)));
}

describe('a token planted anywhere does not survive', () => {
  const names = Object.keys(syntaxes) as SyntaxName[];

  it.each(names)('in any text attribute of the data dictionary (%s)', async (syntax) => {
    const { elements, tokens } = everyTextAttribute();
    const file = makeInstance({ syntax, elements: ctElements(syntaxes[syntax].encoding, elements) });
    expect(tokens.length).toBeGreaterThan(1500);
    expect(await survivors(file, tokens)).toEqual([]);
  });

  it.each([
    ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'],
    ...['AT', 'FD', 'FL', 'OB', 'OW', 'SL', 'SS', 'UL', 'UN', 'US', 'ZZ'],
  ])('in any attribute under the VR %s, whatever its own is', async (stated) => {
    const elements: DataElement[] = [];
    const tokens: string[] = [];
    for (const [tag, { vr }] of dictionaryRows()) {
      const group = tag >>> 16;
      if (group < 0x0008 || group >= 0x7fe0 || (tag & 0xffff) === 0 || decisive.has(tag)) continue;
      // A sequence under UN is read as one, and no sequence begins with a word.
      if (vr === 'SQ' && stated === 'UN') continue;
      const planted = token(tokens.length);
      tokens.push(planted);
      elements.push(makeElement(tag, stated, Buffer.from(planted.padEnd(16))));
    }
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, elements),
    });
    expect(tokens.length).toBeGreaterThan(3500);
    expect(await survivors(file, tokens)).toEqual([]);
  });

  it.each(names)('in any text attribute four sequences deep (%s)', async (syntax) => {
    const { elements, tokens } = everyTextAttribute();
    const inItems = elements.filter(({ tag }) => tag !== tags.codeValue && tag !== tags.longCodeValue);
    const file = makeInstance({
      syntax,
      elements: ctElements(syntaxes[syntax].encoding, [nested(4, inItems)]),
    });
    expect(await survivors(file, tokens)).toEqual([]);
  });

  it.each(names)(
    'in codes, private blocks, graphics, the file level and behind the pixels (%s)',
    async (syntax) => {
      const places: string[] = [];
      const plant = (): string => {
        const planted = token(50_000 + places.length);
        places.push(planted);
        return planted;
      };
      const raw = (tag: number, vr: string): DataElement => makeElement(tag, vr, Buffer.from(`${plant()} `));
      const { encoding } = syntaxes[syntax];
      const code = (scheme: string): DataElement[] => [
        text(0x00080100, 'SH', plant()),
        text(0x00080102, 'SH', scheme),
        text(0x00080104, 'LO', plant()),
      ];
      const knownCode = [text(0x00080100, 'SH', '51185008'), text(0x00080102, 'SH', 'SCT')];
      const privateItem = item(
        text(0x00090010, 'LO', plant()),
        text(0x00091001, 'LO', plant()),
        sequence(0x00091004, [item(text(0x00091005, 'PN', plant()))]),
      );
      const elements = [
        text(0x00090010, 'LO', plant()),
        text(0x00091001, 'LO', plant()),
        text(0x00091101, 'LO', plant()),
        raw(0x00091102, 'UN'),
        sequence(0x00091003, [privateItem]),
        text(0x00190010, 'LO', 'GEMS_ACQU_01'),
        text(0x001910ff, 'LO', plant()),
        text(0x00190023, 'LO', plant()),
        text(0x00081030, 'LO', `CT Thorax ${plant()}`),
        text(0x00180015, 'CS', plant()),
        sequence(0x00081032, [item(...code('99LOCAL')), item(...code('DCM'))]),
        sequence(0x00082218, [item(...knownCode, text(0x00080104, 'LO', plant()))]),
        sequence(0x04000561, [item(sequence(0x04000550, [item(text(0x00100010, 'PN', plant()))]))]),
        sequence(0x00880200, [item(raw(0x00280300, 'OB'))]),
        raw(0x50003000, 'OW'),
        text(0x60000022, 'LO', plant()),
        text(0x60001500, 'LO', plant()),
        raw(0x60003000, 'OW'),
        raw(0x00282000, 'OB'),
      ];
      const file = makeInstance({
        syntax,
        elements: ctElements(encoding, elements),
        preamble: Buffer.from(plant().padEnd(128, '.')),
        metaElements: [
          text(0x00020013, 'SH', plant()),
          text(0x00020016, 'AE', plant()),
          text(0x00020100, 'UI', plant()),
          raw(0x00020102, 'OB'),
        ],
        trailer: [
          raw(0x7fe11010, 'OB'),
          sequence(0xfffafffa, [item(raw(0x04000120, 'OB'))]),
          raw(0xfffcfffc, 'OB'),
        ],
      });
      expect(await survivors(file, places)).toEqual([]);
    },
  );
});

describe('what identifies is found wherever the rules would let it pass', () => {
  it('takes the words of the patient and the staff out of descriptions, clinical as they may be', async () => {
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, [
        text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY'),
        text(0x00100010, 'PN', 'Head^Thorax'),
        text(0x00080090, 'PN', 'Marrow^Coronal'),
        text(0x00081030, 'LO', 'CT Head and Thorax, coronal, bone marrow, lung'),
      ]),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome).toMatchObject({ outcome: 'deidentified' });
    for (const word of ['head', 'thorax', 'coronal', 'marrow']) expect(holds(output, word)).toBe(false);
    expect(output.includes('lung')).toBe(true);
  });

  it.each(['Quillfeather^Osbert\u0001', 'x99887766\u0001'])(
    'quarantines numbers whose bytes read as %j, a name or number of the file',
    async (bytes) => {
      const file = makeInstance({
        syntax: 'explicit',
        elements: ctElements(syntaxes.explicit.encoding, [
          text(0x00080050, 'SH', '99887766'),
          makeElement(0x00280106, 'US', Buffer.from(bytes, 'latin1')),
        ]),
      });
      const { outcome } = await runEngine(file);
      expect(outcome).toMatchObject({ outcome: 'quarantined' });
    },
  );

  it('also of the last of very many people', async () => {
    const operators = [...Array.from({ length: 600 }, (_, index) => `Operator${index}^A`), 'Marrow^Coronal'];
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, [
        text(0x00081070, 'PN', operators.join('\\')),
        text(0x00081030, 'LO', 'coronal bone marrow, lung'),
      ]),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome).toMatchObject({ outcome: 'deidentified' });
    for (const word of ['coronal', 'marrow']) expect(holds(output, word)).toBe(false);
    expect(output.includes('lung')).toBe(true);
  });

  it('takes a name for one under a wrong VR too', async () => {
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, [
        text(0x00080008, 'CS', 'DERIVED\\PRIMARY\\PERFUSION'),
        text(0x00081030, 'LO', 'perfusion of the lung'),
        makeElement(0x00100010, 'SS', Buffer.from('perfusion^smith ')),
      ]),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome).toMatchObject({ outcome: 'deidentified' });
    expect(holds(output, 'perfusion')).toBe(false);
  });

  it('overwrites a comment of a compressed image, whomever it names, and says so', async () => {
    for (const comment of ['scan of Tabitha Wrenfield', 'zqplanted']) {
      const file = makeInstance({
        syntax: 'jpeg',
        elements: ctElements(syntaxes.jpeg.encoding),
        pixelData: fragments(jpegStream(comment)),
      });
      const { outcome, output } = await runEngine(file);
      expect(outcome).toMatchObject({
        outcome: 'deidentified',
        instance: { warnings: expect.arrayContaining(['COMMENTS_BLANKED']) },
      });
      expect(holds(output, comment)).toBe(false);
    }
  });

  it('leaves a comment that names nothing but the encoder', async () => {
    const file = makeInstance({
      syntax: 'jpeg',
      elements: ctElements(syntaxes.jpeg.encoding),
      pixelData: fragments(jpegStream('Created by GDCM/OpenJPEG version 2.0')),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome.outcome).toBe('deidentified');
    expect(holds(output, 'OpenJPEG')).toBe(true);
  });

  it.each(['943 476 5919', '943-476-5919', '943\u00a0476\u00a05919', '9434765919'])(
    'takes the NHS number out of free text, written as %s',
    async (spelling) => {
      const file = makeInstance({
        syntax: 'explicit',
        elements: ctElements(syntaxes.explicit.encoding, [
          text(0x00100020, 'LO', '9434765919'),
          text(0x00081030, 'LO', `CT ${spelling} chest`),
        ]),
      });
      const { outcome, output } = await runEngine(file);
      expect(outcome).toMatchObject({ outcome: 'deidentified' });
      expect(holds(output, '9434765919')).toBe(false);
      expect(output.includes('CT chest')).toBe(true);
    },
  );
});
