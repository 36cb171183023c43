import { IdentifyingValues } from '../../../dicom/identifiers/identifying-values';
import { ProofFailure } from '../../../dicom/prove/proof-failure';
import { StreamSearch } from '../../../dicom/prove/stream-search';
import { fateOf, runEngine } from '../samples/engine';
import { ctElements, fragments, makeInstance, syntaxes, text } from '../samples/make-instance';

const identifying = new IdentifyingValues();
identifying.addName('Wrenfield^Tabitha');
identifying.addRaw(Buffer.from('Wrenfield^Tabitha'));
identifying.addId('9434765919');

const searched = (bytes: Buffer, size: number): void => {
  const search = new StreamSearch(identifying, '(7FE0,0010)');
  for (let at = 0; at < bytes.length; at += size) search.push(bytes.subarray(at, at + size));
};

describe('a stream of bytes is searched for what identifies', () => {
  const filler = Buffer.alloc(40, 0x81);
  const around = (found: Buffer): Buffer => Buffer.concat([filler, found, filler]);

  it.each(['WRENFIELD', 'Tabitha', 'wrenfield', '9434765919', 'Wrenfield^Tabitha'])(
    'and %s is found however it is cut',
    (found) => {
      for (const size of [1, 3, 7, 1000]) {
        expect(() => searched(around(Buffer.from(found)), size)).toThrow(ProofFailure);
        if (!/\d/.test(found))
          expect(() => searched(around(Buffer.from(found, 'utf16le')), size)).toThrow(ProofFailure);
      }
    },
  );

  it.each(['Wren', 'lungs and liver', '943476591'])('and %s is not', (other) => {
    for (const size of [1, 5, 1000]) expect(() => searched(around(Buffer.from(other)), size)).not.toThrow();
  });

  it.each([
    ['Wrenfield', 'PROOF_FAILED'],
    ['encoder', 'deidentified'],
  ])('so that a video with %j in its metadata is %s', async (words, fate) => {
    const video = Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypmp42'),
      Buffer.from(words.padEnd(20)),
    ]);
    const file = makeInstance({
      syntax: 'jpeg',
      elements: ctElements(syntaxes.jpeg.encoding, [
        text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.77.1.1.1'),
      ]),
      pixelData: fragments(video),
    });
    const at = file.indexOf('1.2.840.10008.1.2.4.50');
    const uid = Buffer.from('1.2.840.10008.1.2.4.102\0');
    const changed = Buffer.concat([file.subarray(0, at), uid, file.subarray(at + 22)]);
    changed.writeUInt16LE(uid.length, at - 2);
    changed.writeUInt32LE(file.readUInt32LE(140) + 2, 140);
    expect(fateOf((await runEngine(changed)).outcome)).toBe(fate);
  });
});
