import fc from 'fast-check';
import { ByteStream } from '../../../dicom/read/byte-stream';

const source = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));

/** Chunks of sizes in turn, in memory that is overwritten once the next is asked for. */
async function* lent(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const memory = Buffer.alloc(Math.max(...sizes));
  let at = 0;
  for (let turn = 0; at < source.length; turn += 1) {
    const size = Math.min(sizes[turn % sizes.length] as number, source.length - at);
    source.copy(memory, 0, at, at + size);
    yield memory.subarray(0, size);
    memory.fill(0xee);
    at += size;
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('fill' as const), bytes: fc.nat(80_000) }),
  fc.record({ kind: fc.constant('peek' as const), bytes: fc.nat(80_000) }),
  fc.record({ kind: fc.constant('next' as const), bytes: fc.integer({ min: 1, max: 80_000 }) }),
);

describe('bytes pulled from a source that lends its memory', () => {
  it('come in order and unchanged, however they are asked for, and are seen once each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 12 }),
        async (sizes, steps) => {
          const seen: Buffer[] = [];
          const stream = new ByteStream(lent(sizes), (chunk) => seen.push(Buffer.from(chunk)));
          const kept: { readonly at: number; readonly bytes: Buffer }[] = [];
          let at = 0;
          for (const { kind, bytes } of steps) {
            if (kind === 'next') {
              const run = await stream.next(bytes);
              if (run === null) break;
              expect(run.equals(source.subarray(at, at + run.length))).toBe(true);
              at += run.length;
              continue;
            }
            const enough = await stream[kind](bytes);
            expect(enough).toBe(source.length - at >= bytes);
            const got = stream.window.subarray(stream.position, stream.position + bytes);
            expect(got.equals(source.subarray(at, at + got.length))).toBe(true);
            if (kind === 'fill') kept.push({ at, bytes: got });
          }
          await stream.drain();
          expect(Buffer.concat(seen).equals(source)).toBe(true);
          // What `fill` gave stays, whatever the source did to its memory since.
          for (const { at: from, bytes } of kept) {
            expect(bytes.equals(source.subarray(from, from + bytes.length))).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('go on at any place, and know where they stand', async () => {
    const move = fc.record({ kind: fc.constant('goTo' as const), bytes: fc.nat(source.length) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70_000 }),
        fc.array(fc.oneof(step, move), { maxLength: 16 }),
        async (size, steps) => {
          let open = 0;
          async function* from(offset: number): AsyncGenerator<Uint8Array> {
            open += 1;
            try {
              for (let at = offset; at < source.length; at += size) yield source.subarray(at, at + size);
            } finally {
              open -= 1;
            }
          }
          const stream = new ByteStream(from(0));
          let at = 0;
          for (const { kind, bytes } of steps) {
            if (kind === 'goTo') {
              await stream.goTo(bytes, from(bytes));
              at = bytes;
            } else if (kind === 'next') at += (await stream.next(bytes))?.length ?? 0;
            else {
              expect(await stream[kind](bytes)).toBe(source.length - at >= bytes);
              const got = stream.window.subarray(stream.position, stream.position + bytes);
              expect(got.equals(source.subarray(at, at + got.length))).toBe(true);
            }
            expect(stream.offset).toBe(at);
            expect(open).toBeLessThanOrEqual(1);
          }
          await stream.close();
          expect(open).toBe(0);
        },
      ),
      { seed: 2, numRuns: 200 },
    );
  });
});
