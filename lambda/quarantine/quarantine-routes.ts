import * as z from 'zod';
import type { HttpApi } from '../platform/http-api';
import {
  fileReference,
  quarantineQuery,
  rejectionBody,
  releaseId,
  releaseRequest,
} from './quarantine.contract';
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

const officers = ['officer'] as const;
const readers = ['officer', 'uploader'] as const;
const ofFile = fileReference.extend({ ordinal: z.coerce.number().pipe(fileReference.shape.ordinal) });
const ofRelease = z.object({ id: releaseId });

/** Adds the routes of the quarantine to `api`. None of them gives the bytes of a file. */
export function addQuarantineRoutes(api: HttpApi, ports: QuarantineApiPorts): void {
  api.route(
    { method: 'GET', path: '/v1/quarantine', roles: readers, query: quarantineQuery },
    async ({ person, query }) => ({ body: await listQuarantine(ports, person, query) }),
  );
  api.route({ method: 'GET', path: '/v1/quarantine/counts', roles: readers }, async ({ person }) => ({
    body: { counts: await countQuarantine(ports, person) },
  }));
  api.route(
    { method: 'POST', path: '/v1/quarantine/releases', roles: officers, body: releaseRequest },
    async ({ person, body, headers }) => {
      const answer = await releaseFiles(ports, person, body, headers['idempotency-key']);
      return { status: answer.id === undefined ? 200 : 202, body: answer };
    },
  );
  api.route(
    { method: 'GET', path: '/v1/quarantine/releases/:id', roles: officers, params: ofRelease },
    async ({ params }) => ({ body: await showRelease(ports, params.id) }),
  );
  api.route(
    { method: 'GET', path: '/v1/quarantine/:submission/:ordinal', roles: readers, params: ofFile },
    async ({ person, params }) => ({ body: await showQuarantined(ports, person, params) }),
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/quarantine/:submission/:ordinal/reject',
      roles: officers,
      params: ofFile,
      body: rejectionBody,
    },
    async ({ person, params, body }) => ({
      body: describe(ports, person, await rejectFile(ports, person, params, body.reason)),
    }),
  );
}
