import type { HttpApi } from '../platform/http-api';
import { attachmentRoutes } from './attachment-routes.contract';
import {
  announceAttachment,
  completeAttachment,
  deleteAttachment,
  issueAttachmentUrl,
  listAttachments,
  type PaperCommittee,
} from './attachments';
import { RepeatableRequest } from './idempotency';

/** Adds the routes about papers. */
export function serveAttachments(api: HttpApi, committee: PaperCommittee): void {
  api.serve(attachmentRoutes.announceAttachment, async ({ person, params, body, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, {
      route: 'attach',
      id: params.id,
      body,
    });
    return { body: await announceAttachment(committee, person, params.id, body, request) };
  });

  api.serve(attachmentRoutes.listAttachments, async ({ person, params }) => ({
    body: { attachments: await listAttachments(committee, person, params.id) },
  }));

  api.serve(attachmentRoutes.completeAttachment, async ({ person, params }) => ({
    body: await completeAttachment(committee, person, params.id, params.attachment),
  }));

  api.serve(attachmentRoutes.issueAttachmentUrl, async ({ person, params }) => ({
    body: await issueAttachmentUrl(committee, person, params.id, params.attachment),
  }));

  api.serve(attachmentRoutes.deleteAttachment, async ({ person, params }) => ({
    body: await deleteAttachment(committee, person, params.id, params.attachment),
  }));
}
