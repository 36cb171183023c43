import { type FacetName, facetNames } from '../../../lambda/cohorts/cohort.contract';
import type { CohortPorts } from '../../../lambda/cohorts/cohort-ports';
import { type Counted, countPeople } from '../../../lambda/cohorts/count-people';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { placesAfter } from '../../../statistics/disclosure/may-answer';
import { rounded } from '../measured-process';
import { percentilesOf } from '../percentiles';
import { release } from './make-lake';
import { measured } from './measured';
import { asker, type ResearchPlatform, scopeOf } from './research-platform';

const conditions = [
  'modality = CT',
  'modality in (CR, DX)',
  'body_part = CHEST',
  'age >= 18',
  'sex = female',
  'region = london',
  'ethnic_group = black',
  'kvp > 90',
  'slice_thickness <= 2.5',
  'manufacturer = SIEMENS',
  'imd_decile in (1, 2)',
  'contrast = yes',
  'ethnic_category is not known',
];

/** Filters from none to several conditions: thirty-nine. */
const filters: readonly string[] = [
  '',
  ...conditions,
  ...conditions.map((one, at) => `${one} and ${conditions[(at + 3) % conditions.length]}`),
  ...conditions
    .slice(1)
    .map((one, at) => `(${one} or ${conditions[(at + 5) % conditions.length]}) and not age < 40`),
];

interface CountTimes {
  /** Whether the count was shown, and how many of the facets that were asked for. */
  readonly answered: boolean;
  readonly facetsAnswered: number;
  readonly whole: number;
  readonly sql: number;
  readonly log: number;
}

async function countOnce(
  { times }: ResearchPlatform,
  ports: CohortPorts,
  filter: string,
  facets: readonly FacetName[],
): Promise<CountTimes> {
  const count = (): Promise<Counted | null> =>
    countPeople(ports, scopeOf(filter), facets, asker()).catch((error: unknown) => {
      if (error instanceof PlatformError) return null;
      throw error;
    });
  times.take('sql');
  times.take('log');
  const [counted, whole] = await measured(count);
  return {
    answered: counted !== null,
    facetsAnswered: counted?.counts.facets.filter(({ kind }) => kind === 'shown').length ?? 0,
    whole,
    sql: times.take('sql'),
    log: times.take('log'),
  };
}

/** Milliseconds as a whole and by part: questions to the lake, reading and writing the log, and all the rest. */
function summary(counts: readonly CountTimes[]) {
  if (counts.length === 0) return null;
  const ofPart = (part: (count: CountTimes) => number) => percentilesOf(counts.map(part));
  return {
    questions: counts.length,
    facetsAnswered: counts.reduce((sum, { facetsAnswered }) => sum + facetsAnswered, 0),
    milliseconds: ofPart(({ whole }) => whole),
    ofThese: {
      sql: ofPart(({ sql }) => sql),
      log: ofPart(({ log }) => log),
      decision: ofPart(({ whole, sql, log }) => rounded(whole - sql - log)),
    },
  };
}

const byOutcome = (counts: readonly CountTimes[]) => ({
  answered: summary(counts.filter(({ answered }) => answered)),
  refused: summary(counts.filter(({ answered }) => !answered)),
});

async function inOneLog(platform: ResearchPlatform, facets: readonly FacetName[]) {
  const ports = await platform.freshPorts();
  const counts: CountTimes[] = [];
  for (const filter of filters) counts.push(await countOnce(platform, ports, filter, facets));
  const elsewhere = await countOnce(platform, platform.portsOfAnotherProcess(), 'modality = MR', facets);
  return { ...byOutcome(counts), firstOfAnotherProcess: elsewhere };
}

/** As in a process that has decided about the release before. */
async function lookAtPublished({ queryLog }: CohortPorts): Promise<void> {
  const { patients, entry } = await queryLog.published(release);
  placesAfter(patients, [entry]);
}

/** A log for each filter: nothing is refused for what was shown before. The process has facets and what is published already. */
async function inLogsOfTheirOwn(platform: ResearchPlatform, facets: readonly FacetName[]) {
  const ports = await platform.freshPorts();
  const { patients } = ports;
  await countOnce(platform, ports, filters[0] ?? '', facets);
  const counts: CountTimes[] = [];
  for (const filter of filters) {
    const fresh = { ...(await platform.freshPorts()), patients };
    await lookAtPublished(fresh);
    counts.push(await countOnce(platform, fresh, filter, facets));
  }
  return byOutcome(counts);
}

/** Counts people as the API does. */
export async function measureCounts(platform: ResearchPlatform) {
  const first = await countOnce(platform, await platform.freshPorts(), filters[0] ?? '', facetNames);
  return {
    filters: filters.length,
    facets: facetNames.length,
    firstOfRelease: first,
    withFacets: await inLogsOfTheirOwn(platform, facetNames),
    withoutFacets: await inLogsOfTheirOwn(platform, []),
    oneLogWithFacets: await inOneLog(platform, facetNames),
    oneLogWithoutFacets: await inOneLog(platform, []),
  };
}
