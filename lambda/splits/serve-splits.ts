import { answerInTime } from '../lake/answer-in-time';
import type { HttpApi } from '../platform/http-api';
import {
  createEvaluationSet,
  type EvaluationSetPorts,
  listEvaluationSets,
  listStudies,
  readVersion,
  showEvaluationSet,
} from './evaluation-sets';
import { checkUse, type EvaluationUsePorts, listUses, recordUse } from './evaluation-uses';
import { acknowledgeFinding, showLeakage } from './leakage-records';
import { splitsRoutes as routes } from './splits-routes.contract';

export type SplitsPorts = EvaluationSetPorts & EvaluationUsePorts;

/** Adds the routes of evaluation sets and of the leakage guard. */
export function serveSplits(api: HttpApi, ports: SplitsPorts): void {
  api.serve(routes.createEvaluationSet, async ({ person, body, idempotencyKey }) => ({
    body: await answerInTime(createEvaluationSet(ports, person, body, idempotencyKey)),
  }));
  api.serve(routes.listEvaluationSets, async ({ query }) => ({
    body: await listEvaluationSets(ports, query),
  }));
  api.serve(routes.showEvaluationSet, async ({ params }) => ({
    body: await answerInTime(showEvaluationSet(ports, params.name, params.version)),
  }));
  api.serve(routes.useEvaluationSet, async ({ person, params, body, idempotencyKey }) => ({
    body: await recordUse(
      ports,
      person,
      { name: params.name, setVersion: params.version },
      body,
      idempotencyKey,
    ),
  }));
  api.serve(routes.listEvaluationSetStudies, async ({ person, params, query }) => {
    const { name, version: setVersion } = params;
    await checkUse(ports, person, { name, setVersion, use: query.use });
    const set = await readVersion(ports, name, setVersion);
    return { body: await answerInTime(listStudies(ports, set, query)) };
  });
  api.serve(routes.listEvaluationSetUses, async ({ params, query }) => ({
    body: await listUses(ports, params.name, query),
  }));
  api.serve(routes.showLeakage, async ({ params }) => ({
    body: await showLeakage(ports, params.release),
  }));
  api.serve(routes.acknowledgeLeakage, async ({ person, body }) => ({
    body: await acknowledgeFinding(ports, person, body),
  }));
}
