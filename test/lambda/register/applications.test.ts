import { encodePageToken } from '../../../lambda/platform/page-token';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { applicationDraft } from '../../../lambda/register/application-content.contract';
import { listApplications } from '../../../lambda/register/application-lists';
import { showApplication } from '../../../lambda/register/application-views';
import {
  draftApplication,
  readApplication,
  saveApplication,
  submitApplication,
} from '../../../lambda/register/applications';
import { decideApplication } from '../../../lambda/register/decisions';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { listProjects } from '../../../lambda/register/projects';
import {
  applicant,
  content,
  firstReviewer,
  makeRegister,
  officer,
  onceOnly,
  refusalOf,
  requester,
  submitOne,
} from './register-fixture';

const other = requester('applicant-2', 'applicant');

describe('a draft', () => {
  test('saves unfinished, and submission lists what is missing', async () => {
    const { committee } = await makeRegister();
    const draft = await draftApplication(
      committee,
      applicant,
      applicationDraft.parse({ title: 'Rib fractures' }),
      onceOnly(),
    );
    const refusal = await submitApplication(committee, applicant, draft.id, onceOnly()).catch(
      (error: unknown) => error,
    );
    if (!(refusal instanceof PlatformError)) throw refusal;
    expect(refusal.code).toBe('APPLICATION_INCOMPLETE');
    const errors = refusal.extensions.errors as { path: string }[];
    const missing = errors.map((error) => error.path);
    expect(missing).toEqual(
      expect.arrayContaining([
        'aiUse',
        'collection',
        'conflictsOfInterest',
        'dataUse.technicalSummary',
        'duoCodes',
        'fiveSafes.people.experience',
        'fiveSafes.outputs.kinds',
        'laySummary',
        'organisation',
        'purpose',
        'requestedEndsOn',
      ]),
    );
    expect(missing).not.toContain('title');
    expect(new Set(missing).size).toBe(missing.length);
  });

  test.each([
    ['a collection that there is not', { collection: 'knees' }, 'collection'],
    ['an access mode that the collection does not have', { accessMode: 'direct' as const }, 'accessMode'],
    ['an end in the past', { requestedEndsOn: '2026-11-01' }, 'requestedEndsOn'],
    ['an end after the legal basis', { requestedEndsOn: '2028-04-01' }, 'requestedEndsOn'],
  ])('is not submitted with %s', async (_case, change, path) => {
    const fixture = await makeRegister();
    const refusal = await submitOne(fixture, change).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'APPLICATION_INCOMPLETE',
      extensions: { errors: [expect.objectContaining({ path })] },
    });
  });

  test('is seen by its applicant alone until it is submitted', async () => {
    const { committee } = await makeRegister();
    const { id } = await draftApplication(committee, applicant, content, onceOnly());
    for (const stranger of [other, firstReviewer, officer]) {
      expect(await refusalOf(readApplication(committee, stranger, id))).toBe('APPLICATION_NOT_FOUND');
    }
    await submitApplication(committee, applicant, id, onceOnly());
    expect((await readApplication(committee, firstReviewer, id)).state).toBe('submitted');
    expect(await refusalOf(readApplication(committee, other, id))).toBe('APPLICATION_NOT_FOUND');
  });

  test('is changed by its applicant alone, and only at the version that was read', async () => {
    const { committee } = await makeRegister();
    const { id } = await draftApplication(committee, applicant, content, onceOnly());
    const changed = { ...content, title: 'Rib fractures, again' };
    expect(await refusalOf(saveApplication(committee, other, id, changed))).toBe('APPLICATION_NOT_FOUND');
    expect((await saveApplication(committee, applicant, id, changed, 1)).version).toBe(2);
    expect(await refusalOf(saveApplication(committee, applicant, id, content, 1))).toBe('VERSION_DIFFERS');
  });

  test('can no longer be changed once it is submitted', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const { committee } = fixture;
    expect(await refusalOf(saveApplication(committee, applicant, id, content))).toBe('APPLICATION_NOT_OPEN');
    expect(await refusalOf(submitApplication(committee, applicant, id, onceOnly()))).toBe(
      'APPLICATION_NOT_OPEN',
    );
  });

  test('is not made by somebody who has lost the role since they signed in', async () => {
    const { committee } = await makeRegister();
    const former = requester('member-1', 'applicant');
    expect(await refusalOf(draftApplication(committee, former, content, onceOnly()))).toBe('ROLE_REQUIRED');
  });
});

describe('a submitted application', () => {
  test('carries the match of its purpose with the collection', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture, { duoCodes: ['DUO:0000033'] });
    const found = await readApplication(fixture.committee, firstReviewer, id);
    expect(found).toMatchObject({ duoMatch: { match: 'false' } });
  });

  test('shows who decided to the committee, not to the applicant', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const { committee } = fixture;
    const decided = await decideApplication(
      committee,
      firstReviewer,
      id,
      { decision: 'approve', comment: '' },
      onceOnly(),
    );
    expect((await showApplication(committee, decided, firstReviewer)).decisions).toHaveLength(1);
    expect((await showApplication(committee, decided, applicant)).decisions).toBeUndefined();
    const both = requester(applicant.subject, 'applicant', 'reviewer');
    expect((await showApplication(committee, decided, both)).decisions).toBeUndefined();
  });
});

describe('a request with an Idempotency-Key', () => {
  const keyed = (key: string, request: unknown) => RepeatableRequest.of('applicant-1', key, request);

  test('makes one application however often it comes', async () => {
    const { committee, table } = await makeRegister();
    const send = () => draftApplication(committee, applicant, content, keyed('key-1', content));
    const ids = new Set((await Promise.all([send(), send(), send()])).map((made) => made.id));
    ids.add((await send()).id);
    expect(ids.size).toBe(1);
    expect(
      table.partition('PERSON#applicant-1').filter((item) => item.sk.startsWith('APPLICATION#')),
    ).toHaveLength(1);
  });

  test('is refused with another request under the same key', async () => {
    const { committee } = await makeRegister();
    await draftApplication(committee, applicant, content, keyed('key-1', content));
    expect(await refusalOf(draftApplication(committee, applicant, content, keyed('key-1', 'another')))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  test('submits once', async () => {
    const { committee } = await makeRegister();
    const { id } = await draftApplication(committee, applicant, content, onceOnly());
    const send = () => submitApplication(committee, applicant, id, keyed('key-2', id));
    await send();
    expect(await send()).toMatchObject({ state: 'submitted', round: 1 });
  });
});

describe('the list of applications', () => {
  test('gives applicants their own, page by page, newest first, and the committee what was submitted', async () => {
    const { committee, clock } = await makeRegister();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      clock.moveBy(1);
      ids.unshift((await draftApplication(committee, applicant, content, onceOnly())).id);
    }
    await submitApplication(committee, applicant, ids[2] ?? '', onceOnly());
    await draftApplication(committee, other, content, onceOnly());

    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await listApplications(committee, applicant, {
        scope: 'all',
        order: 'newest',
        limit: 2,
        next,
      });
      expect(page.applications.length).toBeLessThanOrEqual(2);
      seen.push(...page.applications.map((found) => found.id));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(ids);

    const all = await listApplications(committee, firstReviewer, {
      scope: 'all',
      order: 'newest',
      limit: 50,
    });
    expect(all.applications.map((found) => found.id)).toEqual([ids[2]]);
  });

  test('refuses a page token that it did not give', async () => {
    const { committee } = await makeRegister();
    expect(
      await refusalOf(
        listApplications(committee, applicant, { scope: 'own', order: 'newest', limit: 2, next: 'x' }),
      ),
    ).toBe('INVALID_PAGE_TOKEN');
  });

  test.each(['', 'PERSON', 'PROJECX'])('refuses a page token of a place outside the list: %p', async (sk) => {
    const { committee } = await makeRegister();
    const next = encodePageToken({ sk });
    expect(await refusalOf(listProjects(committee, applicant, { scope: 'own', limit: 2, next }))).toBe(
      'INVALID_PAGE_TOKEN',
    );
  });
});
