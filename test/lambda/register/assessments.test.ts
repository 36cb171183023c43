import {
  chainOf,
  closeApplication,
  readApplication,
  saveApplication,
  submitApplication,
} from '../../../lambda/register/applications';
import {
  decideAssessment,
  handInAssessment,
  saveAssessment,
  showAssessment,
} from '../../../lambda/register/assessments';
import { decideApplication } from '../../../lambda/register/decisions';
import { verifyHistory } from '../../../lambda/register/history';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { assessmentContent } from './assessment-content';
import {
  applicant,
  approve,
  approveByTwo,
  content,
  firstReviewer,
  makeRegister,
  onceOnly,
  refusalOf,
  requester,
  secondReviewer,
  submitOne,
} from './register-fixture';

async function withModel() {
  const fixture = await makeRegister();
  const { id, projectId } = await submitOne(fixture, { aiUse: true });
  const { committee } = fixture;
  return {
    ...fixture,
    id,
    projectId,
    save: (content: object, version?: number) =>
      saveAssessment(committee, applicant, id, content as typeof assessmentContent, version),
    handIn: () => handInAssessment(committee, applicant, id, onceOnly()),
    judge: (reviewer: typeof firstReviewer, decision: 'accept' | 'return') =>
      decideAssessment(committee, reviewer, id, { decision, comment: 'Because.' }, onceOnly()),
    state: async () => (await showAssessment(committee, applicant, id)).state,
  };
}

describe('an impact assessment', () => {
  test('goes from not started to accepted, and only then is a model approved', async () => {
    const fixture = await withModel();
    expect(await fixture.state()).toBe('not-started');
    await approve(fixture, fixture.id, firstReviewer);
    expect(await refusalOf(approve(fixture, fixture.id, secondReviewer))).toBe('ASSESSMENT_NOT_ACCEPTED');

    await fixture.save({ intendedUse: 'To mark X-rays.' }, 0);
    expect(await fixture.state()).toBe('in-progress');
    const refusal = await fixture.handIn().catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'ASSESSMENT_INCOMPLETE',
      extensions: { errors: expect.arrayContaining([{ path: 'harms', message: 'not answered yet' }]) },
    });

    await fixture.save(assessmentContent);
    await fixture.handIn();
    expect(await refusalOf(approve(fixture, fixture.id, secondReviewer))).toBe('ASSESSMENT_NOT_ACCEPTED');
    await fixture.judge(secondReviewer, 'accept');
    expect(await fixture.state()).toBe('accepted');
    expect((await approve(fixture, fixture.id, secondReviewer)).state).toBe('approved');

    const events = fixture.table
      .partition(`PROJECT#${fixture.projectId}`)
      .filter(({ sk, type }) => sk.startsWith('EVENT#') && String(type).startsWith('assessment-'));
    expect(events.map(({ type }) => type)).toEqual([
      'assessment-changed',
      'assessment-changed',
      'assessment-submitted',
      'assessment-accepted',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/X-ray|fracture|reviewer-\d|applicant-\d/);
    expect(await verifyHistory(fixture.table, chainOf(fixture.projectId))).toMatchObject({ intact: true });
  });

  test('is not needed without a model', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    expect((await approveByTwo(fixture, id)).state).toBe('approved');
  });

  test('is judged only by who could decide on the application, and while it is submitted', async () => {
    const fixture = await withModel();
    await fixture.save(assessmentContent);
    await fixture.handIn();
    expect(await refusalOf(fixture.judge(requester('reviewer-3', 'reviewer'), 'accept'))).toBe(
      'REVIEWER_ON_APPLICANTS_SIDE',
    );
    expect(await refusalOf(fixture.judge(applicant, 'accept'))).toBe('ROLE_REQUIRED');
    await closeApplication(fixture.committee, applicant, fixture.id, onceOnly());
    expect(await refusalOf(fixture.judge(firstReviewer, 'accept'))).toBe('APPLICATION_NOT_OPEN');
  });

  test('that is returned, even after it was accepted, is changed and handed in again', async () => {
    const fixture = await withModel();
    await fixture.save(assessmentContent);
    await fixture.handIn();
    expect(await refusalOf(fixture.save(assessmentContent))).toBe('ASSESSMENT_NOT_OPEN');
    await fixture.judge(firstReviewer, 'accept');
    await fixture.judge(secondReviewer, 'return');
    expect(await fixture.state()).toBe('returned');
    await approve(fixture, fixture.id, firstReviewer);
    expect(await refusalOf(approve(fixture, fixture.id, secondReviewer))).toBe('ASSESSMENT_NOT_ACCEPTED');
    await fixture.handIn();
    expect(await fixture.state()).toBe('submitted');
  });

  test('is accepted for what the application said: once that has changed, it is accepted again', async () => {
    const fixture = await withModel();
    const { committee, id } = fixture;
    await fixture.save(assessmentContent);
    await fixture.handIn();
    await fixture.judge(firstReviewer, 'accept');
    expect(await refusalOf(fixture.judge(secondReviewer, 'accept'))).toBe('ASSESSMENT_NOT_OPEN');
    const returned = { decision: 'return', comment: 'Which hospitals?' } as const;
    await decideApplication(committee, firstReviewer, id, returned, onceOnly());
    const changed = { ...content, aiUse: true, purpose: 'Something else altogether than before.' };
    await saveApplication(committee, applicant, id, changed);
    await submitApplication(committee, applicant, id, onceOnly());
    await approve(fixture, id, firstReviewer);
    expect(await refusalOf(approve(fixture, id, secondReviewer))).toBe('ASSESSMENT_NOT_ACCEPTED');
    await fixture.judge(secondReviewer, 'accept');
    expect((await approve(fixture, id, secondReviewer)).state).toBe('approved');
  });

  test('is the applicant’s own until it is submitted', async () => {
    const fixture = await withModel();
    await fixture.save(assessmentContent);
    const seen = await showAssessment(fixture.committee, firstReviewer, fixture.id);
    expect(seen).toMatchObject({ state: 'in-progress', needed: true });
    expect(seen.content).toBeUndefined();
    const other = requester('applicant-2', 'applicant');
    expect(await refusalOf(showAssessment(fixture.committee, other, fixture.id))).toBe(
      'APPLICATION_NOT_FOUND',
    );
  });

  test('is changed at the version that was read, and handed in once under a key', async () => {
    const fixture = await withModel();
    expect(await refusalOf(fixture.save(assessmentContent, 1))).toBe('VERSION_DIFFERS');
    await fixture.save(assessmentContent, 0);
    const request = () => RepeatableRequest.of('applicant-1', 'key', 'hand in');
    await handInAssessment(fixture.committee, applicant, fixture.id, request());
    const again = await handInAssessment(fixture.committee, applicant, fixture.id, request());
    expect(again).toMatchObject({ state: 'submitted', version: 2 });
    expect((await readApplication(fixture.committee, applicant, fixture.id)).version).toBe(2);
  });
});
