import type { DataElement, Encoding } from '../../../dicom/data-set/data-element';
import { find, valueBytes } from '../../../dicom/data-set/data-element';
import { makeElement } from '../../../dicom/data-set/make-element';
import { IdentifyingValues } from '../../../dicom/identifiers/identifying-values';
import { InstanceReader } from '../../../dicom/read/instance-reader';
import { inPieces, runEngine } from '../samples/engine';
import { ctElements, makeInstance, type SyntaxName, syntaxes, text } from '../samples/make-instance';

const values = new IdentifyingValues();
values.addId('9434765919');
values.addId('0088421');
values.addId('884213');
values.addDate('19310704');

describe('a number by which somebody is known', () => {
  it.each([
    '9434765919',
    '+9434765919',
    '9434765919.0',
    '9434765919.000000',
    '009434765919',
    '9.434765919E9',
    '943476591.9',
    '94347659190',
    '884213',
    '884213.00',
    ' 884213 ',
    '19310704',
    '04071931',
    '07041931',
  ])('is known as %j', (text) => expect(values.isKnownNumber(text)).toBe(true));

  it.each(['9434765918', '88421', '1.5', '0.884213', '8842130', '', '-', '1931', '884213.5'])(
    'is not met in %j',
    (text) => expect(values.isKnownNumber(text)).toBe(false),
  );

  it('is no date that programs write where they know none', () => {
    const nobody = new IdentifyingValues();
    nobody.addDate('19000101');
    expect(nobody.numbers.size).toBe(0);
  });
});

describe('a known number in an attribute of numbers goes', () => {
  const unsignedLong = (value: number, { littleEndian }: Encoding): DataElement => {
    const bytes = Buffer.alloc(4);
    if (littleEndian) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return makeElement(0x00186018, 'UL', bytes);
  };
  const double = (value: number, { littleEndian }: Encoding): DataElement => {
    const bytes = Buffer.alloc(8);
    if (littleEndian) bytes.writeDoubleLE(value);
    else bytes.writeDoubleBE(value);
    return makeElement(0x00189073, 'FD', bytes);
  };
  const places: [string, (encoding: Encoding) => DataElement][] = [
    ['a decimal string', () => text(0x00180050, 'DS', '9434765919.0')],
    ['an integer string', () => text(0x00200012, 'IS', '19310704')],
    ['an integer', (encoding) => unsignedLong(884213, encoding)],
    ['a floating point number', (encoding) => double(9434765919, encoding)],
  ];
  const names: SyntaxName[] = ['explicit', 'implicit', 'bigEndian'];

  it.each(places.flatMap(([name, make]) => names.map((syntax) => [name, syntax, make] as const)))(
    'as %s (%s)',
    async (_name, syntax, make) => {
      const { encoding } = syntaxes[syntax];
      const planted = make(encoding);
      const elements = ctElements(encoding, [
        text(0x00100020, 'LO', '9434765919'),
        text(0x00080050, 'SH', '884213'),
        planted,
      ]);
      const { outcome, output } = await runEngine(makeInstance({ syntax, elements }));
      expect(outcome.outcome).toBe('deidentified');
      const { dataSet } = await new InstanceReader(inPieces(output)).readHeader();
      const left = find(dataSet, planted.tag);
      expect(left !== undefined && valueBytes(left).equals(valueBytes(planted))).toBe(false);
    },
  );
});
