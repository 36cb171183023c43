import type { QueryEngine } from '../lake/query-engine';
import { boundedMap } from '../platform/bounded-map';
import { type Clock, londonDay } from '../platform/clock';
import { type ObjectStore, writeJson } from '../platform/object-store';
import type { SubmissionRecord } from '../submission/submission.contract';
import { allOfTrust, type SubmissionStore } from '../submission/submission-store';
import { type ImportWarningsPorts, importWarnings } from './import-warnings';
import { type LakeFacts, qualityFactsOf, readLakeFacts, readWeekCounts } from './lake-facts';
import { endedWeeks, type LondonWeek } from './london-week';
import type { Scorecard, ScorecardCollection } from './quality.contract';
import { qualityKeys } from './quality-keys';
import { type Compared, qualityOf } from './quality-of';
import { daysUntil, finishedInWeek, ledgerScorecard } from './scorecard';

/** A week that a failed run left out is made up for by those of the four weeks after it. */
const weeksMadeUpFor = 4;

const trustsAtOnce = 4;
const submissionsAtOnce = 8;
export interface MakeScorecardsPorts extends ImportWarningsPorts {
  readonly submissions: Pick<SubmissionStore, 'listOfTrust'>;
  readonly engine: Pick<QueryEngine, 'rows'>;
  readonly objects: Pick<ObjectStore, 'list' | 'readText' | 'put'>;
  readonly catalogueBucket: string;
  readonly trusts: readonly {
    readonly odsCode: string;
    readonly expectedStudiesPerWeek?: number | undefined;
  }[];
  readonly collections: readonly { readonly id: string; readonly legalBasis: { readonly endsOn: string } }[];
  readonly clock: Clock;
}

type Trust = MakeScorecardsPorts['trusts'][number];

interface TrustRecords {
  readonly trust: Trust;
  readonly records: readonly SubmissionRecord[];
}

async function warningsOf(
  ports: MakeScorecardsPorts,
  finished: readonly SubmissionRecord[],
): Promise<Map<string, Compared>> {
  const byCollection = new Map<string, Compared>();
  const found = await boundedMap(finished, submissionsAtOnce, ({ id }) => importWarnings(ports, id));
  finished.forEach(({ collection }, index) => {
    const before = byCollection.get(collection) ?? { of: 0, wrong: 0 };
    const { of = 0, wrong = 0 } = found[index] ?? {};
    byCollection.set(collection, { of: before.of + of, wrong: before.wrong + wrong });
  });
  return byCollection;
}

async function scorecardOf(
  ports: MakeScorecardsPorts,
  { trust, records }: TrustRecords,
  week: LondonWeek,
  lake: LakeFacts,
  weekCounts: Awaited<ReturnType<typeof readWeekCounts>>,
): Promise<Scorecard> {
  const { odsCode } = trust;
  const warnings = await warningsOf(ports, finishedInWeek(records, week));
  const ofWeek = weekCounts.filter((row) => row.trust === odsCode);
  const sentTo = [...new Set(records.map(({ collection }) => collection))].sort();
  const collections = sentTo.map((collection): ScorecardCollection => {
    const imports = warnings.get(collection) ?? { of: 0, wrong: 0 };
    const quality = qualityOf(qualityFactsOf(lake, records, { trust: odsCode, collection }, imports));
    const counts = ofWeek.find((row) => row.collection === collection);
    const endsOn = ports.collections.find(({ id }) => id === collection)?.legalBasis.endsOn;
    return {
      ...quality,
      week: { studies: counts?.studies ?? 0, images: counts?.images ?? 0, bytes: counts?.bytes ?? 0 },
      legalBasisDaysLeft: endsOn === undefined ? null : daysUntil(week.lastDay, endsOn),
    };
  });
  return {
    version: 1,
    trust: odsCode,
    week: week.week,
    measuredAt: ports.clock.now().toISOString(),
    ...ledgerScorecard(records, week),
    studies: {
      received: ofWeek.reduce((sum, { studies }) => sum + studies, 0),
      expected: trust.expectedStudiesPerWeek ?? null,
    },
    collections,
  };
}

/** Weeks that some trust lacks a scorecard of, with those trusts. */
async function missingScorecards(
  ports: MakeScorecardsPorts,
  weeks: readonly LondonWeek[],
): Promise<{ week: LondonWeek; trusts: ReadonlySet<string> }[]> {
  const present = new Set<string>();
  await boundedMap(ports.trusts, trustsAtOnce, async ({ odsCode }) => {
    for await (const { key } of ports.objects.list(ports.catalogueBucket, qualityKeys.scorecardsOf(odsCode)))
      present.add(key);
  });
  return weeks.flatMap((week) => {
    const trusts = ports.trusts
      .map(({ odsCode }) => odsCode)
      .filter((trust) => !present.has(qualityKeys.scorecard(trust, week.week)));
    return trusts.length === 0 ? [] : [{ week, trusts: new Set(trusts) }];
  });
}

/**
 * Writes the scorecards of the last weeks that are over, one a trust, where none stands: the first written stays. May run
 * again at any point, and asks nothing where all stand.
 */
export async function makeScorecards(ports: MakeScorecardsPorts): Promise<{ scorecards: number }> {
  const now = ports.clock.now();
  const missing = await missingScorecards(ports, endedWeeks(now, weeksMadeUpFor));
  if (missing.length === 0) return { scorecards: 0 };
  const ledger = await boundedMap(ports.trusts, trustsAtOnce, async (trust): Promise<TrustRecords> => {
    return { trust, records: await allOfTrust(ports.submissions, trust.odsCode) };
  });
  const lake = await readLakeFacts(ports.engine, londonDay(now));
  let scorecards = 0;
  for (const { week, trusts } of missing) {
    const lacking = ledger.filter(({ trust }) => trusts.has(trust.odsCode));
    const ids = lacking.map(({ records }) => finishedInWeek(records, week).map(({ id }) => id));
    const counts = await readWeekCounts(ports.engine, ids);
    const written = await boundedMap(lacking, trustsAtOnce, async (each) => {
      const made = await scorecardOf(ports, each, week, lake, counts);
      const place = {
        bucket: ports.catalogueBucket,
        key: qualityKeys.scorecard(each.trust.odsCode, week.week),
      };
      return writeJson(ports.objects, place, made, { onlyIfAbsent: true });
    });
    scorecards += written.filter(Boolean).length;
  }
  return { scorecards };
}
