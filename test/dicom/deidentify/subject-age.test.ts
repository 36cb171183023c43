import { asciiOf, type DataElement, type DataSet, find, itemsOf } from '../../../dicom/data-set/data-element';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { inPieces, runEngine } from '../samples/engine';
import { ctElements, item, makeInstance, sequence, syntaxes, text } from '../samples/make-instance';

const code = (tag: number, value: string, scheme: string): DataElement =>
  sequence(tag, [
    item(text(0x00080100, 'SH', value), text(0x00080102, 'SH', scheme), text(0x00080104, 'LO', 'Age')),
  ]);

const measured = (concept: readonly [string, string], unit: string, value: string): DataSet =>
  item(
    text(0x0040a040, 'CS', 'NUM'),
    code(0x0040a043, ...concept),
    sequence(0x0040a300, [item(code(0x004008ea, unit, 'UCUM'), text(0x0040a30a, 'DS', value))]),
  );

/** The content items of a report that come out of the engine. */
async function reported(...content: DataSet[]): Promise<readonly DataSet[]> {
  const elements = ctElements(syntaxes.explicit.encoding, [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.88.33'),
    sequence(0x0040a730, content),
  ]);
  const { outcome, output } = await runEngine(
    makeInstance({ syntax: 'explicit', elements, pixelData: null }),
  );
  expect(outcome.outcome).toBe('deidentified');
  return itemsOf((await new InstanceReader(inPieces(output)).readHeader()).dataSet, 0x0040a730);
}

const ageOf = (content: DataSet | undefined): string =>
  asciiOf(itemsOf(content ?? { elements: [] }, 0x0040a300)[0] ?? { elements: [] }, 0x0040a30a);

describe('a structured report says no more of the age than the header', () => {
  it.each([
    [['121033', 'DCM'], 'a', '97', '90'],
    [['121033', 'DCM'], 'a', '89', '89'],
    [['121033', 'DCM'], 'mo', '1164', '1080'],
    [['29553-5', 'LN'], 'a', '104.5', '90'],
    [['397669002', 'SCT'], 'd', '35000', '32873'],
    [['112039', 'DCM'], 'mm', '97', '97'],
  ] as const)('%j in %s: %s becomes %s', async (concept, unit, value, expected) => {
    const [content] = await reported(measured(concept, unit, value));
    expect(ageOf(content)).toBe(expected);
  });

  it('nor a date of birth, shifted as it may be', async () => {
    const date = (concept: string): DataSet =>
      item(
        text(0x0040a040, 'CS', 'DATE'),
        code(0x0040a043, concept, 'DCM'),
        text(0x0040a121, 'DA', '19310704'),
      );
    const [birth, other] = await reported(date('121031'), date('122165'));
    expect(asciiOf(birth as DataSet, 0x0040a121)).toBe('19000101');
    expect(find(other as DataSet, 0x0040a121)).toBeDefined();
    expect(asciiOf(other as DataSet, 0x0040a121)).toMatch(/^19[23]\d/);
  });
});
