import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { deidentifyInstance } from '../../../dicom/deidentify/deidentify-instance';
import { transferSyntaxOf } from '../../../dicom/dictionary/transfer-syntaxes';
import { encodeFileMeta } from '../../../dicom/write/file-meta';
import { importedTransferSyntaxes } from '../../../local/aws/medical-imaging/transfer-syntaxes';
import { testContext } from '../samples/engine';
import { ctElements, fragments, jpegStream, makeInstance } from '../samples/make-instance';

/** The image store takes any SOP class and the transfer syntaxes that it lists; nothing else may reach it. */

const root = '1.2.840.10008.1.2';
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const known = [
  root,
  ...['1', '1.98', '1.99', '2', '5', '8.1'].map((end) => `${root}.${end}`),
  ...numbers(50, 210).flatMap((end) => [`${root}.4.${end}`, `${root}.4.${end}.1`]),
].filter((uid) => transferSyntaxOf(uid) !== undefined);
const refused = known.filter((uid) => !importedTransferSyntaxes.has(uid));

/** A file of compressed frames that says of itself what a transfer syntax it has. */
function fileOf(transferSyntaxUid: string): Buffer {
  const file = makeInstance({
    syntax: 'jpeg',
    elements: ctElements(explicitLittleEndian),
    pixelData: fragments(jpegStream()),
  });
  const meta = encodeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid,
    uidRoot: '2.25',
  });
  return Buffer.concat([meta, file.subarray(144 + file.readUInt32LE(140))]);
}

/** What the engine makes of a file, and how much it read and wrote until it knew. */
async function fate(file: Buffer) {
  let written = 0;
  async function* source(): AsyncGenerator<Buffer> {
    yield file;
  }
  const write = (chunk: Buffer): void => {
    written += chunk.length;
  };
  const outcome = await deidentifyInstance(source(), { write }, await testContext());
  return { outcome, written };
}

describe('what the image store does not import', () => {
  it('is what the engine does not pass on', () => {
    expect(known.length).toBeGreaterThan(50);
    expect(known.filter((uid) => transferSyntaxOf(uid)?.importable === true)).toEqual(
      known.filter((uid) => importedTransferSyntaxes.has(uid)),
    );
    expect([...importedTransferSyntaxes].filter((uid) => !known.includes(uid))).toEqual([]);
  });

  it.each([...refused, '1.2.840.113619.5.2', '1.2.3.4'])(
    'ends with its own code, and not a byte of it is written: %s',
    async (uid) => {
      expect(await fate(fileOf(uid))).toMatchObject({
        outcome: { outcome: 'quarantined', code: 'UNSUPPORTED_TRANSFER_SYNTAX' },
        written: 0,
      });
    },
  );

  it('is told from what it does import', async () => {
    const { outcome, written } = await fate(fileOf(`${root}.4.50`));
    expect(outcome.outcome).toBe('deidentified');
    expect(written).toBeGreaterThan(0);
  });
});
