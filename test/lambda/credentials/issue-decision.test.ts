import fc from 'fast-check';
import { DELIVERY_SECONDS, decideIssue, type IssueFacts } from '../../../lambda/credentials/issue-decision';
import { type Grant, grant } from '../../../lambda/register/grant.contract';
import { earlierDate, endOfLondonDay } from '../../../lambda/register/london-day';
import { breast, chest } from '../register/register-fixture';
import { researcherRole, uidRoot } from './credentials-fixture';

const projectId = `p-${'0'.repeat(26)}`;
const grantOf = (number: number, overrides: object): Grant => {
  const endsOn = '2027-10-31';
  return grant.parse({
    id: `g-${String(number).padStart(26, '0')}`,
    projectId,
    collection: 'chest',
    arc: 7,
    split: 'development',
    accessMode: 'dae-only',
    startsOn: '2026-11-02',
    endsOn,
    endsAt: endOfLondonDay(endsOn).toISOString(),
    status: 'active',
    version: 1,
    ...overrides,
  });
};
const facts = (overrides: Partial<IssueFacts>): IssueFacts => ({
  now: new Date('2026-11-02T09:00:00Z'),
  membership: {
    subject: 'member-1',
    pseudonym: `r-${'0'.repeat(26)}`,
    projectId,
    memberSince: '2026-11-02T09:00:00.000Z',
    version: 1,
  },
  project: {
    id: projectId,
    applicationId: `a-${'0'.repeat(26)}`,
    title: 'Rib fractures',
    organisation: 'University of Westhaven',
    laySummary: 'We want to find broken ribs.',
    aiUse: true,
    collection: 'chest',
    accessMode: 'dae-only',
    startsOn: '2026-11-02',
    endsOn: '2027-10-31',
    status: 'active',
    members: ['member-1'],
    approvedAt: '2026-11-02T09:00:00.000Z',
    version: 1,
  },
  grants: [grantOf(1, {})],
  collections: [chest, breast],
  roleOf: researcherRole,
  uidRoot,
  studies: null,
  ...overrides,
});

const day = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('the decision on a credential', () => {
  test('never lets a session outlive the grant or the legal basis, nor leaves the limits of STS', () => {
    let issued = 0;
    fc.assert(
      fc.property(
        day,
        day,
        fc.integer({ min: -7_200, max: 7_200 }),
        fc.boolean(),
        (endsOn, basisEndsOn, offset, listed) => {
          const end = endOfLondonDay(earlierDate(endsOn, basisEndsOn));
          const now = new Date(end.getTime() + offset * 1000);
          const decision = decideIssue(
            facts({
              now,
              grants: [grantOf(1, { endsOn, endsAt: endOfLondonDay(endsOn).toISOString() })],
              collections: [{ ...chest, legalBasis: { ...chest.legalBasis, endsOn: basisEndsOn } }],
              studies: listed ? [`${uidRoot}.7.1.1`] : null,
            }),
          );
          const enough = end.getTime() - now.getTime() >= (900 + DELIVERY_SECONDS) * 1000;
          expect(decision.outcome).toBe(enough ? 'issue' : 'refuse');
          if (decision.outcome !== 'issue') return;
          issued += 1;
          expect(decision.durationSeconds).toBeGreaterThanOrEqual(900);
          expect(decision.durationSeconds).toBeLessThanOrEqual(listed ? 900 : 3600);
          expect(decision.expiresAt.getTime()).toBeLessThanOrEqual(end.getTime());
        },
      ),
      { seed: 10, numRuns: 2000 },
    );
    expect(issued).toBeGreaterThan(500);
  });

  test('takes the grant that holds all the listed studies', () => {
    const grants = [
      grantOf(1, {}),
      grantOf(2, { collection: 'breast-screening', arc: 8, accessMode: 'direct' }),
    ];
    const decided = decideIssue(facts({ grants, studies: [`${uidRoot}.8.1.5`] }));
    expect(decided).toMatchObject({
      outcome: 'issue',
      grant: { arc: 8 },
      roleArn: researcherRole(8, 'direct'),
    });
    const mixed = [`${uidRoot}.7.1.5`, `${uidRoot}.8.1.5`];
    expect(decideIssue(facts({ grants, studies: mixed }))).toMatchObject({ code: 'STUDY_OUTSIDE_GRANT' });
    expect(decideIssue(facts({ grants }))).toMatchObject({ code: 'GRANT_AMBIGUOUS' });
  });

  test('refuses where collection, arc or role do not agree with the configuration', () => {
    const disagreements: Partial<IssueFacts>[] = [
      { collections: [] },
      { collections: [{ ...chest, arc: 70 }] },
      { collections: [{ ...chest, accessModes: ['direct'] }] },
    ];
    for (const overrides of disagreements) {
      expect(decideIssue(facts(overrides))).toMatchObject({ code: 'ROLE_NOT_CONFIGURED' });
    }
  });

  test('does not count grants that were revoked or have ended', () => {
    const revoked = grantOf(1, {
      status: 'revoked',
      revokedAt: '2026-11-02T09:00:00.000Z',
      revokedBy: `r-${'0'.repeat(26)}`,
      reason: 'withdrawn',
    });
    const ended = grantOf(2, { status: 'ended', endedAt: '2026-11-02T09:00:00.000Z' });
    expect(decideIssue(facts({ grants: [revoked, ended] }))).toMatchObject({ code: 'NO_ACTIVE_GRANT' });
  });
});
