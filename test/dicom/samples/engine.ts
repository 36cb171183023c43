import { createHmac } from 'node:crypto';
import {
  type DeidentificationContext,
  deidentifyInstance,
} from '../../../dicom/deidentify/deidentify-instance';
import type { DeidentificationOutcome } from '../../../dicom/deidentify/outcome';
import { derivePseudonymKeys } from '../../../dicom/deidentify/pseudonym-keys';
import { basicPolicy } from '../../../dicom/policy/policy';
import type { PixelKind } from '../../../dicom/validate/pixel-kinds';

const allKinds: readonly PixelKind[] = [
  'burned-in-annotation',
  'secondary-capture',
  'screen-save',
  'dose-report',
  'ultrasound-without-regions',
  'text-in-compressed-pixels',
  'slide-label',
];

export const testRoot = '1.3.6.1.4.1.32473.7';

/** A context that accepts everything, under a key of one repeated byte. */
export async function testContext(
  changes: Partial<DeidentificationContext> = {},
  keyByte = 7,
): Promise<DeidentificationContext> {
  const secret = Buffer.alloc(32, keyByte);
  return {
    policy: basicPolicy(),
    keys: await derivePseudonymKeys((message) => createHmac('sha256', secret).update(message).digest()),
    trust: { odsCode: 'RX1', nhsNumbers: [{ attribute: 'PatientID' }] },
    collection: { id: 'any-kind', arc: 9, patientsWithoutNhsNumber: 'accept', acceptedPixelKinds: allKinds },
    uidRoot: testRoot,
    heldOutShare: 0.2,
    admit: () => 'admit',
    ...changes,
  };
}

/** A file as a source of pieces of a size. */
export async function* inPieces(file: Buffer, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield Buffer.from(file.subarray(at, at + size));
}

export interface EngineRun {
  readonly outcome: DeidentificationOutcome;
  /** What the sink took, whatever the outcome. */
  readonly output: Buffer;
}

export async function runEngine(
  file: Buffer,
  context?: DeidentificationContext,
  pieceSize?: number,
): Promise<EngineRun> {
  const chunks: Buffer[] = [];
  const outcome = await deidentifyInstance(
    inPieces(file, pieceSize),
    {
      write: (chunk) => {
        chunks.push(Buffer.from(chunk));
      },
    },
    context ?? (await testContext()),
  );
  return { outcome, output: Buffer.concat(chunks) };
}

/** The code of a quarantined file, or the outcome. */
export const fateOf = (outcome: DeidentificationOutcome): string =>
  outcome.outcome === 'quarantined' ? outcome.code : outcome.outcome;
