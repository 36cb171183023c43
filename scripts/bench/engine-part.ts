import { createHmac } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileBytes, writeAll } from '../../cli/deidentify/file-bytes';
import { type DeidentificationContext, deidentifyInstance } from '../../dicom/deidentify/deidentify-instance';
import { derivePseudonymKeys } from '../../dicom/deidentify/pseudonym-keys';
import { IdentifyingValues } from '../../dicom/identifiers/identifying-values';
import { basicPolicy } from '../../dicom/policy/policy';
import { OutputProof } from '../../dicom/prove/output-proof';

/** The engine as the bench measures it: everything accepted, a key of one repeated byte. */
export async function benchContext(digestSource: boolean): Promise<DeidentificationContext> {
  const secret = Buffer.alloc(32, 7);
  return {
    policy: basicPolicy(),
    keys: await derivePseudonymKeys((message) => createHmac('sha256', secret).update(message).digest()),
    trust: { odsCode: 'RX1', nhsNumbers: [{ attribute: 'PatientID' }] },
    collection: { id: 'bench', arc: 9, patientsWithoutNhsNumber: 'accept', acceptedPixelKinds: [] },
    uidRoot: '1.3.6.1.4.1.32473.7',
    heldOutShare: 0.2,
    admit: () => 'admit',
    digestSource,
  };
}

/** De-identifies a file, proof and digest of the output included; the source digested too, as the platform does, or not. */
async function deidentified(input: string, output: string, digestSource: boolean): Promise<void> {
  const handle = await open(output, 'w');
  const sink = {
    write: (chunk: Buffer): Promise<void> => writeAll(handle, chunk),
    parts: { begin: () => undefined, end: () => undefined },
  };
  const { outcome } = await deidentifyInstance(fileBytes(input), sink, await benchContext(digestSource));
  await handle.close();
  if (outcome !== 'deidentified') throw new Error(`The engine ended with ${outcome}.`);
}

/** The proof alone: reads an output as the proof does beside the engine. */
async function proofAlone(input: string): Promise<void> {
  const proof = new OutputProof();
  for await (const chunk of createReadStream(input, { highWaterMark: 512 * 1024 })) {
    const pushed = proof.push(chunk as Buffer);
    if (pushed !== undefined) await pushed;
  }
  const source = { elements: [] };
  await proof.finish({
    identifying: new IdentifyingValues(),
    uidPrefix: '1.3.6.1.4.1.32473.7.',
    pseudonyms: new Set(),
    source,
  });
}

/** Entry of a process of its own: `engine IN OUT`, `source-hash IN OUT` or `proof FILE`. */
export async function runPart([part, input = '', output = '']: readonly string[]): Promise<void> {
  if (part === 'engine') await deidentified(input, output, false);
  else if (part === 'source-hash') await deidentified(input, output, true);
  else if (part === 'proof') await proofAlone(input);
  else throw new Error('Unknown part.');
}
