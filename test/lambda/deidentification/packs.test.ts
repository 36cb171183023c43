import * as fc from 'fast-check';
import { isLargeBatch, limitsBeside, planBatches, planPacks } from '../../../lambda/deidentification/packs';
import { type BatchFile, batch } from '../../../lambda/deidentification/pipeline.contract';

const sha256 = '0'.repeat(64);
const id = 's-00000000000000000000000000';
const limits = { files: 7, bytes: 1_000 };

/** Files of random groups and sizes, some larger than a pack; ordinals in random order. */
const manifest: fc.Arbitrary<BatchFile[]> = fc
  .array(fc.record({ group: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 0, max: 1_200 }) }), {
    maxLength: 60,
  })
  .chain((files) =>
    fc.shuffledSubarray(
      files.map((file, index) => ({ ...file, ordinal: index + 1, sha256 })),
      { minLength: files.length, maxLength: files.length },
    ),
  );

const total = (files: readonly BatchFile[]) => files.reduce((sum, file) => sum + file.bytes, 0);

describe('packs', () => {
  it('hold every file exactly once', () => {
    fc.assert(
      fc.property(manifest, (files) => {
        const ordinals = planPacks(files, limits).flatMap((pack) => pack.files.map((file) => file.ordinal));
        expect(ordinals.sort((a, b) => a - b)).toEqual(
          files.map((file) => file.ordinal).sort((a, b) => a - b),
        );
      }),
    );
  });

  it('keep to the limits; a file above them travels alone', () => {
    fc.assert(
      fc.property(manifest, (files) => {
        for (const pack of planPacks(files, limits)) {
          expect(pack.files.length).toBeLessThanOrEqual(limits.files);
          if (pack.files.length > 1) expect(total(pack.files)).toBeLessThanOrEqual(limits.bytes);
        }
      }),
    );
  });

  it('cut only groups that exceed the limits by themselves', () => {
    fc.assert(
      fc.property(manifest, (files) => {
        const packsOfGroup = new Map<number, Set<string>>();
        for (const { pack, files: members } of planPacks(files, limits))
          for (const { group } of members)
            packsOfGroup.set(group, (packsOfGroup.get(group) ?? new Set()).add(pack));
        for (const [group, packs] of packsOfGroup) {
          const members = files.filter((file) => file.group === group);
          const fits = members.length <= limits.files && total(members) <= limits.bytes;
          if (fits) expect(packs.size).toBe(1);
        }
      }),
    );
  });

  it('do not depend on the order in which the files are given', () => {
    fc.assert(
      fc.property(manifest, (files) => {
        expect(planPacks([...files].reverse(), limits)).toEqual(planPacks(files, limits));
      }),
    );
  });

  it('are numbered from p-0001', () => {
    const files = [1, 2].map((ordinal) => ({ ordinal, group: ordinal, bytes: 600, sha256 }));
    expect(planPacks(files, limits).map(({ pack }) => pack)).toEqual(['p-0001', 'p-0002']);
  });
});

describe('batches', () => {
  it('hold a large file alone, whatever the limit, and are told apart by it', () => {
    fc.assert(
      fc.property(manifest, fc.integer({ min: 1, max: 1_200 }), (files, bytes) => {
        const rule = { bytes, branch: 'fargate' } as const;
        const batches = planBatches(
          id,
          planPacks(files, limits),
          limitsBeside(rule, { files: 3, bytes: 500 }),
        );
        for (const each of batches) {
          const large = each.files.filter((file) => file.bytes > bytes);
          expect(isLargeBatch(each, rule)).toBe(large.length > 0);
          if (large.length > 0) expect(each.files).toHaveLength(1);
        }
        const ordinals = batches.flatMap((each) => each.files.map((file) => file.ordinal));
        expect(ordinals.sort((a, b) => a - b)).toEqual(
          files.map((file) => file.ordinal).sort((a, b) => a - b),
        );
      }),
    );
  });

  it('hold every file of the packs once, keep to their limits and never mix packs', () => {
    fc.assert(
      fc.property(manifest, (files) => {
        const packs = planPacks(files, limits);
        const batches = planBatches(id, packs, { files: 3, bytes: 500 });
        for (const { pack, files: members } of packs)
          expect(batches.filter((each) => each.pack === pack).flatMap((each) => each.files)).toEqual(members);
        for (const each of batches) {
          expect(batch.safeParse(each).success).toBe(true);
          expect(each.files.length).toBeLessThanOrEqual(3);
          if (each.files.length > 1) expect(total(each.files)).toBeLessThanOrEqual(500);
        }
        expect(new Set(batches.map((each) => each.batch)).size).toBe(batches.length);
      }),
    );
  });
});
