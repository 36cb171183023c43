import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { makeElement } from '../../../dicom/data-set/make-element';
import { IdentifyingValues } from '../../../dicom/identifiers/identifying-values';
import { OutputProof } from '../../../dicom/prove/output-proof';
import { ProofFailure } from '../../../dicom/prove/proof-failure';
import { encodeDataSet } from '../../../dicom/write/encode-data-set';
import { ctElements, fragments, jpegStream, makeInstance, type SyntaxName } from '../samples/make-instance';

const samples = 64;

/** A file, and the length of what stands before its samples. */
function fileOf(syntax: SyntaxName): { file: Buffer; start: number } {
  const pixelData = syntax === 'jpeg' ? fragments(jpegStream()) : Buffer.alloc(samples, 1);
  const file = makeInstance({ syntax, elements: ctElements(explicitLittleEndian), pixelData });
  return { file, start: file.length - pixelData.length };
}

const finish = (proof: OutputProof): Promise<void> =>
  proof.finish({
    identifying: new IdentifyingValues(),
    uidPrefix: '2.25.',
    pseudonyms: new Set(),
    source: { elements: [] },
  });

describe('samples that the proof is told of and does not read', () => {
  const opened = (read: number): OutputProof => {
    const { file, start } = fileOf('explicit');
    const proof = new OutputProof();
    void proof.push(file.subarray(0, start + read));
    return proof;
  };

  it.each([0, 1, 63])('stand behind those that it read (%i)', async (read) => {
    const proof = opened(read);
    proof.pass(samples - read);
    await expect(finish(proof)).resolves.toBeUndefined();
  });

  it('must be as many as the header says', async () => {
    expect(() => opened(0).pass(samples + 1)).toThrow(ProofFailure);
    expect(() => opened(60).pass(5)).toThrow(ProofFailure);
    expect(() => opened(samples).pass(1)).toThrow(ProofFailure);
    const short = opened(0);
    short.pass(samples - 1);
    await expect(finish(short)).rejects.toThrow(ProofFailure);
  });

  it('have what stands behind them searched as ever', async () => {
    const identifying = new IdentifyingValues();
    identifying.addUid('1.2.826.0.1.3680043.10.777');
    const proof = opened(8);
    proof.pass(samples - 8);
    const trailer = makeElement(0x7fe10010, 'UI', Buffer.from('1.2.826.0.1.3680043.10.777'));
    void proof.push(encodeDataSet({ elements: [trailer] }, explicitLittleEndian));
    const source = { elements: [] };
    await expect(
      proof.finish({ identifying, uidPrefix: '2.25.', pseudonyms: new Set(), source }),
    ).rejects.toThrow(ProofFailure);
  });

  it('stand in native pixel data alone', () => {
    const proof = new OutputProof();
    expect(() => proof.pass(1)).toThrow(ProofFailure);
    for (const syntax of ['jpeg', 'deflated'] as const) {
      const { file, start } = fileOf(syntax);
      const other = new OutputProof();
      void other.push(file.subarray(0, syntax === 'jpeg' ? start + 8 : 600));
      expect(() => other.pass(1)).toThrow(ProofFailure);
    }
  });
});
