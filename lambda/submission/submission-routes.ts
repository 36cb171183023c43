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
import { submissionRoutes as routes } from './submission-routes.contract';

export type SubmissionApiPorts = CreateSubmissionPorts &
  ManifestPorts &
  UploadUrlPorts &
  ArchiveUrlPorts &
  FileUploadPorts &
  CompleteSubmissionPorts &
  ShowSubmissionPorts & { readonly receiptSigner: Pick<ReceiptSigner, 'publicKey'> };

/** Seconds for which a client may keep the receipt keys: a new key is published before it signs. */
const keysMaxAge = 3_600;

/** Adds the routes of submissions and receipt keys to `api`. */
export function addSubmissionRoutes(api: HttpApi, ports: SubmissionApiPorts): void {
  api.serve(routes.createSubmission, async ({ person, body }) => {
    const { created, ...submission } = await createSubmission(ports, person, body);
    return { status: created ? 201 : 200, body: submission };
  });
  api.serve(routes.putManifestPage, async ({ person, params, body }) => ({
    body: await putManifestPage(ports, person, params.id, params.page, body.entries, body.archives),
  }));
  api.serve(routes.completeSubmission, async ({ person, params }) => ({
    body: await completeSubmission(ports, person, params.id),
  }));
  api.serve(routes.listReceiptKeys, async () => ({
    body: { keys: [await ports.receiptSigner.publicKey()] },
    headers: { 'cache-control': `public, max-age=${keysMaxAge}` },
  }));
  addUploadRoutes(api, ports);
  addShowRoutes(api, ports);
}

function addUploadRoutes(api: HttpApi, ports: SubmissionApiPorts): void {
  api.serve(routes.issueUploadUrls, async ({ person, params, body }) => ({
    body: { urls: await issueUploadUrls(ports, person, params.id, body.ordinals) },
  }));
  api.serve(routes.issueArchiveUrls, async ({ person, params, body }) => ({
    body: { urls: await issueArchiveUrls(ports, person, params.id, body.archives) },
  }));
  api.serve(routes.issueSubjectsUrl, async ({ person, params, body }) => ({
    body: await issueSubjectsUrl(ports, person, params.id, body),
  }));
  api.serve(routes.issueFilePartUrls, async ({ person, params: { id, ordinal }, body }) => {
    const file = await requirePartedFile(ports, person, id, ordinal);
    return { body: { ordinal, ...(await issuePartUrls(ports, person, file, body)) } };
  });
  api.serve(routes.completeFile, async ({ person, params: { id, ordinal } }) => {
    const file = await requirePartedFile(ports, person, id, ordinal);
    return { body: { ordinal, ...(await completeFile(ports, file)) } };
  });
  api.serve(routes.issueArchivePartUrls, async ({ person, params: { id, archive }, body }) => {
    const file = await requirePartedArchive(ports, person, id, archive);
    return { body: { archive, ...(await issuePartUrls(ports, person, file, body)) } };
  });
  api.serve(routes.completeArchive, async ({ person, params: { id, archive } }) => {
    const file = await requirePartedArchive(ports, person, id, archive);
    return { body: { archive, ...(await completeFile(ports, file)) } };
  });
}

function addShowRoutes(api: HttpApi, ports: SubmissionApiPorts): void {
  api.serve(routes.listSubmissions, async ({ person, query }) => ({
    body: await listSubmissions(ports, person, query.next),
  }));
  api.serve(routes.showSubmission, async ({ person, params }) => ({
    body: await showSubmission(ports, person, params.id),
  }));
  api.serve(routes.listSubmissionFiles, async ({ person, params, query }) => ({
    body: await listFiles(ports, person, params.id, query),
  }));
  api.serve(routes.linkReceipt, async ({ person, params }) => ({
    body: await linkReceipt(ports, person, params.id),
  }));
}
