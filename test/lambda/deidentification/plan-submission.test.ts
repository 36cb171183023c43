import { createHash } from 'node:crypto';
import type { ManifestEntry } from '../../../lambda/deidentification/pipeline.contract';
import { workList } from '../../../lambda/deidentification/plan.contract';
import { planSubmission } from '../../../lambda/deidentification/plan-submission';
import { landingKey, workKeys } from '../../../lambda/platform/object-keys';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const id = 's-00000000000000000000000000';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Plan compares lengths and digests, never the bytes themselves: a small object stands for a large file. */
const partDigests = ['a', 'b', 'c'].map(digest);
const parted: ManifestEntry = {
  ordinal: 1,
  bytes: 12,
  sha256: compositeDigest(partDigests),
  group: 1,
  parts: { bytes: 5 * 1024 ** 2, sha256: partDigests },
};
const whole: ManifestEntry = { ordinal: 2, bytes: 4, sha256: digest('whole'), group: 2 };
const composite = { parts: 3, sha256: parted.sha256 };

describe('Plan, of a file that came in parts', () => {
  let objects: MemoryObjectStore;

  beforeEach(() => {
    objects = new MemoryObjectStore();
    objects.set('landing', landingKey(id, 2), 'abcd');
  });

  async function plan() {
    await planSubmission(
      {
        submissions: {
          get: async () => ({
            id,
            state: 'processing',
            trust: 'RX1',
            collection: 'chest',
            fileCount: 2,
            totalBytes: 16,
            createdAt: '2026-11-23T12:00:00.000Z',
            createdBy: 'subject',
            completedAt: '2026-11-23T12:00:00.000Z',
          }),
        },
        manifests: { readAll: async () => [parted, whole], readArchives: async () => [] },
        objects,
        landingBucketOf: () => 'landing',
        workBucket: 'work',
        largeFiles: { bytes: 2_000_000_000, branch: 'fargate' },
      },
      id,
    );
    return {
      files: workList.parse(objects.json('work', workKeys.workList(id))).flatMap((batch) => batch.files),
      decided: objects.json('work', workKeys.results(id, 'plan')),
    };
  }

  const land = (body: string, of: typeof composite | null = composite) =>
    objects.setParted('landing', landingKey(id, 1), Buffer.from(body), of);

  it('puts it into a batch without the digests of its parts, marked as compared', async () => {
    land('twelve bytes');
    const { parts: _, ...file } = parted;
    expect(await plan()).toEqual({ files: [{ ...file, digest: 'parts' }, whole], decided: [] });
  });

  it.each([
    ['another digest', { ...composite, sha256: digest('other') }],
    ['another number of parts', { ...composite, parts: 2 }],
    ['no digests of parts', null],
  ])('quarantines one of which S3 holds %s', async (_name, held) => {
    land('twelve bytes', held);
    expect(await plan()).toMatchObject({
      files: [whole],
      decided: [{ ordinal: 1, outcome: 'quarantined', code: 'CHECKSUM_MISMATCH', held: 'landing' }],
    });
  });

  it('quarantines one of another length, and misses one that did not come', async () => {
    land('eleven byte');
    expect((await plan()).decided).toMatchObject([{ ordinal: 1, code: 'CHECKSUM_MISMATCH' }]);
    objects = new MemoryObjectStore();
    expect((await plan()).decided).toMatchObject([
      { ordinal: 1, outcome: 'missing' },
      { ordinal: 2, outcome: 'missing' },
    ]);
  });

  it('keeps the ends of a run that was first, though a file has landed since: it stands in one list, not in none', async () => {
    await plan();
    objects.objects.delete(`work/${workKeys.plan(id)}`);
    land('twelve bytes');
    expect(await plan()).toMatchObject({ files: [whole], decided: [{ ordinal: 1, outcome: 'missing' }] });
  });

  it('plans nothing where a file that an earlier run found is gone', async () => {
    land('twelve bytes');
    await plan();
    objects.objects.delete(`work/${workKeys.plan(id)}`);
    objects.objects.delete(`landing/${landingKey(id, 1)}`);
    await expect(plan()).rejects.toThrow('not there any more');
  });
});
