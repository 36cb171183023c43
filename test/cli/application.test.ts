import { addCondition } from '../../cli/access/review.command';
import { queueSummary } from '../../cli/access/review-list';
import { forms } from '../../cli/application/application-file';
import { applicationSummary } from '../../lambda/register/application.contract';
import { applicationDraft } from '../../lambda/register/application-content.contract';
import { impactAssessment } from '../../lambda/register/impact-assessment.contract';

describe('a condition on the command line', () => {
  test.each([
    ['publish-results', { code: 'publish-results' }],
    ['outputs-reviewed=By two people.', { code: 'outputs-reviewed', text: 'By two people.' }],
    ['ends-earlier=2027-03-31', { code: 'ends-earlier', endsOn: '2027-03-31' }],
    ['other=a=b, that is', { code: 'other', text: 'a=b, that is' }],
  ])('%s', (given, expected) => {
    expect(addCondition(given, [{ code: 'direct-access' }])).toEqual([{ code: 'direct-access' }, expected]);
  });

  test.each(['other', 'ends-earlier', 'ends-earlier=tomorrow', 'be-kind', ''])('is none: "%s"', (given) => {
    expect(() => addCondition(given)).toThrow('Give one of direct-access');
  });
});

test('the queue is summed up', () => {
  const one = (state: string, ageWorkingDays: number, more: object = {}) =>
    applicationSummary.parse({
      id: `a-${'0'.repeat(26)}`,
      projectId: `p-${'0'.repeat(26)}`,
      kind: 'new',
      edition: 1,
      state,
      applicant: 'applicant-1',
      round: 1,
      createdAt: '2026-11-02T09:00:00.000Z',
      changedAt: '2026-11-02T09:00:00.000Z',
      ageWorkingDays,
      targetWorkingDays: 20,
      overdue: ageWorkingDays > 20,
      version: 1,
      content: { accessMode: 'dae-only', scope: { kind: 'collection' } },
      ...more,
    });
  const decided = { decidedAt: '2026-11-02T09:00:00.000Z' };
  const all = [one('submitted', 3), one('submitted', 25), one('submitted', 8), one('rejected', 6, decided)];
  expect(queueSummary(all)).toBe(
    '3 applications to decide, waiting 8 working days (median); 1 over the target of 20; 1 decided after 6 working days (median)',
  );
  expect(queueSummary([])).toBe('0 applications to decide');
});

test('a blank form has every question, and its answers left out it saves as a draft', () => {
  const application = forms.application() as Record<string, unknown>;
  expect(Object.keys(application).sort()).toEqual(Object.keys(applicationDraft.shape).sort());
  const assessment = forms.assessment() as Record<string, unknown>;
  expect(Object.keys(assessment).sort()).toEqual(Object.keys(impactAssessment.draft.shape).sort());
  expect(JSON.stringify(application)).toContain('"ethicsReference":""');
});
