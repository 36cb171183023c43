import fc from 'fast-check';
import { hammingDistance } from '../../../lambda/splits/hamming-distance';
import type { LeakageFinding } from '../../../lambda/splits/leakage.contract';
import {
  checkLeakage,
  defaultLeakageLimits,
  type LeakageLimits,
  LeakageUndecided,
} from '../../../lambda/splits/leakage-guard';
import { type LakeDatabase, openLakeDatabase, type Row } from '../lake/sql/lake-database';
import { cleanInstances, instance, turned } from './synthetic-instances';

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

const nothing = async () => new Set<string>();

async function check(
  rows: readonly Row[],
  limits: Partial<LeakageLimits> = {},
  acknowledged: (ids: readonly string[]) => Promise<ReadonlySet<string>> = nothing,
) {
  await lake.fill('tombstones', []);
  await lake.fill('instances', rows);
  return checkLeakage(lake, acknowledged, {
    release: '2026.4',
    at: new Date('2026-11-29T00:00:00Z'),
    limits: { ...defaultLeakageLimits, ...limits },
  });
}

const kinds = (findings: readonly LeakageFinding[]) => findings.map(({ kind }) => kind);
const someHash = instance('development', 'SOMEBODY', 1).perceptual_hash as string;

it('lets a clean lake pass, and says how much it looked at', async () => {
  const report = await check(cleanInstances());
  expect(report).toMatchObject({ outcome: 'clear', findings: [], more: false, acknowledged: 0 });
  expect(report.account).toEqual({
    compared: 120,
    withoutInformation: 0,
    withoutHash: 0,
    distance: 7,
    duplicates: { development: 0, heldOut: 0 },
  });
});

it('finds images of the same pixels in both splits, by series and not by image', async () => {
  const stolen = [1, 2].map((number) =>
    instance('held-out', 'THIEF', number, {
      pixel_digest: instance('development', 'PATIENT1', number).pixel_digest ?? null,
    }),
  );
  const { outcome, findings } = await check([...cleanInstances(), ...stolen]);
  expect(outcome).toBe('stopped');
  const left = instance('development', 'PATIENT1', 1);
  expect(findings).toMatchObject([
    {
      kind: 'same-pixels',
      images: 2,
      development: { series: left.series_instance_uid, instance: left.sop_instance_uid },
      heldOut: { series: stolen[0]?.series_instance_uid, instance: stolen[0]?.sop_instance_uid },
    },
  ]);
});

it('counts the same pixels of two patients within one split, and does not stop for them', async () => {
  const copy = instance('development', 'PATIENT1', 1);
  const twin = instance('development', 'TWIN', 1, { pixel_digest: copy.pixel_digest ?? null });
  const { outcome, account } = await check([...cleanInstances(), twin]);
  expect(outcome).toBe('clear');
  expect(account.duplicates).toEqual({ development: 1, heldOut: 0 });
});

it('finds one person under two pseudonyms by the Patient ID of the trust', async () => {
  const again = instance('held-out', 'SAMEPERSON', 1, { local_pseudonym: 'local-PATIENT1' });
  const { outcome, findings } = await check([...cleanInstances(), again]);
  expect(outcome).toBe('stopped');
  expect(findings).toMatchObject([{ kind: 'same-person', images: 4 }]);
});

it('finds a patient who is in both splits', async () => {
  const { outcome, findings } = await check([...cleanInstances(), instance('held-out', 'PATIENT1', 9)]);
  expect(outcome).toBe('stopped');
  expect(kinds(findings)).toEqual(['patient-in-both']);
});

it('leaves out withdrawn studies', async () => {
  const thief = instance('held-out', 'THIEF', 1, {
    pixel_digest: instance('development', 'PATIENT1', 1).pixel_digest ?? null,
  });
  expect((await check([...cleanInstances(), thief])).outcome).toBe('stopped');
  await lake.fill('tombstones', [
    { collection: 'chest', split: 'held-out', study_instance_uid: thief.study_instance_uid ?? null },
  ]);
  const at = new Date('2026-11-29T00:00:00Z');
  expect((await checkLeakage(lake, nothing, { release: '2026.4', at })).outcome).toBe('clear');
});

it('does not compare images without information or without a hash, and counts them', async () => {
  const empty = '0'.repeat(60).concat('ffff');
  const full = 'f'.repeat(60).concat('0000');
  const rows = [
    instance('development', 'PATIENT1', 5, { perceptual_hash: empty, pixel_digest: 'e'.repeat(64) }),
    instance('held-out', 'PATIENT0', 5, { perceptual_hash: empty, pixel_digest: 'e'.repeat(64) }),
    instance('development', 'PATIENT1', 6, { perceptual_hash: full }),
    instance('held-out', 'PATIENT0', 6, { perceptual_hash: full }),
    instance('held-out', 'PATIENT0', 7, { perceptual_hash: null }),
  ];
  const report = await check([...cleanInstances(), ...rows]);
  expect(report.outcome).toBe('clear');
  expect(report.account).toMatchObject({ compared: 120, withoutInformation: 4, withoutHash: 1 });
});

it('finds every image within the distance, wherever the bits stand, and none beyond it', async () => {
  const bitSets = fc.sample(fc.uniqueArray(fc.nat(255), { minLength: 0, maxLength: 20 }), {
    seed: 45,
    numRuns: 400,
  });
  const rows = bitSets.flatMap((bits, pair) => {
    const left = instance('development', `ONE${pair}`, 1);
    const hash = turned(left.perceptual_hash as string, bits);
    return [left, instance('held-out', `OTHER${pair}`, 1, { perceptual_hash: hash })];
  });
  for (const distance of [0, 3, 7, 10, 15]) {
    const { findings } = await check(rows, { distance });
    const found = findings.map(({ heldOut, distance: bits }) => `${heldOut.instance} ${bits}`).sort();
    const expected = bitSets
      .map((bits, pair) => ({ bits, instance: rows[2 * pair + 1]?.sop_instance_uid }))
      .filter(({ bits }) => bits.length <= distance)
      .map(({ bits, instance: uid }) => `${uid} ${bits.length}`)
      .sort();
    expect(found).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  }
});

it('finds bits that are spread so that all bands but one differ', async () => {
  for (let spared = 0; spared < 8; spared += 1) {
    const bits = [0, 1, 2, 3, 4, 5, 6, 7].filter((band) => band !== spared).map((band) => band * 32 + 5);
    const { findings } = await check([
      instance('development', 'ONE', 1, { perceptual_hash: someHash }),
      instance('held-out', 'OTHER', 1, { perceptual_hash: turned(someHash, bits) }),
    ]);
    expect(findings).toMatchObject([{ kind: 'near-duplicate', distance: 7, images: 1 }]);
  }
});

it('goes on where every finding is acknowledged, and stops again where one has grown', async () => {
  const digestOf = (number: number) => instance('development', 'PATIENT1', number).pixel_digest ?? null;
  const thief = (number: number) => instance('held-out', 'THIEF', number, { pixel_digest: digestOf(number) });
  const first = await check([...cleanInstances(), thief(1)]);
  const looked = new Set(first.findings.map(({ id }) => id));
  const again = await check([...cleanInstances(), thief(1)], {}, async () => looked);
  expect(again).toMatchObject({ outcome: 'clear', acknowledged: 1, findings: [] });
  const grown = await check([...cleanInstances(), thief(1), thief(2)], {}, async () => looked);
  expect(grown).toMatchObject({ outcome: 'stopped', acknowledged: 0 });
});

it('stops where there is more than it lists, although all that it lists is acknowledged', async () => {
  const thieves = [1, 2].map((patient) =>
    instance('held-out', `THIEF${patient}`, 1, {
      pixel_digest: instance('development', `PATIENT${patient}`, 1).pixel_digest ?? null,
    }),
  );
  const everything = async (ids: readonly string[]) => new Set(ids);
  const report = await check([...cleanInstances(), ...thieves], { findings: 1 }, everything);
  expect(report).toMatchObject({ outcome: 'stopped', more: true, findings: [] });
  expect((await check([...cleanInstances(), ...thieves], {}, everything)).outcome).toBe('clear');
});

it('gives no answer on half a comparison', async () => {
  const rows = [1, 2, 3].flatMap((number) => [
    instance('development', 'ONE', number, { perceptual_hash: turned(someHash, [number]) }),
    instance('held-out', 'OTHER', number, { perceptual_hash: turned(someHash, [number + 40]) }),
  ]);
  await expect(check(rows, { candidates: 8 })).rejects.toThrow(LeakageUndecided);
  expect((await check(rows, { candidates: 9 })).findings).toMatchObject([{ images: 9, distance: 2 }]);
  await expect(check(rows, { distance: 16 })).rejects.toThrow(RangeError);
});

it('distances are those of a count bit by bit', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
  fc.assert(
    fc.property(hex, hex, (left, right) => {
      const bits = (hash: string) => BigInt(`0x${hash}`).toString(2).padStart(256, '0');
      const [one, other] = [bits(left), bits(right)];
      expect(hammingDistance(left, right)).toBe([...one].filter((bit, at) => bit !== other[at]).length);
    }),
    { seed: 46 },
  );
  expect(() => hammingDistance('0', '00')).toThrow(RangeError);
  expect(() => hammingDistance('0g', '01')).toThrow(RangeError);
});
