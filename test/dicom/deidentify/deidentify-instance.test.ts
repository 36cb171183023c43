import { createHash } from 'node:crypto';
import {
  asciiOf,
  type DataElement,
  type DataSet,
  explicitLittleEndian,
  find,
  itemsOf,
} from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { tags } from '../../../dicom/data-set/tag';
import { deidentifyInstance } from '../../../dicom/deidentify/deidentify-instance';
import type { DeidentifiedInstance, InstanceSubject } from '../../../dicom/deidentify/outcome';
import { PixelDigest } from '../../../dicom/deidentify/pixel-digest';
import { bodyParts } from '../../../dicom/policy/body-parts';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { fateOf, inPieces, runEngine, testContext, testRoot } from '../samples/engine';
import {
  ctElements,
  defaultSamples,
  fragments,
  item,
  jpegStream,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from '../samples/make-instance';

async function pixelDigestOf(value: Buffer): Promise<string> {
  const { keys } = await testContext();
  const digest = new PixelDigest(keys.pixels);
  digest.update(value);
  return digest.digest();
}

const ct = (...changes: DataElement[]): Buffer =>
  makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian, changes) });

async function deidentified(
  file: Buffer,
): Promise<{ instance: DeidentifiedInstance; dataSet: DataSet; output: Buffer }> {
  const { outcome, output } = await runEngine(file);
  if (outcome.outcome !== 'deidentified') throw new Error(fateOf(outcome));
  const { dataSet } = await new InstanceReader(inPieces(output)).readHeader();
  return { instance: outcome.instance, dataSet, output };
}

describe('an instance that is de-identified', () => {
  it.each(Object.keys(syntaxes) as SyntaxName[])(
    'keeps its transfer syntax, and its pixels byte for byte (%s)',
    async (syntax) => {
      const pixelData = syntax === 'jpeg' ? fragments(jpegStream()) : defaultSamples;
      const file = makeInstance({ syntax, elements: ctElements(syntaxes[syntax].encoding), pixelData });
      const { instance, output } = await deidentified(file);
      expect(instance.transferSyntaxUid).toBe(syntaxes[syntax].uid);
      expect(instance.pixelDigest).toBe(await pixelDigestOf(pixelData));
      expect(instance.bytes).toBe(output.length);
      expect(instance.sha256).toBe(createHash('sha256').update(output).digest('hex'));
    },
  );

  it('has new identifiers under the root, and the patient’s pseudonym for name and number', async () => {
    const { instance, dataSet } = await deidentified(ct());
    const scope = `${testRoot}.9.${instance.split === 'development' ? 1 : 2}.`;
    for (const tag of [tags.studyInstanceUid, tags.seriesInstanceUid, tags.sopInstanceUid]) {
      expect(asciiOf(dataSet, tag).replace(/\0/g, '')).toMatch(
        new RegExp(`^${scope.replaceAll('.', '\\.')}[1-9]\\d{29,}$`),
      );
    }
    expect(asciiOf(dataSet, tags.patientName)).toBe(instance.patientPseudonym);
    expect(asciiOf(dataSet, tags.patientId)).toBe(instance.patientPseudonym);
    expect(asciiOf(dataSet, tags.accessionNumber)).toMatch(/^[0-9A-Z]{16}$/);
    expect(find(dataSet, tags.patientBirthDate)).toMatchObject({ length: 0 });
    expect(find(dataSet, tags.studyId)).toMatchObject({ length: 0 });
  });

  it('moves all dates of the patient by the same days, nested ones too, and keeps times', async () => {
    const { dataSet } = await deidentified(
      ct(
        text(0x00080022, 'DA', '20240301'),
        text(0x0008002a, 'DT', '20240301101530+0000'),
        sequence(0x00540016, [item(text(0x00181078, 'DT', '20240229090000'))]),
      ),
    );
    const day = (value: string): number =>
      Date.UTC(Number(value.slice(0, 4)), Number(value.slice(4, 6)) - 1, Number(value.slice(6, 8))) /
      86_400_000;
    const study = day(asciiOf(dataSet, tags.studyDate));
    expect(day('20240229') - study).toBeGreaterThan(0);
    expect(day(asciiOf(dataSet, tags.acquisitionDate)) - study).toBe(1);
    expect(day(asciiOf(dataSet, 0x0008002a)) - study).toBe(1);
    const nested = itemsOf(dataSet, 0x00540016)[0];
    expect(nested && day(asciiOf(nested, 0x00181078)) - study).toBe(0);
    expect(asciiOf(dataSet, tags.studyTime)).toBe('101530.5');
  });

  it('maps a UID the same wherever it stands, and leaves registered ones', async () => {
    const { instance, dataSet } = await deidentified(
      ct(
        sequence(0x00081140, [
          item(
            text(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
            text(0x00081155, 'UI', '1.2.826.0.1.3680043.10.1.1'),
          ),
        ]),
        text(0x00200052, 'UI', '1.2.840.10008.1.4.1.1'),
      ),
    );
    const reference = itemsOf(dataSet, 0x00081140)[0];
    expect(reference && asciiOf(reference, 0x00081155)).toBe(instance.sopInstanceUid);
    expect(reference && asciiOf(reference, 0x00081150)).toBe('1.2.840.10008.5.1.4.1.1.2');
    expect(asciiOf(dataSet, 0x00200052)).toBe('1.2.840.10008.1.4.1.1');
  });

  it('says how it was made, the same in every output', async () => {
    const first = await deidentified(ct());
    const second = await deidentified(
      ct(text(0x00080018, 'UI', '1.2.3.4.5'), text(0x00100020, 'LO', 'OTHER99')),
    );
    for (const tag of [tags.patientIdentityRemoved, tags.deidentificationMethod]) {
      expect(asciiOf(first.dataSet, tag)).toBe(asciiOf(second.dataSet, tag));
    }
    const codes = itemsOf(first.dataSet, tags.deidentificationMethodCodeSequence).map((code) =>
      asciiOf(code, tags.codeValue),
    );
    expect(codes).toEqual([
      '113100',
      '113101',
      '113103',
      '113104',
      '113105',
      '113107',
      '113108',
      '113109',
      '113111',
    ]);
    const equipment = itemsOf(first.dataSet, tags.contributingEquipmentSequence)[0];
    expect(equipment && asciiOf(equipment, tags.softwareVersions)).toMatch(
      /^policy basic \d+\\[0-9a-f]{32}\\[0-9a-f]{32}$/,
    );
  });

  it('keeps what a study needs alike byte for byte over its instances', async () => {
    const first = await deidentified(ct());
    const second = await deidentified(ct(text(0x00080018, 'UI', '1.2.3.4.5'), text(0x00200013, 'IS', '18')));
    expect(second.instance.groupingDigest).toBe(first.instance.groupingDigest);
    const other = await deidentified(ct(text(0x00100040, 'CS', 'M')));
    expect(other.instance.groupingDigest).not.toBe(first.instance.groupingDigest);
  });

  it('keeps a safe private element with its creator and no other', async () => {
    const { dataSet } = await deidentified(
      ct(
        text(0x00190010, 'LO', 'GEMS_ACQU_01'),
        text(0x00191023, 'DS', '39.37'),
        text(0x001910ff, 'LO', 'secret'),
        text(0x00190011, 'LO', 'SOMEBODY'),
        text(0x00191123, 'DS', '1'),
      ),
    );
    const kept = dataSet.elements.filter(({ tag }) => tag >>> 16 === 0x0019).map(({ tag }) => tag);
    expect(kept).toEqual([0x00190010, 0x00191023]);
  });

  it('gives facts for the catalogue that are coded or numeric', async () => {
    const { instance } = await deidentified(
      ct(text(0x00180015, 'CS', 'CHEST'), text(0x00101010, 'AS', '093Y')),
    );
    expect(instance.facts).toMatchObject({
      modality: 'CT',
      bodyPartExamined: 'CHEST',
      manufacturer: 'SIEMENS',
      rows: 4,
      columns: 4,
      ageYears: 90,
      sex: 'F',
    });
    const computed = await deidentified(ct(text(0x00100030, 'DA', '19900301')));
    expect(computed.instance.facts.ageYears).toBe(33);
  });

  it('keeps every term of Body Part Examined, words or not, unless the patient is called so', async () => {
    const lost: string[] = [];
    for (const term of bodyParts) {
      const { instance } = await deidentified(ct(text(0x00180015, 'CS', term)));
      if (instance.facts.bodyPartExamined !== term) lost.push(term);
    }
    expect(lost).toEqual([]);
    const inParts = await deidentified(ct(text(0x00180015, 'CS', 'CHEST ROUTINE')));
    expect(inParts.instance.facts.bodyPartExamined).toBe('CHEST ROUTINE');
    for (const other of ['THORAXROUTINE', 'ABDOMENSMITH', 'upperarm']) {
      const { instance } = await deidentified(ct(text(0x00180015, 'CS', other)));
      expect(instance.facts.bodyPartExamined).toBeNull();
    }
    const named = await deidentified(
      ct(text(0x00180015, 'CS', 'SIGMOID'), text(0x00100010, 'PN', 'SIGMOID^A')),
    );
    expect(named.instance.facts.bodyPartExamined).toBeNull();
  });

  it('empties what must be there and fills what must have a value', async () => {
    const { dataSet } = await deidentified(
      ct(
        sequence(0x0040a073, [
          item(
            text(0x0040a027, 'LO', 'A hospital'),
            text(0x0040a030, 'DT', '20240229'),
            text(0x0040a075, 'PN', 'Somebody^Else'),
          ),
        ]),
      ),
    );
    const observer = itemsOf(dataSet, 0x0040a073)[0];
    expect(observer && asciiOf(observer, 0x0040a075)).toBe('REMOVED');
    expect(observer && asciiOf(observer, 0x0040a027)).toBe('REMOVED');
    expect(find(dataSet, 0x00080090)).toMatchObject({ length: 0 });
  });

  it('gives old and new identifiers only when asked', async () => {
    const context = await testContext({ collectMappings: true });
    const { outcome } = await runEngine(ct(), context);
    if (outcome.outcome !== 'deidentified') throw new Error(fateOf(outcome));
    expect(new Map(outcome.instance.mappings?.uids).get('1.2.826.0.1.3680043.10.1')).toBe(
      outcome.instance.studyInstanceUid,
    );
    expect(outcome.instance.mappings?.patientIds).toEqual([
      ['HOSP884213', outcome.instance.patientPseudonym],
    ]);
    expect((await deidentified(ct())).instance.mappings).toBeUndefined();
  });

  it('pads pixels of odd length, and digests them as whoever padded them before would have them', async () => {
    const file = ct(
      makeUnsignedShort(0x00280010, 3, explicitLittleEndian),
      makeUnsignedShort(0x00280011, 3, explicitLittleEndian),
      makeUnsignedShort(0x00280100, 8, explicitLittleEndian),
    );
    const at = file.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const odd = Buffer.concat([
      file.subarray(0, at),
      Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ]);
    const { instance, output } = await deidentified(odd);
    expect(instance.pixelDigest).toBe(await pixelDigestOf(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0])));
    expect(output.subarray(-10)).toEqual(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]));
  });
});

describe('who a patient is', () => {
  const asked: InstanceSubject[] = [];
  const contextOf = (changes: Parameters<typeof testContext>[0]) =>
    testContext({
      admit: (subject) => {
        asked.push(subject);
        return subject.nhsNumber === '9434765919' ? 'admit' : 'withhold';
      },
      ...changes,
    });
  beforeEach(() => {
    asked.length = 0;
  });

  it('is asked once, before any byte is written; not admitted is withheld', async () => {
    const { outcome, output } = await runEngine(ct(), await contextOf({}));
    expect(outcome.outcome).toBe('withheld');
    expect(output.length).toBe(0);
    expect(asked).toEqual([{ nhsNumber: null, patientId: 'HOSP884213' }]);
    const cleared = await runEngine(ct(text(0x00100020, 'LO', '943 476 5919')), await contextOf({}));
    expect(cleared.outcome.outcome).toBe('deidentified');
  });

  it('counts as an NHS number only at the configured place, beside the configured issuer', async () => {
    const trust = {
      odsCode: 'RX1',
      nhsNumbers: [{ attribute: 'OtherPatientIDsSequence', issuer: 'NHS' }],
    } as const;
    const other = (issuer: string): DataElement =>
      sequence(0x00101002, [item(text(0x00100020, 'LO', '9434765919'), text(0x00100021, 'LO', issuer))]);
    await runEngine(ct(text(0x00100020, 'LO', '9434765919')), await contextOf({ trust }));
    await runEngine(ct(other('LOCAL')), await contextOf({ trust }));
    await runEngine(ct(other('NHS')), await contextOf({ trust }));
    expect(asked.map(({ nhsNumber }) => nhsNumber)).toEqual([null, null, '9434765919']);
  });

  it('without an NHS number is withheld where the collection says so, unasked', async () => {
    const collection = { ...(await testContext()).collection, patientsWithoutNhsNumber: 'withhold' as const };
    const { outcome } = await runEngine(ct(), await contextOf({ collection }));
    expect(outcome.outcome).toBe('withheld');
    expect(asked).toEqual([]);
  });
});

describe('an instance is quarantined with a code and a place, never a value', () => {
  const jpeg = (pixelData: Buffer, ...changes: DataElement[]): Buffer =>
    makeInstance({ syntax: 'jpeg', elements: ctElements(explicitLittleEndian, changes), pixelData });

  it.each<[string, Buffer, string, string | null]>([
    ['no patient', ct(text(0x00100020, 'LO', ' ')), 'NO_PATIENT_ID', '(0010,0020)'],
    ['no Study Instance UID', ct(text(0x0020000d, 'UI', '')), 'NO_SOP_UID', '(0020,000D)'],
    ['a UID that is none', ct(text(0x00080018, 'UI', 'image one')), 'NO_SOP_UID', '(0008,0018)'],
    ['an unknown SOP class', ct(text(0x00080016, 'UI', '1.2.3')), 'UNSUPPORTED_SOP_CLASS', '(0008,0016)'],
    [
      'a dictation',
      ct(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.9.4.1')),
      'AUDIO_RECORDING',
      '(0008,0016)',
    ],
    [
      'an encapsulated PDF',
      ct(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.104.1')),
      'ENCAPSULATED_DOCUMENT',
      '(0008,0016)',
    ],
    [
      'pixels too short',
      ct(makeUnsignedShort(0x00280010, 400, explicitLittleEndian)),
      'INVALID_PIXEL_DATA',
      '(7FE0,0010)',
    ],
    [
      'pixels without rows',
      ct(makeUnsignedShort(0x00280010, 0, explicitLittleEndian)),
      'INVALID_PIXEL_DATA',
      '(0028,0010)',
    ],
    [
      'fewer fragments than frames',
      jpeg(fragments(jpegStream()), text(0x00280008, 'IS', '2')),
      'INVALID_PIXEL_DATA',
      '(7FE0,0010)',
    ],
    ['no fragment', jpeg(fragments()), 'INVALID_PIXEL_DATA', '(7FE0,0010)'],
    [
      'a name in an unknown character set',
      ct(text(0x00080005, 'CS', 'ISO_IR 999'), text(0x00100010, 'PN', 'M\u00fcller')),
      'UNSUPPORTED_CHARACTER_SET',
      '(0010,0010)',
    ],
    ['a directory', ct(text(0x00080016, 'UI', '1.2.840.10008.1.3.10')), 'DICOMDIR', null],
    [
      'a duplicate element',
      ct(makeElement(0x00081140, 'SQ', Buffer.from('junkjunk'))),
      'MALFORMED',
      '(0008,1140)[0].(756A,6B6E)',
    ],
  ])('%s', async (_what, file, code, tagPath) => {
    const { outcome } = await runEngine(file);
    expect(outcome).toMatchObject({ outcome: 'quarantined', code });
    if (code !== 'MALFORMED') expect(outcome).toMatchObject({ tagPath });
  });

  it.each<[string, DataElement[], string]>([
    [
      'an overlay in the bits of the samples',
      [makeUnsignedShort(0x60000102, 12, explicitLittleEndian)],
      'BURNED_IN_TEXT',
    ],
    ['burned-in text', [text(0x00280301, 'CS', 'YES')], 'BURNED_IN_TEXT'],
    [
      'a secondary capture',
      [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'), text(0x00280301, 'CS', 'NO')],
      'NEEDS_PIXEL_REVIEW',
    ],
    ['a screen save', [text(0x00080008, 'CS', 'DERIVED\\SECONDARY\\SCREEN SAVE')], 'BURNED_IN_TEXT'],
    ['a screen save, spelt otherwise', [text(0x0008103e, 'LO', 'Screen_Save')], 'BURNED_IN_TEXT'],
    ['a scanned request', [text(0x0008103e, 'LO', 'Request form')], 'BURNED_IN_TEXT'],
    ['a dose report', [text(0x0008103e, 'LO', 'Dose Report')], 'BURNED_IN_TEXT'],
    [
      'a dose report by its type',
      [text(0x00080008, 'CS', 'DERIVED\\SECONDARY\\DOSE_SUMMARY')],
      'BURNED_IN_TEXT',
    ],
    ['burned-in text by any word but NO', [text(0x00280301, 'CS', 'Y')], 'BURNED_IN_TEXT'],
    ['digitised film', [text(0x00080064, 'CS', 'DF')], 'NEEDS_PIXEL_REVIEW'],
    ['a scanned document', [text(0x00080064, 'CS', 'SD')], 'NEEDS_PIXEL_REVIEW'],
    [
      'a slide whose label is in the image',
      [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.77.1.6'), text(0x00480010, 'CS', 'YES')],
      'NEEDS_PIXEL_REVIEW',
    ],
    [
      'the label of a slide under another microscope',
      [
        text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.77.1.2'),
        text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\LABEL'),
      ],
      'NEEDS_PIXEL_REVIEW',
    ],
    [
      'ultrasound without regions',
      [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.6.1')],
      'NEEDS_PIXEL_REVIEW',
    ],
    [
      'the label of a slide',
      [
        text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.77.1.6'),
        text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\LABEL\\NONE'),
      ],
      'NEEDS_PIXEL_REVIEW',
    ],
  ])('%s, unless the collection accepts it', async (_what, changes, code) => {
    const collection = { ...(await testContext()).collection, acceptedPixelKinds: [] };
    expect(fateOf((await runEngine(ct(...changes), await testContext({ collection }))).outcome)).toBe(code);
    expect(fateOf((await runEngine(ct(...changes))).outcome)).toBe('deidentified');
  });
});

describe('what happens outside of a file', () => {
  it('is thrown, not blamed on the file: a failing source, sink or admission', async () => {
    const broken = new Error('network');
    const fail = (): never => {
      throw broken;
    };
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield ct().subarray(0, 200);
      fail();
    }
    const context = await testContext();
    const sink = { write: () => {} };
    await expect(deidentifyInstance(cut(), sink, context)).rejects.toBe(broken);
    await expect(deidentifyInstance(inPieces(ct()), { write: fail }, context)).rejects.toBe(broken);
    await expect(
      deidentifyInstance(inPieces(ct()), { write: () => Promise.reject(broken) }, context),
    ).rejects.toBe(broken);
    await expect(deidentifyInstance(inPieces(ct()), sink, { ...context, admit: fail })).rejects.toBe(broken);
  });

  it('digests the source to its end, whatever becomes of it', async () => {
    const context = await testContext({ digestSource: true });
    for (const file of [
      ct(),
      ct(text(0x00080016, 'UI', '1.2.3')),
      Buffer.from('no image at all'.repeat(99)),
    ]) {
      const { outcome } = await runEngine(file, context, 100);
      expect(outcome.sourceSha256).toBe(createHash('sha256').update(file).digest('hex'));
    }
    expect((await runEngine(ct())).outcome.sourceSha256).toBeNull();
  });

  it('gives the same bytes for the same file, and others under another key', async () => {
    const [first, again] = [await runEngine(ct()), await runEngine(ct(), undefined, 33)];
    expect(again.output.equals(first.output)).toBe(true);
    const other = await runEngine(ct(), await testContext({}, 8));
    expect(other.output.equals(first.output)).toBe(false);
  });

  it('takes a code at the top level for a value, and not the whole instance for a code', async () => {
    const { dataSet } = await deidentified(ct(text(0x00080100, 'SH', 'QLOCALZVK')));
    expect(asciiOf(dataSet, tags.modality)).toBe('CT');
    expect(asciiOf(dataSet, tags.codeValue)).not.toContain('QLOCALZVK');
  });

  it('drops what is out of its place: groups of the file level, offset tables without fragments', async () => {
    const file = makeInstance({
      syntax: 'implicit',
      elements: ctElements(syntaxes.implicit.encoding, [
        text(0x00020003, 'UI', '1.2.826.0.1.3680043.10.9'),
        text(0x00041130, 'CS', 'IMAGES'),
        makeElement(0x7fe00001, 'OV', Buffer.from('1.2.826.0.1.3680043.10.77')),
      ]),
    });
    const { outcome, output } = await runEngine(file);
    expect(outcome.outcome).toBe('deidentified');
    const read = await new InstanceReader(inPieces(output)).readHeader();
    const present = read.dataSet.elements.map(({ tag }) => tag);
    expect(present.filter((tag) => tag < 0x00080000 || tag === 0x7fe00001)).toEqual([]);
    expect(output.includes('3680043')).toBe(false);
  });
});
