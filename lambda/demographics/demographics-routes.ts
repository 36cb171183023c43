import type { HttpApi } from '../platform/http-api';
import { acceptDemographics, type DemographicsApiPorts, issueDemographicsUrl } from './accept-demographics';
import { demographicsRoutes as routes } from './demographics-routes.contract';

/** Adds the routes of demographics to `api`. */
export function addDemographicsRoutes(api: HttpApi, ports: DemographicsApiPorts): void {
  api.serve(routes.issueDemographicsUrl, async ({ person, params, body }) => ({
    body: await issueDemographicsUrl(ports, person, params.id, body),
  }));
  api.serve(routes.acceptDemographics, async ({ person, params, body }) => ({
    body: await acceptDemographics(ports, person, params.id, body.upload),
  }));
}
