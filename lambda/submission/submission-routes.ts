import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import type { HttpApi } from '../platform/http-api';
import { completeFile } from './complete-file';
import { type CompleteSubmissionPorts, completeSubmission } from './complete-submission';
import { type CreateSubmissionPorts, createSubmission } from './create-submission';
import { type FileUploadPorts, requirePartedArchive, requirePartedFile } from './file-upload';
import { type ArchiveUrlPorts, issueArchiveUrls } from './issue-archive-urls';
import { issuePartUrls } from './issue-part-urls';
import { issueSubjectsUrl, issueUploadUrls, type UploadUrlPorts } from './issue-upload-urls';
import { type ManifestPorts, putManifestPage } from './put-manifest-page';
import type { ReceiptSigner } from './receipt-signing';
import {
  linkReceipt,
  listFiles,
  listSubmissions,
  type ShowSubmissionPorts,
  showSubmission,
} from './show-submission';
import {
  archiveUrlsBody,
  filesQuery,
  manifestPageBody,
  newSubmission,
  pageQuery,
  partUrlsBody,
  subjectsUrlBody,
  uploadUrlsBody,
} from './submission.contract';

export type SubmissionApiPorts = CreateSubmissionPorts &
  ManifestPorts &
  UploadUrlPorts &
  ArchiveUrlPorts &
  FileUploadPorts &
  CompleteSubmissionPorts &
  ShowSubmissionPorts & { readonly receiptSigner: Pick<ReceiptSigner, 'publicKey'> };

const roles = ['uploader'] as const;
const ofSubmission = z.object({ id: submissionId });
const ofPage = ofSubmission.extend({ page: z.coerce.number().int() });
const ofArchive = ofSubmission.extend({ archive: z.coerce.number().int() });
const ofFile = ofSubmission.extend({ ordinal: z.coerce.number().int() });

/** Seconds for which a client may keep the receipt keys: a new key is published before it signs. */
const keysMaxAge = 3_600;

/** Adds the routes of submissions and receipt keys to `api`. */
export function addSubmissionRoutes(api: HttpApi, ports: SubmissionApiPorts): void {
  api.route(
    { method: 'POST', path: '/v1/submissions', roles, body: newSubmission },
    async ({ person, body }) => {
      const { created, ...submission } = await createSubmission(ports, person, body);
      return { status: created ? 201 : 200, body: submission };
    },
  );
  api.route(
    {
      method: 'PUT',
      path: '/v1/submissions/:id/manifest/:page',
      roles,
      params: ofPage,
      body: manifestPageBody,
    },
    async ({ person, params, body }) => ({
      body: await putManifestPage(ports, person, params.id, params.page, body.entries, body.archives),
    }),
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/upload-urls',
      roles,
      params: ofSubmission,
      body: uploadUrlsBody,
    },
    async ({ person, params, body }) => ({
      body: { urls: await issueUploadUrls(ports, person, params.id, body.ordinals) },
    }),
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/archive-urls',
      roles,
      params: ofSubmission,
      body: archiveUrlsBody,
    },
    async ({ person, params, body }) => ({
      body: { urls: await issueArchiveUrls(ports, person, params.id, body.archives) },
    }),
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/files/:ordinal/part-urls',
      roles,
      params: ofFile,
      body: partUrlsBody,
    },
    async ({ person, params: { id, ordinal }, body }) => {
      const file = await requirePartedFile(ports, person, id, ordinal);
      return { body: { ordinal, ...(await issuePartUrls(ports, person, file, body)) } };
    },
  );
  api.route(
    { method: 'POST', path: '/v1/submissions/:id/files/:ordinal/complete', roles, params: ofFile },
    async ({ person, params: { id, ordinal } }) => {
      const file = await requirePartedFile(ports, person, id, ordinal);
      return { body: { ordinal, ...(await completeFile(ports, file)) } };
    },
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/archives/:archive/part-urls',
      roles,
      params: ofArchive,
      body: partUrlsBody,
    },
    async ({ person, params: { id, archive }, body }) => {
      const file = await requirePartedArchive(ports, person, id, archive);
      return { body: { archive, ...(await issuePartUrls(ports, person, file, body)) } };
    },
  );
  api.route(
    { method: 'POST', path: '/v1/submissions/:id/archives/:archive/complete', roles, params: ofArchive },
    async ({ person, params: { id, archive } }) => {
      const file = await requirePartedArchive(ports, person, id, archive);
      return { body: { archive, ...(await completeFile(ports, file)) } };
    },
  );
  api.route(
    {
      method: 'POST',
      path: '/v1/submissions/:id/subjects-url',
      roles,
      params: ofSubmission,
      body: subjectsUrlBody,
    },
    async ({ person, params, body }) => ({ body: await issueSubjectsUrl(ports, person, params.id, body) }),
  );
  api.route(
    { method: 'POST', path: '/v1/submissions/:id/complete', roles, params: ofSubmission },
    async ({ person, params }) => ({
      status: 202,
      body: await completeSubmission(ports, person, params.id),
    }),
  );
  api.route(
    { method: 'GET', path: '/v1/submissions', roles, query: pageQuery },
    async ({ person, query }) => ({ body: await listSubmissions(ports, person, query.next) }),
  );
  api.route(
    { method: 'GET', path: '/v1/submissions/:id', roles, params: ofSubmission },
    async ({ person, params }) => ({
      body: await showSubmission(ports, person, params.id),
    }),
  );
  api.route(
    {
      method: 'GET',
      path: '/v1/submissions/:id/files',
      roles,
      params: ofSubmission,
      query: filesQuery,
    },
    async ({ person, params, query }) => ({ body: await listFiles(ports, person, params.id, query) }),
  );
  api.route(
    { method: 'GET', path: '/v1/submissions/:id/receipt', roles, params: ofSubmission },
    async ({ person, params }) => ({ body: await linkReceipt(ports, person, params.id) }),
  );
  api.publicRoute('/v1/receipt-keys', async () => ({
    body: { keys: [await ports.receiptSigner.publicKey()] },
    headers: { 'cache-control': `public, max-age=${keysMaxAge}` },
  }));
}
