import { deflateRawSync } from 'node:zlib';
import { findSpans } from './element-spans';
import { mutateFile } from './mutate-file';
import type { SeedFile } from './seed-files';
import { SeededRandom } from './seeded-random';

export interface FuzzInput {
  readonly seedName: string;
  readonly bytes: Buffer;
  /** Bytes that the source gives at once. */
  readonly pieceSize: number;
}

const generatedShare = 0.6;

/** The input of a number under a seed: always the same for the same list of files. */
export function makeInput(files: readonly SeedFile[], seed: number, index: number): FuzzInput {
  const random = new SeededRandom(seed, index);
  const generated = files.filter(({ name }) => !name.endsWith('.dcm'));
  const real = files.slice(generated.length);
  const file = random.pick(real.length === 0 || random.chance(generatedShare) ? generated : real);
  const mutated = mutateFile(file.bytes, random);
  const bytes = file.deflated ? deflated(mutated, random) : mutated;
  return {
    seedName: file.name,
    bytes,
    pieceSize: random.pick([64 * 1024, 64 * 1024, 512 * 1024, 1000, 128, 37]),
  };
}

/** A deflated file again; at times with the deflated bytes damaged. */
function deflated(inflated: Buffer, random: SeededRandom): Buffer {
  const { dataSetAt } = findSpans(inflated);
  const stream = deflateRawSync(inflated.subarray(dataSetAt), { level: 1 });
  if (random.chance(0.15)) {
    const at = random.below(stream.length);
    stream[at] = (stream[at] ?? 0) ^ (1 << random.below(8));
  }
  const kept = random.chance(0.05) ? stream.subarray(0, random.below(stream.length)) : stream;
  return Buffer.concat([inflated.subarray(0, dataSetAt), kept]);
}
