import { type DeletionPosition, deleteImageSets } from '../../../lambda/withdrawal/delete-image-sets';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const id = 'w-00000000000000000000000001';
const set = (index: number) => ({ datastoreId: 'd', imageSetId: `set-${index}` });

function setting(count: number, deletesPerSecond = 0.25) {
  const objects = new MemoryObjectStore();
  objects.set(
    'work',
    `withdrawals/${id}/gathered.json`,
    JSON.stringify({
      subjects: { kind: 'patients', patients: [] },
      holdings: [],
      imageSets: Array.from({ length: count }, (_, index) => set(index)),
      collections: [],
      counts: {
        patients: 0,
        submissions: 0,
        submissionsUnderWay: 0,
        studies: 0,
        series: 0,
        instances: 0,
        imageSets: count,
        quarantined: 0,
        instancesOfOthers: 0,
      },
    }),
  );
  const state = { now: 0, until: Number.POSITIVE_INFINITY };
  const deleted: { imageSetId: string; at: number }[] = [];
  const gone = new Set<string>();
  const throttled: number[] = [];
  const ports = {
    objects,
    withdrawals: { note: async () => {} },
    images: {
      deleteImageSet: async (_store: string, imageSetId: string) => {
        if (throttled.shift() === 1) throw new Error('throttled');
        deleted.push({ imageSetId, at: state.now });
        gone.add(imageSetId);
      },
      isGone: async (_store: string, imageSetId: string) => gone.has(imageSetId),
    },
    isThrottled: (error: unknown) => error instanceof Error && error.message === 'throttled',
    pause: async (milliseconds: number) => {
      state.now += milliseconds;
    },
    now: () => state.now,
    hasTime: () => state.now < state.until,
    deletesPerSecond,
    workBucket: 'work',
  };
  return { ports, state, deleted, gone, throttled };
}

describe('deleting image sets', () => {
  it('keeps the rate of the service, and asks at the end whether each is gone', async () => {
    const { ports, deleted } = setting(5);
    let at: DeletionPosition = { phase: 'delete', position: 0 };
    at = await deleteImageSets(ports, id, at);
    expect(deleted.map((each) => each.at)).toEqual([0, 4_000, 8_000, 12_000, 16_000]);
    expect(at).toMatchObject({ phase: 'confirm', position: 0 });
    expect(await deleteImageSets(ports, id, at)).toMatchObject({ phase: 'gone' });
  });

  it('stops in time and goes on where it stopped', async () => {
    const { ports, state, deleted } = setting(5);
    state.until = 9_000;
    const at = await deleteImageSets(ports, id, { phase: 'delete', position: 0 });
    expect(at).toMatchObject({ phase: 'delete', position: 3 });
    state.until = Number.POSITIVE_INFINITY;
    expect(await deleteImageSets(ports, id, at)).toMatchObject({ phase: 'confirm' });
    expect(deleted.map((each) => each.imageSetId)).toEqual(
      [0, 1, 2, 3, 4].map((index) => set(index).imageSetId),
    );
  });

  it('waits where the service says that too many calls come, and loses none', async () => {
    const { ports, deleted, throttled } = setting(3);
    throttled.push(0, 1, 1, 0, 1, 0);
    await deleteImageSets(ports, id, { phase: 'delete', position: 0 });
    expect(deleted).toHaveLength(3);
  });

  it('ends nothing while HealthImaging still has one', async () => {
    const { ports, gone } = setting(2);
    await deleteImageSets(ports, id, { phase: 'delete', position: 0 });
    gone.delete('set-1');
    await expect(deleteImageSets(ports, id, { phase: 'confirm', position: 0 })).rejects.toThrow(
      expect.objectContaining({ name: 'ImageSetNotDeletedError' }),
    );
  });

  it('is over where the certificate stands and its lists are gone', async () => {
    const { ports } = setting(1);
    await ports.objects.delete({ bucket: 'work', key: `withdrawals/${id}/gathered.json` });
    expect(await deleteImageSets(ports, id, { phase: 'delete', position: 0 })).toMatchObject({
      phase: 'gone',
    });
  });
});
