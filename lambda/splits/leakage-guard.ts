import type { QueryEngine } from '../lake/query-engine';
import {
  comparedRow,
  comparedSelect,
  duplicateRow,
  duplicatesSelect,
  type HashedInstanceRow,
  type HashPairRow,
  hashedInstanceRow,
  hashedInstancesSelect,
  hashPairRow,
  nearHashesSelect,
  patientsInBothSelect,
  type SharedSeriesRow,
  samePersonRow,
  samePersonSelect,
  samePixelsSelect,
  sharedSeriesRow,
} from '../lake/sql/leakage-rows';
import { canonicalDigest } from '../platform/canonical-json';
import { hammingDistance } from './hamming-distance';
import type { LeakageFinding, LeakageKind, LeakageReport } from './leakage.contract';

export interface LeakageLimits {
  /** Bits of 256, 0 to 15, up to which two images count as near. */
  readonly distance: number;
  /** Findings of a kind that are listed, at most. */
  readonly findings: number;
  /** Pairs of hashes that agree in a band, at most. */
  readonly candidates: number;
}

/**
 * Seven bits: eight bands of 32 bits, in which two of a million hashes of different images agree by chance in a few pairs.
 * Fifteen need sixteen bands of 16 bits, and with them some forty million pairs to compare.
 */
export const defaultLeakageLimits: LeakageLimits = { distance: 7, findings: 1_000, candidates: 2_000_000 };

/** Raised where a question has no exact answer within the limits: no release is made on half a check. */
export class LeakageUndecided extends Error {
  override readonly name = 'LeakageUndecided';
  constructor() {
    super('more pairs of images agree in a band than are compared; a smaller distance has wider bands');
  }
}

/** Hashes in the list of one question. */
const hashesInQuestion = 500;

type Unidentified = Omit<LeakageFinding, 'id'>;

const identified = (finding: Unidentified): LeakageFinding => ({ id: canonicalDigest(finding), ...finding });

const findingOf = (kind: LeakageKind, row: SharedSeriesRow): LeakageFinding =>
  identified({
    kind,
    development: {
      collection: row.d_collection,
      study: row.d_study,
      series: row.d_series,
      instance: row.d_instance,
    },
    heldOut: {
      collection: row.h_collection,
      study: row.h_study,
      series: row.h_series,
      instance: row.h_instance,
    },
    images: row.images,
  });

interface NearPair extends HashPairRow {
  readonly distance: number;
}

/** Pairs of hashes within the distance, nearest first. */
export function nearPairs(candidates: readonly HashPairRow[], distance: number): NearPair[] {
  return candidates
    .map((pair) => ({ ...pair, distance: hammingDistance(pair.d_hash, pair.h_hash) }))
    .filter((pair) => pair.distance <= distance)
    .sort(
      (one, other) =>
        one.distance - other.distance ||
        (one.d_hash < other.d_hash ? -1 : one.d_hash > other.d_hash ? 1 : one.h_hash < other.h_hash ? -1 : 1),
    );
}

/** Near pairs of images by their series: how many, and the nearest. Those of the same pixels are another finding. */
export function nearFindings(
  pairs: readonly NearPair[],
  instances: readonly HashedInstanceRow[],
): LeakageFinding[] {
  const bySplitAndHash = new Map<string, HashedInstanceRow[]>();
  for (const instance of instances) {
    const key = `${instance.split} ${instance.perceptual_hash}`;
    const held = bySplitAndHash.get(key);
    if (held === undefined) bySplitAndHash.set(key, [instance]);
    else held.push(instance);
  }
  const bySeries = new Map<string, Unidentified>();
  for (const { d_hash, h_hash, distance } of pairs)
    for (const left of bySplitAndHash.get(`development ${d_hash}`) ?? [])
      for (const right of bySplitAndHash.get(`held-out ${h_hash}`) ?? []) {
        if (left.pixel_digest !== null && left.pixel_digest === right.pixel_digest) continue;
        const key = `${left.series_instance_uid} ${right.series_instance_uid}`;
        const known = bySeries.get(key);
        bySeries.set(
          key,
          known === undefined
            ? {
                kind: 'near-duplicate',
                development: sideOf(left),
                heldOut: sideOf(right),
                images: 1,
                distance,
              }
            : { ...known, images: known.images + 1 },
        );
      }
  return [...bySeries.values()].map(identified);
}

const sideOf = (row: HashedInstanceRow): LeakageFinding['development'] => ({
  collection: row.collection,
  study: row.study_instance_uid,
  series: row.series_instance_uid,
  instance: row.sop_instance_uid,
});

async function instancesWith(
  engine: Pick<QueryEngine, 'rows'>,
  hashes: readonly string[],
): Promise<HashedInstanceRow[]> {
  const rows: HashedInstanceRow[] = [];
  for (let start = 0; start < hashes.length; start += hashesInQuestion) {
    const some = hashes.slice(start, start + hashesInQuestion);
    for (const row of await engine.rows(hashedInstancesSelect(some), hashedInstanceRow)) rows.push(row);
  }
  return rows;
}

/** Findings of images that look alike, and whether there are more. */
async function findNear(engine: Pick<QueryEngine, 'rows'>, limits: LeakageLimits) {
  const { distance, findings, candidates } = limits;
  const agreeing = await engine.rows(nearHashesSelect(distance + 1, candidates + 1), hashPairRow);
  if (agreeing.length > candidates) throw new LeakageUndecided();
  const near = nearPairs(agreeing, distance);
  // one pair of hashes is one pair of images at least, and several may be of the same series
  const looked = near.slice(0, findings * 10);
  const hashes = [...new Set(looked.flatMap(({ d_hash, h_hash }) => [d_hash, h_hash]))].sort();
  const found = nearFindings(looked, await instancesWith(engine, hashes));
  return { found: found.slice(0, findings), more: near.length > looked.length || found.length > findings };
}

/**
 * Looks for what stands on both sides of the split: the same pixels, images that look alike, one person under two
 * pseudonyms, one patient in both. Everything in the lake is looked at, withdrawn studies apart.
 *
 * @param isAcknowledged which of these findings an officer has looked at
 * @throws LeakageUndecided
 * @throws RangeError where the distance is not one from 0 to 15
 */
export async function checkLeakage(
  engine: Pick<QueryEngine, 'rows'>,
  isAcknowledged: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
  { release, at, limits = defaultLeakageLimits }: { release: string; at: Date; limits?: LeakageLimits },
): Promise<LeakageReport> {
  const { distance } = limits;
  if (!Number.isInteger(distance) || distance < 0 || distance > 15)
    throw new RangeError('a distance is a whole number from 0 to 15');
  const [account] = await engine.rows(comparedSelect(), comparedRow);
  const duplicates = await engine.rows(duplicatesSelect(), duplicateRow);
  const most = limits.findings + 1;
  const found: LeakageFinding[] = [];
  let more = false;
  for (const [kind, select, row] of [
    ['patient-in-both', patientsInBothSelect(most), sharedSeriesRow],
    ['same-person', samePersonSelect(most), samePersonRow],
    ['same-pixels', samePixelsSelect(most), sharedSeriesRow],
  ] as const) {
    const rows = await engine.rows(select, row);
    more ||= rows.length > limits.findings;
    found.push(...rows.slice(0, limits.findings).map((each) => findingOf(kind, each)));
  }
  const near = await findNear(engine, limits);
  found.push(...near.found);
  const acknowledged = await isAcknowledged(found.map(({ id }) => id));
  const findings = found.filter(({ id }) => !acknowledged.has(id));
  more ||= near.more;
  return {
    release,
    checkedAt: at.toISOString(),
    // of what is not listed nobody can say that it was looked at
    outcome: findings.length === 0 && !more ? 'clear' : 'stopped',
    account: {
      compared: account?.compared ?? 0,
      withoutInformation: account?.without_information ?? 0,
      withoutHash: account?.without_hash ?? 0,
      distance,
      duplicates: {
        development: duplicates.find(({ split }) => split === 'development')?.duplicates ?? 0,
        heldOut: duplicates.find(({ split }) => split === 'held-out')?.duplicates ?? 0,
      },
    },
    findings,
    more,
    acknowledged: found.length - findings.length,
  };
}
