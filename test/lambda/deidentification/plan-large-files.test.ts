import * as fc from 'fast-check';
import { readLargeBatch } from '../../../lambda/deidentification/large-batch';
import type { LargeFileRule } from '../../../lambda/deidentification/packs';
import type { ManifestEntry } from '../../../lambda/deidentification/pipeline.contract';
import { batchResults, workList } from '../../../lambda/deidentification/plan.contract';
import { type PlanPorts, planSubmission } from '../../../lambda/deidentification/plan-submission';
import { landingKey, workKeys } from '../../../lambda/platform/object-keys';
import { requireJson } from '../../../lambda/platform/object-store';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const id = 's-00000000000000000000000000';
const entry = (ordinal: number, bytes: number): ManifestEntry => ({
  ordinal,
  bytes,
  sha256: 'a'.repeat(64),
  group: ordinal,
});

/** Plans a submission whose files have all come. */
async function plan(sizes: readonly number[], largeFiles: LargeFileRule, objects = new MemoryObjectStore()) {
  const entries = sizes.map((bytes, index) => entry(index + 1, bytes));
  const ports: PlanPorts = {
    submissions: {
      get: async () => ({
        id,
        state: 'processing',
        trust: 'RX1',
        collection: 'chest',
        fileCount: sizes.length,
        totalBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
        createdAt: '2026-11-23T12:00:00.000Z',
        createdBy: 'subject',
        completedAt: '2026-11-23T12:30:00.000Z',
      }),
    },
    manifests: { readAll: async () => entries, readArchives: async () => [] },
    objects: Object.assign(Object.create(objects), {
      async *list() {
        for (const { ordinal, bytes } of entries) yield { key: landingKey(id, ordinal), bytes };
      },
    }),
    landingBucketOf: () => 'landing',
    workBucket: 'work',
    largeFiles,
  };
  return { objects, output: await planSubmission(ports, id), again: () => planSubmission(ports, id) };
}

const read = (objects: MemoryObjectStore, key: string) =>
  requireJson(objects, { bucket: 'work', key }, workList);
const limit = 2_000_000_000;

describe('a plan', () => {
  it('gives each batch either to the map or, where its file is large, to a container', async () => {
    const sizes = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 1e8 }), fc.integer({ min: 1.9e9, max: 1e10 })),
      {
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(sizes, async (bytes) => {
        const { objects, output, again } = await plan(bytes, { bytes: limit, branch: 'fargate' });
        const all = await read(objects, workKeys.workList(id));
        const mapped = await read(objects, output.workList.key);
        const large = await Promise.all(
          output.largeBatches.map((batch) => readLargeBatch(objects, 'work', { submissionId: id, batch })),
        );
        expect(output.batches).toBe(all.length);
        expect([...mapped, ...large].sort((a, b) => a.batch.localeCompare(b.batch))).toEqual(all);
        expect(large.map(({ files }) => files.map((file) => file.bytes > limit))).toEqual(
          large.map(() => [true]),
        );
        expect(mapped.flatMap(({ files }) => files).every((file) => file.bytes <= limit)).toBe(true);
        expect(large).toHaveLength(bytes.filter((size) => size > limit).length);
        expect(await again()).toEqual(output);
      }),
    );
  });

  it('quarantines what HealthImaging does not take before it is in any batch', async () => {
    const { objects, output } = await plan([10_000_000_000, 10_000_000_001], {
      bytes: limit,
      branch: 'fargate',
    });
    expect(output).toMatchObject({ files: 2, batches: 1, largeBatches: ['b-000001'] });
    const decided = { bucket: 'work', key: workKeys.results(id, 'plan') };
    expect(await requireJson(objects, decided, batchResults)).toEqual([
      { outcome: 'quarantined', ordinal: 2, code: 'TOO_LARGE', tagPath: null, held: 'landing' },
    ]);
  });

  it('quarantines every large file where the platform has no containers', async () => {
    const { objects, output } = await plan([limit, limit + 1, 5], { bytes: limit, branch: 'refuse' });
    expect(output).toMatchObject({ files: 3, batches: 2, largeBatches: [] });
    const decided = { bucket: 'work', key: workKeys.results(id, 'plan') };
    expect(await requireJson(objects, decided, batchResults)).toMatchObject([
      { ordinal: 2, code: 'TOO_LARGE' },
    ]);
  });
});
