import { protectCount } from '../../statistics/disclosure/protect-count';
import { boundedMap } from '../platform/bounded-map';
import type { Clock } from '../platform/clock';
import { type ObjectStore, readJson } from '../platform/object-store';
import type { RequestPerson } from '../platform/request-person';
import { isAccessDenied } from '../platform/s3-failures';
import { endedWeeks } from './london-week';
import { type QualityAnswer, type Scorecard, scorecard, weeksShown } from './quality.contract';
import { refuseQuality } from './quality-errors';
import { qualityKeys } from './quality-keys';
import { shownFindings } from './shown-findings';

export interface ShowQualityPorts {
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly catalogueBucket: string;
  readonly trusts: readonly { readonly odsCode: string }[];
  readonly collections: readonly { readonly id: string }[];
  readonly clock: Clock;
}

const readsAtOnce = 8;

const isOfficer = (person: RequestPerson) => person.roles.includes('officer');

/** A scorecard, null where none stands: S3 says so by a denial, since this function may not list the bucket. */
async function readScorecard(
  ports: ShowQualityPorts,
  trust: string,
  week: string,
): Promise<Scorecard | null> {
  const place = { bucket: ports.catalogueBucket, key: qualityKeys.scorecard(trust, week) };
  try {
    return await readJson(ports.objects, place, scorecard);
  } catch (error) {
    if (isAccessDenied(error)) return null;
    throw error;
  }
}

/** The scorecards of a trust's last weeks, newest first. */
async function lastScorecards(ports: ShowQualityPorts, trust: string): Promise<Scorecard[]> {
  const weeks = endedWeeks(ports.clock.now(), weeksShown).reverse();
  const read = await boundedMap(weeks, readsAtOnce, ({ week }) => readScorecard(ports, trust, week));
  return read.filter((each) => each !== null);
}

/**
 * Scorecards of a trust, newest first: of one week, or the last. Exact, for officers and for uploaders of that trust.
 * @throws PlatformError NO_TRUST, OTHER_TRUST, SCORECARD_NOT_FOUND
 */
export async function listScorecards(
  ports: ShowQualityPorts,
  person: RequestPerson,
  trust: string,
  week: string | undefined,
): Promise<Scorecard[]> {
  if (!isOfficer(person)) {
    if (person.trust === null) throw refuseQuality('NO_TRUST');
    if (person.trust !== trust) throw refuseQuality('OTHER_TRUST');
  }
  if (week === undefined) return lastScorecards(ports, trust);
  const one = await readScorecard(ports, trust, week);
  if (one === null) throw refuseQuality('SCORECARD_NOT_FOUND');
  return [one];
}

/**
 * The quality of a collection by trust, of each trust's last scorecard; trusts that never sent to it are left out. True
 * counts for officers, those of the disclosure rule for auditors.
 * @throws PlatformError COLLECTION_NOT_FOUND
 */
export async function showQuality(
  ports: ShowQualityPorts,
  person: RequestPerson,
  collection: string,
): Promise<QualityAnswer> {
  if (!ports.collections.some(({ id }) => id === collection)) throw refuseQuality('COLLECTION_NOT_FOUND');
  const found = await boundedMap(ports.trusts, readsAtOnce, async ({ odsCode }) => {
    const [last] = await lastScorecards(ports, odsCode);
    if (last === undefined) return [];
    const { trust, week, measuredAt } = last;
    return last.collections
      .filter((each) => each.collection === collection)
      .map(({ images, findings }) => ({ trust, week, measuredAt, images, findings }));
  });
  const trusts = found.flat();
  if (isOfficer(person)) return { counts: 'exact', collection, trusts };
  return {
    counts: 'shown',
    collection,
    trusts: trusts.map((each) => ({
      ...each,
      images: protectCount(each.images),
      findings: shownFindings(each.findings),
    })),
  };
}
