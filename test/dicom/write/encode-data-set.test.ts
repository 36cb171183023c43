import fc from 'fast-check';
import {
  type DataElement,
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  valueBytes,
} from '../../../dicom/data-set/data-element';
import { makeElement, makeSequence } from '../../../dicom/data-set/make-element';
import { ElementParser } from '../../../dicom/read/element-parser';
import { encodeDataSet } from '../../../dicom/write/encode-data-set';

const leaf = fc.record({
  tag: fc.constantFrom(0x00080070, 0x00081030, 0x0008103e, 0x00104000),
  value: fc.uint8Array({ maxLength: 40 }),
});

const elements: fc.Arbitrary<DataElement[]> = fc.letrec<{ level: DataElement[] }>((tie) => ({
  level: fc
    .tuple(
      fc.uniqueArray(leaf, { selector: ({ tag }) => tag, maxLength: 3 }),
      fc.option(fc.array(tie('level'), { maxLength: 3 }), { depthSize: 'small', maxDepth: 4 }),
    )
    .map(([leaves, items]) => {
      const made = leaves.map(({ tag, value }) =>
        makeElement(tag, tag === 0x00104000 ? 'LT' : 'LO', Buffer.from(value)),
      );
      if (items !== null)
        made.push(
          makeSequence(
            0x00081140,
            items.map((nested) => ({ elements: nested })),
          ),
        );
      return made.sort((left, right) => left.tag - right.tag);
    }),
})).level;

const plain = (list: readonly DataElement[]): unknown =>
  list.map(({ tag, items, ...rest }) => ({
    tag,
    value:
      items === null
        ? valueBytes({ tag, items, ...rest }).toString('hex')
        : items.map((item) => plain(item.elements)),
  }));

describe('a data set that was written reads back the same', () => {
  it.each([
    ['implicit little endian', implicitLittleEndian],
    ['explicit little endian', explicitLittleEndian],
    ['explicit big endian', explicitBigEndian],
  ])('%s', (_name, encoding) => {
    fc.assert(
      fc.property(elements, (written) => {
        const parser = new ElementParser();
        const bytes = encodeDataSet({ elements: written }, encoding);
        expect(bytes.length % 2).toBe(0);
        parser.bind(bytes, 0, true);
        const read: DataElement[] = [];
        for (;;) {
          const next = parser.nextTopLevel(encoding);
          if (next === null) break;
          if (next === 'padding' || 'kind' in next) throw new Error('not an element');
          read.push(next);
        }
        expect(plain(read)).toEqual(plain(written));
      }),
    );
  });

  it('pads text with a space, UIDs and bytes with a null', () => {
    const padded = encodeDataSet(
      {
        elements: [
          makeElement(0x00080018, 'UI', Buffer.from('1.2')),
          makeElement(0x00080060, 'CS', Buffer.from('ECG')),
        ],
      },
      explicitLittleEndian,
    );
    expect(padded.toString('latin1')).toContain('1.2\0');
    expect(padded.toString('latin1')).toContain('ECG ');
  });
});
