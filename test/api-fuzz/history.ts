import { createHash, randomUUID } from 'node:crypto';
import { content } from '../lambda/register/register-fixture';
import { ApiClient } from '../local/api-client';
import { goodSlice } from '../whole-way/bad-files';

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A finished submission with an imported and a quarantined file, and one that is open still, with a manifest. */
async function submissions(origin: string): Promise<string> {
  const uploader = await ApiClient.signedIn(origin, 'uploader-rx1');
  const files = [goodSlice(1, 1), Buffer.from('not an image')];
  const finished = await uploader.submit('chest', files);
  await uploader.ended(finished);
  const announced = { collection: 'chest', fileCount: 2, totalBytes: 20, idempotencyKey: randomUUID() };
  const { id } = await uploader.call<{ id: string }>('POST', '/submissions', announced);
  const entries = [1, 2].map((ordinal) => ({
    ordinal,
    bytes: 10,
    sha256: digestOf(Buffer.from(String(ordinal))),
    group: 1,
  }));
  await uploader.call('PUT', `/submissions/${id}/manifest/1`, { entries });
  return `${finished} ${id}`;
}

/** An application that two reviewers have approved, with the project that it made, and a draft. */
async function applications(origin: string): Promise<string> {
  const applicant = await ApiClient.signedIn(origin, 'applicant-1');
  const body = { ...content, organisation: 'Organisation A', requestedEndsOn: soon() };
  const { id } = await applicant.call<{ id: string }>('POST', '/applications', body);
  await applicant.call('POST', `/applications/${id}/submit`, undefined, 1);
  const texts = [];
  for (const [at, subject] of ['reviewer-1', 'reviewer-2'].entries()) {
    const reviewer = await ApiClient.signedIn(origin, subject);
    const decision = { decision: 'approve', comment: 'The aims are plain, and the data are needed.' };
    texts.push(await reviewer.call('POST', `/applications/${id}/decisions`, decision, 2 + at));
  }
  const draft = await applicant.call('POST', '/applications', body);
  const projects = await applicant.call('GET', '/projects');
  return JSON.stringify([texts, draft, projects]);
}

function soon(): string {
  return new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Gives the platform something to ask for: without it most requests end at an id that nobody knows.
 * @returns text that holds the ids
 */
export async function makeHistory(origin: string): Promise<string> {
  const [sent, applied] = await Promise.all([submissions(origin), applications(origin)]);
  return `${sent} ${applied}`;
}
