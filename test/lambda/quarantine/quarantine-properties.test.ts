import * as fc from 'fast-check';
import { quarantineCodes, quarantineReasons } from '../../../dicom/quarantine/quarantine-codes';
import type { DocumentTable } from '../../../lambda/platform/document-table';
import { planParts } from '../../../lambda/quarantine/plan-release';
import type { WaitingRecord } from '../../../lambda/quarantine/quarantine.contract';
import { endsSoon } from '../../../lambda/quarantine/quarantine-time';
import { numberFiles } from '../../../lambda/quarantine/replay-part';
import { startEmbeddedTable } from '../fixtures/embedded-table';
import { Killed } from '../pipeline/pipeline-fixture';
import { Quarantine, slice } from './quarantine-fixture';

const submissionIds = ['a', 'b', 'c'].map((letter) => `s-${letter.repeat(26)}`);

const file: fc.Arbitrary<WaitingRecord> = fc
  .record({
    submission: fc.constantFrom(...submissionIds),
    ordinal: fc.integer({ min: 1, max: 500 }),
    trust: fc.constantFrom('RX1', 'RY2'),
    collection: fc.constantFrom('chest', 'breast'),
    group: fc.integer({ min: 1, max: 5 }),
    bytes: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ submission, ordinal, trust, collection, group, bytes }) => ({
    state: 'waiting',
    submission,
    ordinal,
    trust,
    collection,
    code: 'BURNED_IN_TEXT',
    tagPath: null,
    held: 'quarantine',
    entry: { ordinal, bytes, sha256: '0'.repeat(64), group },
    rules: {
      policy: { name: 'basic', version: 1, sha256: '0'.repeat(64) },
      acceptedPixelKinds: [],
      patientsWithoutNhsNumber: 'withhold',
    },
    quarantinedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-04-01T00:00:00.000Z',
    replays: 0,
  }));

const files = fc.uniqueArray(file, {
  selector: ({ submission, ordinal }) => `${submission}/${ordinal}`,
  maxLength: 60,
});

describe('the parts of a release', () => {
  const limits = { files: 7, bytes: 250, submissions: 2 };

  it('hold every file once, of one trust and collection each, within the limits', () => {
    fc.assert(
      fc.property(files, (all) => {
        const parts = planParts(all, limits);
        expect(parts.flatMap((part) => part.files)).toHaveLength(all.length);
        expect(new Set(parts.flatMap((part) => part.files))).toEqual(new Set(all));
        for (const { part, files: taken } of parts) {
          expect(new Set(taken.map(({ trust, collection }) => `${trust} ${collection}`)).size).toBe(1);
          expect(taken.length).toBeLessThanOrEqual(limits.files);
          expect(new Set(taken.map(({ submission }) => submission)).size).toBeLessThanOrEqual(2);
          expect(part).toMatchObject({ files: taken.length });
          if (taken.length > 1) expect(part.bytes).toBeLessThanOrEqual(limits.bytes);
        }
      }),
    );
  });

  it('do not depend on the order of the files', () => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.nat()), (all, random) => {
        const keyed = all.map((each) => ({ each, at: random.next().value ?? 0 }));
        const shuffled = keyed.sort((left, right) => left.at - right.at).map(({ each }) => each);
        expect(planParts(shuffled, limits)).toEqual(planParts(all, limits));
      }),
    );
  });

  it('are numbered without gaps, with one group a series of each submission', () => {
    fc.assert(
      fc.property(files, (all) => {
        const part = { release: `r-${'0'.repeat(26)}`, submission: `s-${'0'.repeat(26)}` };
        const taken = all.map((each) => ({ ...each, state: 'replaying' as const, replay: part }));
        const numbered = numberFiles(part, taken).files;
        expect(numbered.map(({ entry }) => entry.ordinal)).toEqual(all.map((_, index) => index + 1));
        const series = new Map<number, string>();
        for (const { origin, entry } of numbered) {
          const group = all.find(
            (each) => each.submission === origin.submission && each.ordinal === origin.ordinal,
          )?.entry.group;
          const name = `${origin.submission} ${group}`;
          expect(series.get(entry.group) ?? name).toBe(name);
          series.set(entry.group, name);
        }
        const names = new Set(series.values());
        expect(names.size).toBe(series.size);
      }),
    );
  });
});

it('a warning comes before the end, stays, and never in the first half of a file’s time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (lifeDays, warningDays, share) => {
        const from = Date.parse('2026-01-01T00:00:00Z');
        const life = lifeDays * 86_400_000;
        const record = {
          state: 'waiting' as const,
          quarantinedAt: new Date(from).toISOString(),
          expiresAt: new Date(from + life).toISOString(),
        };
        const at = from + share * life;
        const warned = endsSoon(record, new Date(at), warningDays);
        if (share < 0.499) expect(warned).toBe(false);
        if (share >= 1) expect(warned).toBe(true);
        if (warned && share < 1) expect(from + life - at).toBeLessThanOrEqual(warningDays * 86_400_000 + 1);
      },
    ),
  );
});

it('every code says whether it can be released, and why, in whole sentences', () => {
  for (const code of quarantineCodes) {
    const { release, releaseReason } = quarantineReasons[code];
    expect(['rule-change', 'any-time', 'never']).toContain(release);
    expect(releaseReason).toMatch(/^[A-Z].*\.$/);
  }
});

/** A table in whose place a caller is killed before, or after, a write: each write counts as two moments. */
function killable(table: DocumentTable, moment: () => void): DocumentTable {
  const writes = new Set<string | symbol>(['put', 'update', 'delete', 'transact']);
  return new Proxy(table, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...parameters: unknown[]) => {
        if (writes.has(name)) moment();
        const result: unknown = await Reflect.apply(member, target, parameters);
        if (writes.has(name)) moment();
        return result;
      };
    },
  });
}

describe('under any kills', () => {
  it('each quarantined file of a receipt has one record in one state, counts add up, and no copy outlives its need', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('good', 'screen-save', 'not-dicom'), { minLength: 1, maxLength: 4 }),
        fc.array(fc.constantFrom('release', 'accept', 'reject', 'expire', 'receipt'), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 8 }),
        async (kinds, actions, kills) => {
          const embedded = await startEmbeddedTable();
          try {
            let beforeWrite = () => {};
            const table = killable(embedded.table, () => beforeWrite());
            const quarantine = new Quarantine(table, 'storm');
            const { objects, quarantined } = quarantine.pipeline;
            const bytes = kinds.map((kind, index) =>
              kind === 'not-dicom'
                ? Buffer.from(`no image ${index}`)
                : slice(index % 3, 10 + index, 1, kind === 'screen-save'),
            );
            const id = await quarantine.submit(bytes);
            let writes = 0;
            const moments = new Set(kills);
            beforeWrite = () => {
              writes += 1;
              if (moments.delete(writes)) throw new Killed();
            };
            objects.beforeWrite = beforeWrite;
            for (const action of actions) {
              if (action === 'accept') quarantine.accept('screen-save');
              if (action === 'release')
                await quarantine.withoutKills(() =>
                  quarantine.release({ code: 'BURNED_IN_TEXT', again: true }),
                );
              if (action === 'reject')
                await quarantine.withoutKills(() =>
                  quarantine.send('POST', `/quarantine/${id}/1/reject`, { body: { reason: 'not-wanted' } }),
                );
              if (action === 'receipt') await quarantine.withoutKills(() => quarantine.pipeline.receipt(id));
              if (action === 'expire') {
                quarantine.pass(30);
                await quarantine.expire();
              }
            }
            beforeWrite = () => {};
            objects.beforeWrite = beforeWrite;
            const receipt = await quarantine.pipeline.readReceipt(id);
            const rejected = receipt.files.filter(({ outcome }) => outcome === 'quarantined');
            const records = await quarantined.ofSubmission(id);
            expect(records.map(({ ordinal }) => ordinal)).toEqual(rejected.map(({ ordinal }) => ordinal));
            expect(records.map(({ state }) => state)).not.toContain('replaying');
            const kept = records.filter(({ state }) => state === 'waiting');
            for (const { code, files: now } of await quarantined.counts()) {
              const own = kept.filter((record) => record.code === code).length;
              expect([code, now]).toEqual([code, own]);
            }
            const places = kept.map(({ held, ordinal }) => {
              const name = `${id}/${String(ordinal).padStart(6, '0')}`;
              return held === 'quarantine' ? `quarantine RX1/${name}` : `landing-rx1 ${name}`;
            });
            const copies = ['quarantine', 'landing-rx1'].flatMap((bucket) =>
              objects.keys(bucket).map((key) => `${bucket} ${key}`),
            );
            expect(copies.sort()).toEqual(places.sort());
          } finally {
            await embedded.stop();
          }
        },
      ),
      // each run has a table of its own: to shrink a failure would take many
      { numRuns: 25, endOnFailure: true },
    );
  }, 240_000);
});
