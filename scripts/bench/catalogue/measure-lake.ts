import { buffer } from 'node:stream/consumers';
import { comparedFacets } from '../../../lambda/cohorts/cohort.contract';
import { representationOf } from '../../../lambda/cohorts/cohort-representation';
import { manifestPlace } from '../../../lambda/cohorts/cohort-store';
import { countPeople } from '../../../lambda/cohorts/count-people';
import { createCohort } from '../../../lambda/cohorts/create-cohort';
import { peopleShown } from '../../../lambda/releases/people-shown';
import { readFigures } from '../../../lambda/releases/read-figures';
import { countsForReport, reportOnRelease } from '../../../lambda/releases/release-report';
import { readReleaseSets } from '../../../lambda/releases/release-sets';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { release } from './make-lake';
import { measureCounts } from './measure-counts';
import { measured } from './measured';
import { asker, projectId, ResearchPlatform, researcher, scopeOf } from './research-platform';
import { syntheticCollections } from './synthetic-lake';

/** Half of all studies, those with the most series: 104,000 of a lake of ten million instances. */
const cohortFilter = 'modality in (CT, MG, MR, US)';
const heldOutShare = 0.2;

async function measureCohort(platform: ResearchPlatform) {
  const ports = await platform.freshPorts();
  const body = { project: projectId, filter: cohortFilter, name: 'A cohort', confirm: true };
  platform.times.take('sql');
  platform.times.take('log');
  const [answer, milliseconds] = await measured(() =>
    createCohort(ports, researcher, body, 'a-request-of-this-bench'),
  );
  const ofThese = { sql: platform.times.take('sql'), log: platform.times.take('log') };
  if (answer.kind !== 'created') throw new Error('no cohort was made');
  const { cohort } = answer;
  const list = await platform.objects.readStream(manifestPlace(ports.catalogueBucket, cohort.manifest));
  if (list === null) throw new Error('the cohort has no list');
  return { ...cohort.totals, listBytes: (await buffer(list)).length, milliseconds, ofThese };
}

/** From the question to the report, as the preview of a cohort shows it. */
async function measureRepresentation(platform: ResearchPlatform) {
  const ports = await platform.freshPorts();
  const [{ report }, milliseconds] = await measured(async () => {
    const { counts } = await countPeople(ports, scopeOf('age >= 18'), comparedFacets, asker());
    return representationOf('A cohort', counts.facets, ports.references, ports.gate);
  });
  return { attributes: report.attributes.length, milliseconds };
}

/** Every figure of a release, what of its people may be shown, and its report. */
async function measureRelease({ engine }: ResearchPlatform) {
  const [figures, figuresMilliseconds] = await measured(() =>
    readFigures(engine, release, syntheticCollections, heldOutShare),
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
    cohort: await measureCohort(platform),
    representativeness: {
      ofCohort: await measureRepresentation(platform),
      ofRelease: await measureRelease(platform),
    },
  };
}
