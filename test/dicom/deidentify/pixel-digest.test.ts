import { createHash } from 'node:crypto';
import { pixelDigest } from '../../../dicom/deidentify/pixel-digest';
import { seededNoise } from '../../../dicom/synthetic/seeded-values';

const noise = seededNoise('digest', 3_000_001);

/** Digest of the noise over and over, given in pieces of the sizes in turn, each overwritten once it was taken. */
async function digestOf(announced: number | null, sizes: readonly number[], times: number): Promise<string> {
  const digest = pixelDigest(announced);
  try {
    for (let time = 0; time < times; time += 1) {
      let at = 0;
      for (let piece = 0; at < noise.length; piece += 1) {
        const size = sizes[piece % sizes.length] ?? 1;
        const copy = Buffer.from(noise.subarray(at, at + size));
        await digest.update(copy);
        copy.fill(0);
        at += size;
      }
    }
    return await digest.digest();
  } finally {
    digest.close();
  }
}

describe('the digest of pixel data', () => {
  const times = 3;
  const expected = createHash('sha256')
    .update(Buffer.concat([noise, noise, noise]))
    .digest('hex');

  it.each([null, 100, 64 * 1024 * 1024, 4_000_000_000])(
    'is the same beside the output and in line, whatever length is announced (%s)',
    async (announced) => {
      expect(await digestOf(announced, [512 * 1024], times)).toBe(expected);
      expect(await digestOf(announced, [1_500_000, 7, 100_000], times)).toBe(expected);
    },
  );

  it('is that of nothing where nothing comes', async () => {
    const digest = pixelDigest(64 * 1024 * 1024);
    expect(await digest.digest()).toBe(createHash('sha256').digest('hex'));
    digest.close();
  });

  it('can be left unfinished', async () => {
    const digest = pixelDigest(64 * 1024 * 1024);
    await digest.update(noise);
    digest.close();
  });
});
