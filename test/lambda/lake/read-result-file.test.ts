import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readResultFile } from '../../../lambda/lake/read-result-file';

const rows = fc.integer({ min: 1, max: 4 }).chain((columns) =>
  fc.array(
    fc.array(fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', '😀') }), { nil: null }), {
      minLength: columns,
      maxLength: columns,
    }),
    { maxLength: 6 },
  ),
);

const textOf = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;

async function read(bytes: Buffer, chunk: number): Promise<(string | null)[][]> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk) chunks.push(bytes.subarray(at, at + chunk));
  const found: (string | null)[][] = [];
  for await (const row of readResultFile(Readable.from(chunks))) found.push(row);
  return found;
}

it('gives back every value, wherever the file is cut', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (values, chunk) => {
      const file = Buffer.from([textOf(['name']), ...values.map(textOf)].join(''));
      expect(await read(file, chunk)).toEqual(values);
    }),
    { seed: 610, numRuns: 500 },
  );
});

it.each(['"name"\n"a', '"name"\n"a","b"', '"name"\na\n'])('refuses %j', async (text) => {
  await expect(read(Buffer.from(text), 64)).rejects.toThrow('file of results');
});
