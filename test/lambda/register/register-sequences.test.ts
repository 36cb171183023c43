import fc from 'fast-check';
import { sequence } from './sequences/actions';
import { Sequence } from './sequences/follow';
import { expectFound, expectWholeHistory, tampering } from './sequences/tampering';

// Who waits for a place in a chain's line waits no real time.
let mockSkipped = 0;
jest.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => {
    mockSkipped += milliseconds;
  },
}));
beforeAll(() => void jest.spyOn(performance, 'now').mockImplementation(() => mockSkipped));
afterAll(() => void jest.restoreAllMocks());

/** Types of events, codes of refusals, and what befalls requests. */
const reached = [
  ...['drafted', 'changed', 'submitted', 'returned', 'approved', 'rejected', 'closed'].map(
    (state) => `application-${state}`,
  ),
  ...['changed', 'submitted', 'accepted', 'returned'].map((state) => `assessment-${state}`),
  ...['given', 'superseded', 'revoked', 'ended'].map((state) => `grant-${state}`),
  ...['member-revoked', 'project-revoked', 'collection-closed', 'platform-closed'],
  ...['reopening-proposed', 'collection-reopened', 'platform-reopened'],
  ...['last-day-over', 'legal-basis-ended', 'collection-closed'].map((because) => `ended: ${because}`),
  ...['project-ended', 'reminder-due', 'withdrawn', 'study-withdrawn'],
  ...['credential-issued', 'credential-failed', 'credential-refused'],
  ...['NOT_A_MEMBER', 'MEMBERSHIP_REVOKED', 'PROJECT_NOT_ACTIVE', 'CLOCKS_DIFFER', 'NO_ACTIVE_GRANT'].map(
    (code) => `refused: ${code}`,
  ),
  ...['PLATFORM_CLOSED', 'COLLECTION_CLOSED', 'STUDIES_NOT_LISTED', 'STUDY_OUTSIDE_GRANT'].map(
    (code) => `refused: ${code}`,
  ),
  ...['STUDY_WITHDRAWN', 'LEGAL_BASIS_ENDED', 'GRANT_ENDS_TOO_SOON'].map((code) => `refused: ${code}`),
  ...['REVIEWER_ON_APPLICANTS_SIDE', 'REVIEWER_IN_CONFLICT', 'ALREADY_DECIDED', 'ROLE_REQUIRED'].map(
    (code) => `decide: ${code}`,
  ),
  ...['CONDITIONS_DIFFER', 'ASSESSMENT_NOT_ACCEPTED'].map((code) => `decide: ${code}`),
  ...['viewer admitted', 'viewer denied', 'rivals', 'lost answers'],
];

const SEQUENCES = 160;
const MOST_ACTIONS = 70;

test('whatever people do, in whatever order, the register keeps its rules and its history', async () => {
  const seen = new Map<string, number>();
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      sequence(MOST_ACTIONS),
      fc.array(tampering, { minLength: 2, maxLength: 2 }),
      async (actions, changes) => {
        const register = await Sequence.begin(seen);
        for (const each of actions) {
          await register.act(each);
          done += 1;
        }
        await expectWholeHistory(register.world.table);
        for (const change of changes) await expectFound(register.world.table, change);
      },
    ),
    { seed: 11, numRuns: SEQUENCES, endOnFailure: true },
  );
  expect(done).toBeGreaterThanOrEqual(10_000);
  // Every end is reached, and every refusal, or the property would say little.
  expect(reached.filter((what) => !seen.has(what))).toEqual([]);
});
