import { listApplications } from '../../../lambda/register/application-lists';
import { decideApplication } from '../../../lambda/register/decisions';
import {
  applicant,
  content,
  firstReviewer,
  makeRegister,
  onceOnly,
  secondReviewer,
  submitOne,
} from './register-fixture';

const all = { scope: 'all' as const, order: 'newest' as const, limit: 50 };

describe('the committee’s queue', () => {
  test('has what waits, the longest wait first, page by page, and forgets what is decided', async () => {
    const fixture = await makeRegister();
    const { committee, clock } = fixture;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      clock.moveBy(3_600);
      ids.push((await submitOne(fixture)).id);
    }
    const [first = '', second = '', ...rest] = ids;
    const decide = (reviewer: typeof firstReviewer, id: string, decision: 'return' | 'reject') =>
      decideApplication(committee, reviewer, id, { decision, comment: 'Because.' }, onceOnly());
    await decide(firstReviewer, first, 'return');
    await decide(firstReviewer, second, 'reject');
    await decide(secondReviewer, second, 'reject');

    const seen: string[] = [];
    let next: string | undefined;
    do {
      const query = { ...all, order: 'age' as const, state: 'submitted' as const, limit: 2, next };
      const page = await listApplications(committee, firstReviewer, query);
      seen.push(...page.applications.map(({ id }) => id));
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(rest);
    const rejected = await listApplications(committee, firstReviewer, { ...all, state: 'rejected' });
    expect(rejected.applications.map(({ id }) => id)).toEqual([second]);
  });

  test('tells the age in working days, and what is over the target', async () => {
    const fixture = await makeRegister();
    await submitOne(fixture);
    const ageOn = async (day: string) => {
      fixture.clock.moveTo(`${day}T09:00:00Z`);
      const [found] = (await listApplications(fixture.committee, firstReviewer, all)).applications;
      return [found?.ageWorkingDays, found?.overdue];
    };
    expect(await ageOn('2026-11-02')).toEqual([0, false]);
    expect(await ageOn('2026-11-09')).toEqual([5, false]);
    expect(await ageOn('2026-11-30')).toEqual([20, false]);
    expect(await ageOn('2026-12-01')).toEqual([21, true]);
  });

  test('gives no long texts and no list of studies', async () => {
    const fixture = await makeRegister();
    const studies = ['1.3.6.1.4.1.32473.7.7.1.1'];
    await submitOne(fixture, { scope: { kind: 'studies', studies } });
    const [found] = (await listApplications(fixture.committee, applicant, all)).applications;
    expect(found?.content).toEqual({
      title: content.title,
      organisation: content.organisation,
      collection: 'chest',
      accessMode: 'dae-only',
      requestedEndsOn: content.requestedEndsOn,
      aiUse: false,
      scope: { kind: 'studies' },
    });
  });
});
