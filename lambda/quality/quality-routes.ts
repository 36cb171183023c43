import type { HttpApi } from '../platform/http-api';
import { qualityRoutes as routes } from './quality-routes.contract';
import { listScorecards, type ShowQualityPorts, showQuality } from './show-quality';

/** Adds the routes of the quality to `api`. */
export function addQualityRoutes(api: HttpApi, ports: ShowQualityPorts): void {
  api.serve(routes.listScorecards, async ({ person, params, query }) => ({
    body: { scorecards: await listScorecards(ports, person, params.ods, query.week) },
  }));
  api.serve(routes.showQuality, async ({ person, query }) => ({
    body: await showQuality(ports, person, query.collection),
  }));
}
