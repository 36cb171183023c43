import type { HttpApi } from '../platform/http-api';
import { quarantineRoutes as routes } from './quarantine-routes.contract';
import { type RejectFilePorts, rejectFile } from './reject-file';
import { type ReleaseFilesPorts, releaseFiles, showRelease } from './release-files';
import {
  countQuarantine,
  describe,
  listQuarantine,
  type ShowQuarantinePorts,
  showQuarantined,
} from './show-quarantine';

export type QuarantineApiPorts = ShowQuarantinePorts & ReleaseFilesPorts & RejectFilePorts;

/** Adds the routes of the quarantine to `api`. */
export function addQuarantineRoutes(api: HttpApi, ports: QuarantineApiPorts): void {
  api.serve(routes.listQuarantine, async ({ person, query }) => ({
    body: await listQuarantine(ports, person, query),
  }));
  api.serve(routes.countQuarantine, async ({ person }) => ({
    body: { counts: await countQuarantine(ports, person) },
  }));
  api.serve(routes.releaseFiles, async ({ person, body, idempotencyKey }) => {
    const answer = await releaseFiles(ports, person, body, idempotencyKey);
    return { status: answer.id === undefined ? 200 : 202, body: answer };
  });
  api.serve(routes.showRelease, async ({ params }) => ({ body: await showRelease(ports, params.id) }));
  api.serve(routes.showQuarantined, async ({ person, params }) => ({
    body: await showQuarantined(ports, person, params),
  }));
  api.serve(routes.rejectFile, async ({ person, params, body }) => ({
    body: describe(ports, person, await rejectFile(ports, person, params, body.reason)),
  }));
}
