import { createHash } from 'node:crypto';
import { OutputStream, type SourceRange } from '../../../dicom/write/output-stream';

const sha256 = (...parts: (Buffer | string)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const source = Buffer.from('the samples of an image');

/** A sink and a proof that note what they are told. */
function setting(takesParts: boolean) {
  const events: string[] = [];
  const parts = {
    begin: () => void events.push('begin'),
    end: (digest: string) => void events.push(`end ${digest.slice(0, 8)}`),
    copy: async (ranges: readonly SourceRange[]) => {
      events.push(`copy ${ranges.length}`);
      return ranges.map(({ start, end }) => sha256(source.subarray(start, end)));
    },
  };
  const sink = {
    write: (chunk: Buffer) => void events.push(`write ${chunk}`),
    ...(takesParts && { parts }),
  };
  const proof = { push: () => undefined, pass: (bytes: number) => void events.push(`pass ${bytes}`) };
  return { events, parts, open: (inParts: boolean) => new OutputStream(sink, proof, inParts) };
}

describe('an output in parts', () => {
  it('has the digest of the digests of its parts, written or copied, and ends the last one by itself', async () => {
    const { events, open } = setting(true);
    const stream = open(true);
    await stream.write(Buffer.from('head'));
    await stream.write(Buffer.from('first'));
    const first = await stream.endPart();
    const ranges = [
      { start: 2, end: 9 },
      { start: 9, end: 12 },
    ];
    const copied = await stream.copy(ranges);
    await stream.write(Buffer.from('tail'));
    await stream.finish();
    expect(first).toBe(sha256('headfirst'));
    expect(copied).toEqual([sha256(source.subarray(2, 9)), sha256(source.subarray(9, 12))]);
    const tail = sha256('tail');
    const composite = sha256(...[first, ...copied, tail].map((digest) => Buffer.from(digest, 'hex')));
    expect(stream.digest()).toEqual({ sha256: composite, digest: 'parts' });
    expect(stream.bytes).toBe(23);
    expect(events).toEqual([
      'begin',
      'write head',
      'write first',
      `end ${first.slice(0, 8)}`,
      'pass 10',
      'copy 2',
      'write tail',
      `end ${tail.slice(0, 8)}`,
    ]);
  });

  it('has no empty part at its end', async () => {
    const { events, open } = setting(true);
    const stream = open(true);
    await stream.write(Buffer.from('head'));
    await stream.endPart();
    await stream.finish();
    expect(events.filter((event) => event.startsWith('end'))).toHaveLength(1);
  });

  it('is refused where the sink did not copy what it was asked for', async () => {
    const { parts, open } = setting(true);
    parts.copy = async () => [];
    const stream = open(true);
    await expect(stream.copy([{ start: 0, end: 4 }])).rejects.toThrow('not copied');
  });
});

it.each([
  ['of a sink that takes none', false, true],
  ['that is not cut', true, false],
])('an output %s is digested as a whole', async (_, takesParts, inParts) => {
  const { events, open } = setting(takesParts);
  const stream = open(inParts);
  await stream.write(Buffer.from('head'));
  await stream.write(Buffer.from('tail'));
  await stream.finish();
  expect(stream.inParts || stream.canCopy).toBe(false);
  expect(stream.digest()).toEqual({ sha256: sha256('headtail') });
  expect(events).toEqual(['write head', 'write tail']);
});
