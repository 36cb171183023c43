import { createHash } from 'node:crypto';
import { draftApplication, saveApplication, submitApplication } from '../../../lambda/register/applications';
import type { AttachmentRequest } from '../../../lambda/register/attachment.contract';
import { attachmentRequest, MOST_ATTACHMENTS } from '../../../lambda/register/attachment.contract';
import {
  announceAttachment,
  completeAttachment,
  deleteAttachment,
  issueAttachmentUrl,
  listAttachments,
  type PaperCommittee,
} from '../../../lambda/register/attachments';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import {
  applicant,
  content,
  firstReviewer,
  makeRegister,
  onceOnly,
  refusalOf,
  requester,
} from './register-fixture';

const bucket = 'applications';
const pdf = Buffer.from('%PDF-1.7\nAn approval.');
const name = 'Ethics approval of Dr Nobody.pdf';

const paperOf = (bytes: Buffer): AttachmentRequest => ({
  kind: 'ethics-approval',
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

async function withDraft() {
  const fixture = await makeRegister();
  const objects = new MemoryObjectStore();
  const signed: object[] = [];
  const committee: PaperCommittee = {
    ...fixture.committee,
    objects,
    applicationsBucket: bucket,
    signer: {
      signUpload: async (binding) => {
        signed.push(binding);
        return { url: `https://store.example/${binding.place.key}`, headers: {} };
      },
      signDownload: async (place, contentType, fileName) => {
        signed.push({ place, contentType, fileName });
        return `https://store.example/${place.key}`;
      },
    },
  };
  const { id, projectId } = await draftApplication(committee, applicant, content, onceOnly());
  const announce = (paper = paperOf(pdf), request = onceOnly()) =>
    announceAttachment(committee, applicant, id, paper, request);
  const send = async (bytes = pdf) => {
    const announced = await announce(paperOf(bytes));
    objects.set(bucket, `${id}/${announced.id}`, bytes);
    return announced.id;
  };
  return { ...fixture, committee, objects, signed, id, projectId, announce, send };
}

describe('a paper of an application', () => {
  test('is announced, put to a URL bound to it, completed, listed and fetched', async () => {
    const { committee, id, objects, announce, signed } = await withDraft();
    const announced = await announce();
    expect(announced).toMatchObject({ state: 'awaited', name, upload: { url: expect.any(String) } });
    expect(signed[0]).toEqual({
      place: { bucket, key: `${id}/${announced.id}` },
      bytes: pdf.length,
      sha256: paperOf(pdf).sha256,
      contentType: 'application/pdf',
    });
    expect(await refusalOf(completeAttachment(committee, applicant, id, announced.id))).toBe(
      'ATTACHMENT_NOT_RECEIVED',
    );
    objects.set(bucket, `${id}/${announced.id}`, pdf);
    expect(await completeAttachment(committee, applicant, id, announced.id)).toMatchObject({
      state: 'received',
    });
    expect(await completeAttachment(committee, applicant, id, announced.id)).toMatchObject({
      state: 'received',
    });
    expect(await listAttachments(committee, applicant, id)).toHaveLength(1);
    await issueAttachmentUrl(committee, applicant, id, announced.id);
    expect(signed.at(-1)).toMatchObject({ fileName: `${announced.id}.pdf`, contentType: 'application/pdf' });
  });

  test('is seen by the committee once the application was submitted, and by no other applicant', async () => {
    const { committee, id, send } = await withDraft();
    const paper = await send();
    await completeAttachment(committee, applicant, id, paper);
    const fetchAs = (who: typeof applicant) => issueAttachmentUrl(committee, who, id, paper);
    expect(await refusalOf(fetchAs(firstReviewer))).toBe('APPLICATION_NOT_FOUND');
    await submitApplication(committee, applicant, id, onceOnly());
    expect(await fetchAs(firstReviewer)).toMatchObject({ url: expect.any(String) });
    expect(await refusalOf(fetchAs(requester('applicant-2', 'applicant')))).toBe('APPLICATION_NOT_FOUND');
  });

  test('that is no PDF, or not what was announced, is not received', async () => {
    const { committee, id, objects, announce, send } = await withDraft();
    const page = await send(Buffer.from('<html><script>alert(1)</script>'));
    expect(await refusalOf(completeAttachment(committee, applicant, id, page))).toBe('ATTACHMENT_NOT_PDF');
    const { id: other } = await announce();
    objects.set(bucket, `${id}/${other}`, Buffer.from('%PDF-1.7\nAnother one.'));
    expect(await refusalOf(completeAttachment(committee, applicant, id, other))).toBe(
      'ATTACHMENT_NOT_RECEIVED',
    );
  });

  test('holds up submission until it has come or is deleted', async () => {
    const { committee, id, announce } = await withDraft();
    const { id: paper } = await announce();
    const refusal = await submitApplication(committee, applicant, id, onceOnly()).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({
      code: 'APPLICATION_INCOMPLETE',
      extensions: { errors: [expect.objectContaining({ path: `attachments.${paper}` })] },
    });
    await deleteAttachment(committee, applicant, id, paper);
    expect((await submitApplication(committee, applicant, id, onceOnly())).state).toBe('submitted');
  });

  test('is deleted with its file, however often that is asked, and not once the application is submitted', async () => {
    const { committee, id, objects, send } = await withDraft();
    const [gone, kept] = [await send(), await send()];
    await completeAttachment(committee, applicant, id, kept);
    await deleteAttachment(committee, applicant, id, gone);
    expect(objects.keys(bucket)).toEqual([`${id}/${kept}`]);
    expect(await deleteAttachment(committee, applicant, id, gone)).toMatchObject({ state: 'deleted' });
    expect(await refusalOf(issueAttachmentUrl(committee, applicant, id, gone))).toBe('ATTACHMENT_NOT_FOUND');
    await submitApplication(committee, applicant, id, onceOnly());
    expect(await refusalOf(deleteAttachment(committee, applicant, id, kept))).toBe('APPLICATION_NOT_OPEN');
    expect(objects.keys(bucket)).toEqual([`${id}/${kept}`]);
  });

  test('comes once under one key', async () => {
    const { announce } = await withDraft();
    const request = () => RepeatableRequest.of('applicant-1', 'key', 'paper');
    expect((await announce(paperOf(pdf), request())).id).toBe((await announce(paperOf(pdf), request())).id);
  });

  test(`has at most ${MOST_ATTACHMENTS - 1} others beside it`, async () => {
    const { announce } = await withDraft();
    for (let count = 0; count < MOST_ATTACHMENTS; count += 1) await announce();
    expect(await refusalOf(announce())).toBe('TOO_MANY_ATTACHMENTS');
  });

  test('is named in its record alone: in no key, event or pointer', async () => {
    const { committee, id, objects, send, table, signed } = await withDraft();
    const paper = await send();
    await completeAttachment(committee, applicant, id, paper);
    await issueAttachmentUrl(committee, applicant, id, paper);
    await saveApplication(committee, applicant, id, { ...content, title: 'Another title' });
    const elsewhere = table.partition().filter(({ sk }) => !sk.startsWith('ATTACHMENT#'));
    expect(JSON.stringify([elsewhere, objects.keys(bucket), signed])).not.toMatch(/Nobody|Ethics/);
  });

  test.each([
    ['more than 25 MB', { bytes: 25_000_001 }],
    ['no byte', { bytes: 0 }],
    ['a control character in its name', { name: 'a\u001b[31m.pdf' }],
    ['a kind of its own', { kind: 'holiday-picture' }],
  ])('is not announced with %s', (_case, change) => {
    expect(attachmentRequest.safeParse({ ...paperOf(pdf), ...change }).success).toBe(false);
  });
});
