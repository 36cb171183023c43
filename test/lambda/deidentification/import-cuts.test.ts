import * as fc from 'fast-check';
import { cutImports, importLimits } from '../../../lambda/deidentification/import-cuts';

const limits = { files: 100, bytes: 1_000 };

/** Outputs of random groups, packs and splits, some larger than an import. */
const staged = fc
  .array(
    fc.record({
      group: fc.integer({ min: 1, max: 5 }),
      pack: fc.constantFrom('p-0001', 'p-0002'),
      split: fc.constantFrom('development' as const, 'held-out' as const),
      bytes: fc.integer({ min: 0, max: 1_200 }),
    }),
    { maxLength: 40 },
  )
  .map((files) => files.map((file, index) => ({ ...file, ordinal: index + 1 })));

describe('imports that are cut', () => {
  it('are within the limit, but for a file that is above it alone, and mix neither packs nor splits', () => {
    fc.assert(
      fc.property(staged, (files) => {
        const cut = cutImports(files, 2, limits);
        const imports = new Map<string, typeof files>();
        for (const file of files) {
          const name = `${cut.get(file.ordinal) ?? file.pack} ${file.split}`;
          imports.set(name, [...(imports.get(name) ?? []), file]);
        }
        for (const members of imports.values()) {
          expect(new Set(members.map(({ pack }) => pack)).size).toBe(1);
          if (members.length > 1)
            expect(members.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limits.bytes);
        }
        for (const pack of cut.values()) expect(['p-0001', 'p-0002']).not.toContain(pack);
      }),
    );
  });

  it('do not depend on the order of the files', () => {
    fc.assert(
      fc.property(staged, (files) => {
        expect(cutImports([...files].reverse(), 2, limits)).toEqual(cutImports(files, 2, limits));
      }),
    );
  });

  it('are those above 10 GB, the most that HealthImaging takes in a job', () => {
    const pack = [1, 2].map((ordinal) => ({
      ordinal,
      group: ordinal,
      pack: 'p-0001',
      split: 'development' as const,
      bytes: 5_000_000_000,
    }));
    expect(importLimits.bytes).toBe(10_000_000_000);
    expect(cutImports(pack, 1).size).toBe(0);
    expect([...cutImports([...pack, { ...pack[0], ordinal: 3, group: 3, bytes: 1 } as never], 1)]).toEqual([
      [3, 'p-0002'],
    ]);
  });
});
