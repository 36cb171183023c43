import { secondsAfter } from '../platform/clock';
import { absent, type TransactionWrite } from '../platform/document-table';
import { newId } from '../platform/ids';
import { applicationKeys } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import type { UrlSigner } from '../platform/presigned-urls';
import { type PresignedUpload, urlLifetimeSeconds } from '../platform/presigned-urls.contract';
import type { RequestPerson } from '../platform/request-person';
import type { Application } from './application.contract';
import { demandApplicant, demandEditable } from './application-rules';
import { type Committee, chainOf, readApplication } from './applications';
import {
  ATTACHMENT_TYPE,
  type Attachment,
  type AttachmentRequest,
  type AttachmentView,
  attachment,
  MOST_ATTACHMENTS,
  MOST_ATTACHMENTS_EVER,
} from './attachment.contract';
import { allAttachments } from './attachment-records';
import type { RepeatableRequest } from './idempotency';
import { readActor } from './people';
import type { Person } from './person.contract';
import { type Change, changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import { applicationKey, attachmentKey, atVersion, type RegisterTable } from './register-table';

/** Where papers are kept, beside what the committee's work needs. */
export interface PaperCommittee extends Committee {
  readonly objects: Pick<ObjectStore, 'head' | 'readStream' | 'deleteAllVersions'>;
  readonly signer: Pick<UrlSigner, 'signUpload' | 'signDownload'>;
  readonly applicationsBucket: string;
}

/** A PDF begins with its version (ISO 32000-2 section 7.5.2), `%PDF-`. */
const pdfBeginning = Buffer.from('%PDF-', 'latin1');

const viewOfAttachment = ({ version: _version, applicationId: _of, ...view }: Attachment): AttachmentView =>
  view;

function placeOf({ applicationsBucket: bucket }: PaperCommittee, of: Attachment): ObjectPlace {
  return { bucket, key: applicationKeys.attachment(of.applicationId, of.id) };
}

async function readAttachment(table: RegisterTable, applicationId: string, id: string): Promise<Attachment> {
  const found = await table.get(attachmentKey(applicationId, id), attachment);
  if (found === null || found.state === 'deleted') throw refuseRegister('ATTACHMENT_NOT_FOUND');
  return found;
}

/** Changes the papers of an application by its applicant, while it can be edited. */
async function changePapers<Result>(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
  plan: (
    of: Application,
    applicant: Person,
  ) => Promise<Omit<Change<Result>, 'actor' | 'at'> | { unchanged: Result }>,
): Promise<Result> {
  const { table, clock } = committee;
  const { projectId } = await readApplication(committee, requester, applicationId);
  return changeRegister<Result>(table, chainOf(projectId), async () => {
    const of = await readApplication(committee, requester, applicationId);
    const applicant = await readActor(committee, requester, ['applicant']);
    demandApplicant(of, applicant);
    demandEditable(of);
    const planned = await plan(of, applicant);
    if ('unchanged' in planned) return planned;
    const unchanged: TransactionWrite = {
      check: applicationKey(applicationId),
      condition: atVersion(of.version),
    };
    return {
      ...planned,
      writes: [...planned.writes, unchanged],
      actor: applicant.pseudonym,
      at: clock.now(),
    };
  });
}

function signUpload(committee: PaperCommittee, of: Attachment): Promise<PresignedUpload> {
  return committee.signer.signUpload({
    place: placeOf(committee, of),
    bytes: of.bytes,
    sha256: of.sha256,
    contentType: ATTACHMENT_TYPE,
  });
}

/**
 * Announces a paper, and gives the URL to which it is put; the same request again gives a new URL for the same paper.
 * @throws PlatformError TOO_MANY_ATTACHMENTS, APPLICATION_NOT_OPEN, NOT_THE_APPLICANT
 */
export async function announceAttachment(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
  paper: AttachmentRequest,
  request: RepeatableRequest,
): Promise<AttachmentView & { upload: PresignedUpload }> {
  const { table, clock } = committee;
  const id = newId('f', clock);
  const announced = await changePapers<Attachment>(committee, requester, applicationId, async () => {
    const earlier = await request.earlierResult(table);
    if (earlier !== null) return { unchanged: await readAttachment(table, applicationId, earlier) };
    const all = await allAttachments(table, applicationId);
    const kept = all.filter(({ state }) => state !== 'deleted');
    if (kept.length >= MOST_ATTACHMENTS || all.length >= MOST_ATTACHMENTS_EVER)
      throw refuseRegister('TOO_MANY_ATTACHMENTS');
    const made: Attachment = {
      id,
      applicationId,
      ...paper,
      state: 'awaited',
      announcedAt: clock.now().toISOString(),
      version: 1,
    };
    return {
      writes: [
        { put: { ...attachmentKey(applicationId, id), ...made }, condition: absent },
        ...request.remember(id, clock),
      ],
      facts: [
        {
          type: 'attachment-announced',
          data: {
            applicationId,
            attachmentId: id,
            kind: paper.kind,
            bytes: paper.bytes,
            sha256: paper.sha256,
          },
        },
      ],
      result: made,
    };
  });
  return { ...viewOfAttachment(announced), upload: await signUpload(committee, announced) };
}

/** @throws PlatformError ATTACHMENT_NOT_RECEIVED, ATTACHMENT_NOT_PDF */
async function demandReceived(committee: PaperCommittee, of: Attachment): Promise<void> {
  const place = placeOf(committee, of);
  const head = await committee.objects.head(place);
  if (head === null || head.bytes !== of.bytes || head.sha256 !== of.sha256)
    throw refuseRegister('ATTACHMENT_NOT_RECEIVED');
  const stream = await committee.objects.readStream(place, pdfBeginning.length - 1);
  const pieces: Buffer[] = [];
  for await (const piece of stream ?? []) pieces.push(piece);
  if (!Buffer.concat(pieces).equals(pdfBeginning)) throw refuseRegister('ATTACHMENT_NOT_PDF');
}

/**
 * Records that a paper has come, after a look at what S3 holds.
 * @throws PlatformError ATTACHMENT_NOT_FOUND, ATTACHMENT_NOT_RECEIVED, ATTACHMENT_NOT_PDF
 */
export function completeAttachment(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
  id: string,
): Promise<AttachmentView> {
  const { table, clock } = committee;
  return changePapers<AttachmentView>(committee, requester, applicationId, async () => {
    const current = await readAttachment(table, applicationId, id);
    if (current.state === 'received') return { unchanged: viewOfAttachment(current) };
    await demandReceived(committee, current);
    const next: Attachment = {
      ...current,
      state: 'received',
      receivedAt: clock.now().toISOString(),
      version: current.version + 1,
    };
    return {
      writes: [
        { put: { ...attachmentKey(applicationId, id), ...next }, condition: atVersion(current.version) },
      ],
      facts: [{ type: 'attachment-received', data: { applicationId, attachmentId: id } }],
      result: viewOfAttachment(next),
    };
  });
}

/**
 * Deletes a paper while the application can be edited: its record says so, and the file goes in every version.
 * @throws PlatformError ATTACHMENT_NOT_FOUND
 */
export async function deleteAttachment(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
  id: string,
): Promise<AttachmentView> {
  const { table, clock, objects } = committee;
  const deleted = await changePapers<Attachment>(committee, requester, applicationId, async () => {
    const current = await table.get(attachmentKey(applicationId, id), attachment);
    if (current === null) throw refuseRegister('ATTACHMENT_NOT_FOUND');
    if (current.state === 'deleted') return { unchanged: current };
    const next: Attachment = {
      ...current,
      state: 'deleted',
      deletedAt: clock.now().toISOString(),
      version: current.version + 1,
    };
    return {
      writes: [
        { put: { ...attachmentKey(applicationId, id), ...next }, condition: atVersion(current.version) },
      ],
      facts: [{ type: 'attachment-deleted', data: { applicationId, attachmentId: id } }],
      result: next,
    };
  });
  // After the record: whoever is stopped in between repeats the request, and the file goes then.
  const { bucket, key } = placeOf(committee, deleted);
  await objects.deleteAllVersions(bucket, key);
  return viewOfAttachment(deleted);
}

/** The papers of an application that the requester may see. */
export async function listAttachments(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
): Promise<AttachmentView[]> {
  await readApplication(committee, requester, applicationId);
  return (await allAttachments(committee.table, applicationId))
    .filter(({ state }) => state !== 'deleted')
    .map(viewOfAttachment);
}

/**
 * The URL of a paper, for its applicant and the committee. The file is saved under the id of the paper: its name is free
 * text, and URLs stand in logs.
 * @throws PlatformError ATTACHMENT_NOT_FOUND, ATTACHMENT_NOT_RECEIVED
 */
export async function issueAttachmentUrl(
  committee: PaperCommittee,
  requester: RequestPerson,
  applicationId: string,
  id: string,
): Promise<AttachmentView & { url: string; expiresAt: string }> {
  await readApplication(committee, requester, applicationId);
  const found = await readAttachment(committee.table, applicationId, id);
  if (found.state !== 'received') throw refuseRegister('ATTACHMENT_NOT_RECEIVED');
  const url = await committee.signer.signDownload(placeOf(committee, found), ATTACHMENT_TYPE, `${id}.pdf`);
  const expiresAt = secondsAfter(committee.clock.now(), urlLifetimeSeconds).toISOString();
  return { ...viewOfAttachment(found), url, expiresAt };
}
