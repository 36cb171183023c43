import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import type { HttpApi } from '../platform/http-api';
import { acceptDemographics, type DemographicsApiPorts, issueDemographicsUrl } from './accept-demographics';
import { demographicsBody, demographicsUrlBody } from './demographics.contract';

const roles = ['uploader'] as const;
const ofSubmission = z.object({ id: submissionId });

/** Adds the routes of demographics to `api`. */
export function addDemographicsRoutes(api: HttpApi, ports: DemographicsApiPorts): void {
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/demographics-url',
      roles,
      params: ofSubmission,
      body: demographicsUrlBody,
    },
    async ({ person, params, body }) => ({
      body: await issueDemographicsUrl(ports, person, params.id, body),
    }),
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/demographics',
      roles,
      params: ofSubmission,
      body: demographicsBody,
    },
    async ({ person, params, body }) => ({
      body: await acceptDemographics(ports, person, params.id, body.upload),
    }),
  );
}
