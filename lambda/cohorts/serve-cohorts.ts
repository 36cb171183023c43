import { answerInTime, catalogueBusy } from '../lake/answer-in-time';
import type { HttpApi } from '../platform/http-api';
import { QueryLogBusy } from './ask-question';
import { readQuestion } from './cohort-access';
import type { CohortPorts } from './cohort-ports';
import { cohortRoutes as routes } from './cohort-routes.contract';
import { countPeople } from './count-people';
import { createCohort } from './create-cohort';
import {
  compareCohortVersions,
  listCohortStudies,
  listCohorts,
  showCohort,
  showCohortRepresentation,
  showCohortVersion,
} from './show-cohorts';

/** A log that others change without end is as busy as a lake that is slow. */
async function inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
  try {
    return await answerInTime(work);
  } catch (error) {
    throw error instanceof QueryLogBusy ? catalogueBusy() : error;
  }
}

/** Adds the routes about counts and cohorts. */
export function serveCohorts(api: HttpApi, ports: CohortPorts): void {
  api.serve(routes.countCohort, async ({ person, body }) => {
    const { scope, asker } = await readQuestion(ports, person, body);
    return { body: (await inTime(countPeople(ports, scope, body.facets, asker))).counts };
  });
  api.serve(routes.createCohort, async ({ person, body, idempotencyKey }) => {
    const answer = await inTime(createCohort(ports, person, body, idempotencyKey));
    return { status: answer.kind === 'created' ? 201 : 200, body: answer };
  });
  api.serve(routes.listCohorts, async ({ person, query }) => ({
    body: await listCohorts(ports, person, query),
  }));
  api.serve(routes.showCohort, async ({ person, params: { id } }) => ({
    body: await showCohort(ports, person, id),
  }));
  api.serve(routes.showCohortVersion, async ({ person, params: { id, version } }) => ({
    body: await inTime(showCohortVersion(ports, person, id, version)),
  }));
  api.serve(routes.showCohortRepresentativeness, async ({ person, params: { id, version } }) => ({
    body: await showCohortRepresentation(ports, person, id, version),
  }));
  api.serve(routes.listCohortStudies, async ({ person, params: { id, version }, query: { next } }) => ({
    body: await inTime(listCohortStudies(ports, person, id, version, next)),
  }));
  api.serve(routes.compareCohortVersions, async ({ person, params: { id }, query }) => ({
    body: await inTime(compareCohortVersions(ports, person, id, query)),
  }));
}
