import * as z from 'zod';
import { attachmentKind } from '../attachment.contract';
import { applicationId, attachmentId, sha256 } from '../identifiers.contract';

const attached = { applicationId, attachmentId };

/** What happened to the papers of an application; their names are free text and do not enter. */
export const attachmentFacts = [
  z.object({
    type: z.literal('attachment-announced'),
    data: z.object({ ...attached, kind: attachmentKind, bytes: z.number().int().min(1), sha256 }),
  }),
  z.object({ type: z.literal('attachment-received'), data: z.object(attached) }),
  z.object({ type: z.literal('attachment-deleted'), data: z.object(attached) }),
] as const;
