import * as z from 'zod';
import { presignedUpload } from '../platform/presigned-urls.contract';
import { applicationId, attachmentId, instant, sha256, version } from './identifiers.contract';

/**
 * Papers of an application: ethics approvals, letters, protocols. PDF only, which browsers show without running what is in
 * it. Their names are free text: they stand in the register, never in a key, a URL, a log or an event.
 */

export const MOST_ATTACHMENTS = 20;
export const MOST_ATTACHMENT_BYTES = 25_000_000;
export const ATTACHMENT_TYPE = 'application/pdf';

/** Papers that an application ever had, those deleted again included. */
export const MOST_ATTACHMENTS_EVER = 200;

export const attachmentKind = z.enum([
  'ethics-approval',
  'confidentiality-advice',
  'protocol',
  'funding-letter',
  'data-protection-impact-assessment',
  'other',
]);

/** Body of `POST /v1/applications/{id}/attachments`. */
export const attachmentRequest = z.strictObject({
  kind: attachmentKind,
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{C}]*$/u, 'without control characters'),
  bytes: z.number().int().min(1).max(MOST_ATTACHMENT_BYTES),
  sha256,
});

const common = { id: attachmentId, applicationId, ...attachmentRequest.shape, announcedAt: instant, version };

export const attachment = z.discriminatedUnion('state', [
  z.object({ ...common, state: z.literal('awaited') }),
  z.object({ ...common, state: z.literal('received'), receivedAt: instant }),
  z.object({ ...common, state: z.literal('deleted'), deletedAt: instant }),
]);

/** `APPLICATION#<id>` / `ATTACHMENT#<attachment>`. */
export const attachmentRecord = attachment.and(
  z.object({ pk: z.string().startsWith('APPLICATION#'), sk: z.string().startsWith('ATTACHMENT#') }),
);

export const attachmentView = z.object({
  id: attachmentId,
  kind: attachmentKind,
  name: z.string(),
  bytes: z.number().int(),
  sha256,
  state: z.enum(['awaited', 'received', 'deleted']),
  announcedAt: instant,
  receivedAt: instant.optional(),
});

/** Answer of `POST /v1/applications/{id}/attachments`. */
export const announcedAttachment = attachmentView.extend({ upload: presignedUpload });

/** Answer of `GET /v1/applications/{id}/attachments`: those that were not deleted, in order of their announcement. */
export const attachmentsAnswer = z.object({ attachments: z.array(attachmentView) });

/** Answer of `GET /v1/applications/{id}/attachments/{attachment}`. */
export const attachmentDownload = attachmentView.extend({ url: z.url(), expiresAt: instant });

export type Attachment = z.infer<typeof attachment>;
export type AttachmentRequest = z.infer<typeof attachmentRequest>;
export type AttachmentView = z.infer<typeof attachmentView>;
