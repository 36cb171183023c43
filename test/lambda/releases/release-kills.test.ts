import { ReleaseRun } from './release-run';

/** Killed anywhere and started again, a release is the same bytes. */

class Killed extends Error {}

/** Counts everything that is written, and dies at one of the writes: before it, or once it is done. */
function killAt(run: ReleaseRun, nth: number, when: 'before' | 'after'): { writes: () => number } {
  let writes = 0;
  const wrap = <Owner extends object>(owner: Owner, name: keyof Owner & string) => {
    const original = (owner[name] as unknown as (...given: unknown[]) => Promise<unknown>).bind(owner);
    Object.assign(owner, {
      [name]: async (...given: unknown[]) => {
        writes += 1;
        const dies = writes === nth;
        if (dies && when === 'before') throw new Killed();
        const result = await original(...given);
        if (dies) throw new Killed();
        return result;
      },
    });
  };
  for (const name of ['put', 'copy', 'deleteAllVersions'] as const) wrap(run.objects, name);
  wrap(run.table, 'transact');
  return { writes: () => writes };
}

async function undisturbed(): Promise<{ documents: Record<string, string>; writes: number }> {
  const run = await ReleaseRun.open();
  await run.ask();
  const { writes } = killAt(run, 0, 'before');
  await run.execute();
  await run.lake.close();
  return { documents: run.documents(), writes: writes() };
}

it('killed at any write, before it or once it is done, another execution makes the same bytes', async () => {
  const { documents, writes } = await undisturbed();
  expect(writes).toBeGreaterThan(15);
  for (let nth = 1; nth <= writes; nth += 1) {
    const run = await ReleaseRun.open();
    await run.ask();
    killAt(run, nth, nth % 2 === 0 ? 'before' : 'after');
    await expect(run.execute()).rejects.toBeInstanceOf(Killed);
    if ((await run.record()).state !== 'published') await run.stop('Any');
    expect(await run.execute()).toBe('published');
    expect(run.documents()).toEqual(documents);
    expect(run.objects.keys('catalogue').filter((key) => key.startsWith('lake/unloads/'))).toEqual([]);
    expect(run.eventTypes()).toEqual(['release-begun', 'held-out-committed', 'release-published']);
    await run.lake.close();
  }
}, 300_000);
