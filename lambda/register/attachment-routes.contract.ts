import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import {
  announcedAttachment,
  attachmentDownload,
  attachmentRequest,
  attachmentsAnswer,
  attachmentView,
} from './attachment.contract';
import { applicationId, attachmentId } from './identifiers.contract';
import { registerRefusals } from './register-refusals.contract';

const oneApplication = z.object({ id: applicationId });
const onePaper = oneApplication.extend({ attachment: attachmentId });
const seenBy = ['applicant', 'reviewer', 'officer', 'auditor'] as const;

const ofChange = selectRefusals(
  registerRefusals,
  'APPLICATION_NOT_FOUND',
  'APPLICATION_NOT_OPEN',
  'NOT_THE_APPLICANT',
  'ATTACHMENT_NOT_FOUND',
  'REGISTER_BUSY',
);

/**
 * The routes of register-api about papers. They have no versions: a paper is announced, comes and may be deleted, and each
 * of these is done once however often it is asked.
 */
export const attachmentRoutes = {
  announceAttachment: {
    id: 'announceAttachment',
    method: 'POST',
    path: '/v1/applications/{id}/attachments',
    summary: 'Announces a paper, and gives the URL to which it is put: bound to length, SHA-256 and type.',
    roles: ['applicant'],
    params: oneApplication,
    body: attachmentRequest,
    answer: announcedAttachment,
    status: 201,
    idempotencyKey: true,
    refusals: {
      ...ofChange,
      ...selectRefusals(registerRefusals, 'TOO_MANY_ATTACHMENTS', 'IDEMPOTENCY_KEY_REUSED'),
    },
  },
  listAttachments: {
    id: 'listAttachments',
    method: 'GET',
    path: '/v1/applications/{id}/attachments',
    summary: 'Lists the papers of an application.',
    roles: seenBy,
    params: oneApplication,
    answer: attachmentsAnswer,
    refusals: selectRefusals(registerRefusals, 'APPLICATION_NOT_FOUND'),
  },
  completeAttachment: {
    id: 'completeAttachment',
    method: 'POST',
    path: '/v1/applications/{id}/attachments/{attachment}/complete',
    summary: 'Records that a paper has come.',
    roles: ['applicant'],
    params: onePaper,
    answer: attachmentView,
    refusals: {
      ...ofChange,
      ...selectRefusals(registerRefusals, 'ATTACHMENT_NOT_RECEIVED', 'ATTACHMENT_NOT_PDF'),
    },
  },
  issueAttachmentUrl: {
    id: 'issueAttachmentUrl',
    method: 'GET',
    path: '/v1/applications/{id}/attachments/{attachment}',
    summary: 'Gives the URL of a paper, to its applicant and the committee.',
    roles: seenBy,
    params: onePaper,
    answer: attachmentDownload,
    refusals: selectRefusals(
      registerRefusals,
      'APPLICATION_NOT_FOUND',
      'ATTACHMENT_NOT_FOUND',
      'ATTACHMENT_NOT_RECEIVED',
    ),
  },
  deleteAttachment: {
    id: 'deleteAttachment',
    method: 'POST',
    path: '/v1/applications/{id}/attachments/{attachment}/delete',
    summary: 'Deletes a paper while the application can be edited.',
    roles: ['applicant'],
    params: onePaper,
    answer: attachmentView,
    refusals: ofChange,
  },
} as const satisfies RouteContracts;
