import { comparedFacets } from '../../../lambda/cohorts/cohort.contract';
import type { CohortPorts } from '../../../lambda/cohorts/cohort-ports';
import { representationOf } from '../../../lambda/cohorts/cohort-representation';
import { manifestPlace } from '../../../lambda/cohorts/cohort-store';
import { countPeople } from '../../../lambda/cohorts/count-people';
import { createCohort, listOfCohort } from '../../../lambda/cohorts/create-cohort';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { peopleShown } from '../../../lambda/releases/people-shown';
import { readFigures } from '../../../lambda/releases/read-figures';
import { countsForReport, reportOnRelease } from '../../../lambda/releases/release-report';
import { readReleaseSets } from '../../../lambda/releases/release-sets';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { release } from './make-lake';
import { measureCounts } from './measure-counts';
import { measured } from './measured';
import {
  asker,
  catalogueBucket,
  projectId,
  ResearchPlatform,
  researcher,
  scopeOf,
} from './research-platform';
import { syntheticCollections } from './synthetic-lake';

/**
 * Half of all studies, those with the most series: some 104,000 of a lake of ten million instances. Which of these filters is
 * answered after what the release has published depends on the lake.
 */
const ages = [0, 1, 2, 3];
const heldOutShare = 0.2;
const cohortFilters = ages.map((age) => `modality in (CT, MG, MR, US) and age >= ${age}`);
const reportFilters = ages.map((age) => `age >= ${18 + age}`);

/** Measures the first filter whose work is not refused, of a release of which nobody has asked anything; null where all are. */
async function measureFirst<Answer>(
  platform: ResearchPlatform,
  filters: readonly string[],
  work: (ports: CohortPorts, filter: string) => Promise<Answer>,
) {
  for (const [refused, filter] of filters.entries()) {
    const ports = await platform.freshPorts();
    platform.times.take('sql');
    platform.times.take('log');
    try {
      const [answer, milliseconds] = await measured(() => work(ports, filter));
      const ofThese = { sql: platform.times.take('sql'), log: platform.times.take('log') };
      return { answer, figures: { filter, refused, milliseconds, ofThese } };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
    }
  }
  return null;
}

/** The list alone, which no rule refuses: the question, its rows, the text, the digest, and the object on the disk. */
async function measureList(platform: ResearchPlatform) {
  const { objects } = platform;
  const { engine } = await platform.freshPorts();
  const [manifest, milliseconds] = await measured(async () => {
    const list = await listOfCohort({ engine }, scopeOf(cohortFilters[0] ?? ''), asker(), 'a filter');
    const options = { contentType: 'application/x-ndjson', sha256: list.bodySha256, onlyIfAbsent: true };
    await objects.put(manifestPlace(catalogueBucket, list.sha256), list.body, options);
    return list;
  });
  return { ...manifest.totals, listBytes: manifest.body.length, milliseconds };
}

/** From the question to the record; null where the rule refuses such cohorts of this lake. */
async function measureCohort(platform: ResearchPlatform) {
  const measuredCohort = await measureFirst(platform, cohortFilters, (ports, filter) => {
    const body = { project: projectId, filter, name: 'A cohort', confirm: true };
    return createCohort(ports, researcher, body, `a-request-of-this-bench-${filter.replaceAll(/\W/g, '-')}`);
  });
  if (measuredCohort === null) return null;
  const { answer, figures } = measuredCohort;
  if (answer.kind !== 'created') throw new Error('no cohort was made');
  return { ...answer.cohort.totals, ...figures };
}

/** From the question to the report, as the preview of a cohort shows it. */
async function measureRepresentation(platform: ResearchPlatform) {
  const measuredReport = await measureFirst(platform, reportFilters, async (ports, filter) => {
    const { counts } = await countPeople(ports, scopeOf(filter), comparedFacets, asker());
    return representationOf('A cohort', counts.facets, ports.references, ports.gate);
  });
  if (measuredReport === null) return null;
  const { answer, figures } = measuredReport;
  return { attributes: answer.report.attributes.length, ...figures };
}

/** Every figure of a release, what of its people may be shown, and its report. */
async function measureRelease({ engine }: ResearchPlatform) {
  const [figures, figuresMilliseconds] = await measured(() =>
    readFigures(
      engine,
      { release, collections: syntheticCollections, yearOfIssue: new Date().getUTCFullYear() },
      heldOutShare,
    ),
  );
  const [sets, setsMilliseconds] = await measured(() => readReleaseSets(engine, release));
  const [people, shownMilliseconds] = await measured(() => peopleShown(sets, true));
  const [report, reportMilliseconds] = await measured(() =>
    reportOnRelease(countsForReport('A release', people, figures.images), [englandCensus2021()]),
  );
  const milliseconds = { figuresMilliseconds, setsMilliseconds, shownMilliseconds, reportMilliseconds };
  return { attributes: report.attributes.length, setsTold: people.told.length, ...milliseconds };
}

/** Measures what people ask of a lake, by the product's own functions. */
export async function measureLake(lakeFolder: string, workFolder: string) {
  await using platform = await ResearchPlatform.open(lakeFolder, workFolder);
  return {
    counts: await measureCounts(platform),
    list: await measureList(platform),
    cohort: await measureCohort(platform),
    representativeness: {
      ofCohort: await measureRepresentation(platform),
      ofRelease: await measureRelease(platform),
    },
  };
}
