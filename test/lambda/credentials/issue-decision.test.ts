import fc from 'fast-check';
import { decideIssue, type IssueFacts } from '../../../lambda/credentials/issue-decision';
import { DELIVERY_SECONDS } from '../../../lambda/credentials/session-times.contract';
import { NO_CLOSURES } from '../../../lambda/register/closure.contract';
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
    applicationId: `a-${'0'.repeat(26)}`,
    collection: 'chest',
    arc: 7,
    split: 'development',
    scope: { kind: 'collection' },
    accessMode: 'dae-only',
    startsOn: '2026-11-02',
    endsOn,
    endsAt: endOfLondonDay(endsOn).toISOString(),
    status: 'active',
    ...overrides,
  });
};
const facts = ({
  grants = [grantOf(1, {})],
  ...overrides
}: Partial<IssueFacts> & { grants?: Grant[] }): IssueFacts => ({
  now: new Date('2026-11-02T09:00:00Z'),
  clock: overrides.now ?? new Date('2026-11-02T09:00:00Z'),
  membership: {
    subject: 'member-1',
    pseudonym: `r-${'0'.repeat(26)}`,
    projectId,
    memberSince: '2026-11-02T09:00:00.000Z',
    version: 1,
    status: 'active',
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
    grants,
    version: 1,
  },
  closures: NO_CLOSURES,
  listed: null,
  withdrawn: new Set(),
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
              grants: [
                grantOf(1, {
                  startsOn: '2025-11-02',
                  endsOn,
                  endsAt: endOfLondonDay(endsOn).toISOString(),
                }),
              ],
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

  test('takes the one grant that holds, and lists no study outside it', () => {
    const superseded = grantOf(1, {
      status: 'superseded',
      supersededAt: '2026-11-02T09:00:00.000Z',
      supersededBy: grantOf(2, {}).id,
    });
    const now = grantOf(2, { collection: 'breast-screening', arc: 8, accessMode: 'direct' });
    const grants = [superseded, now];
    expect(decideIssue(facts({ grants, studies: [`${uidRoot}.8.1.5`] }))).toMatchObject({
      outcome: 'issue',
      grant: { id: now.id, arc: 8 },
      roleArn: researcherRole(8, 'direct'),
    });
    for (const outside of [`${uidRoot}.7.1.5`, `${uidRoot}.8.2.5`, `${uidRoot}.80.1.5`]) {
      const studies = [`${uidRoot}.8.1.5`, outside];
      expect(decideIssue(facts({ grants, studies }))).toMatchObject({ code: 'STUDY_OUTSIDE_GRANT' });
    }
  });

  test('of a grant that lists studies is for studies of its list only, and must say which', () => {
    const listing = grantOf(1, { scope: { kind: 'studies', count: 1, digest: '0'.repeat(64) } });
    const listed = new Set([`${uidRoot}.7.1.5`]);
    const of = (studies: string[] | null) => decideIssue(facts({ grants: [listing], listed, studies }));
    expect(of([`${uidRoot}.7.1.5`])).toMatchObject({ outcome: 'issue', durationSeconds: 900 });
    expect(of([`${uidRoot}.7.1.6`])).toMatchObject({ code: 'STUDY_OUTSIDE_GRANT' });
    expect(of(null)).toMatchObject({ code: 'STUDIES_NOT_LISTED' });
    const lost = facts({ grants: [listing], listed: null, studies: [`${uidRoot}.7.1.5`] });
    expect(decideIssue(lost)).toMatchObject({ code: 'STUDY_OUTSIDE_GRANT' });
  });

  test('is a refusal for a member whose membership was revoked', () => {
    const { membership } = facts({});
    if (membership === null) throw new Error('no membership');
    const revoked = {
      ...membership,
      status: 'revoked' as const,
      revokedAt: '2026-11-02T08:59:59.000Z',
      revokedBy: 'schedule' as const,
      reason: 'member-left' as const,
    };
    expect(decideIssue(facts({ membership: revoked }))).toMatchObject({ code: 'MEMBERSHIP_REVOKED' });
  });

  test('is a refusal for a withdrawn study, a shut collection, everything shut, and before the first day', () => {
    const shut = { since: '2026-11-02T09:00:00.000Z', by: 'schedule', reason: 'legal-basis-ended' } as const;
    const study = `${uidRoot}.7.1.5`;
    expect(decideIssue(facts({ studies: [study], withdrawn: new Set([study]) }))).toMatchObject({
      code: 'STUDY_WITHDRAWN',
    });
    const collections = [{ ...shut, collection: 'chest' }];
    expect(
      decideIssue(facts({ closures: { everything: null, collections, proposals: [], version: 1 } })),
    ).toMatchObject({
      code: 'COLLECTION_CLOSED',
    });
    const others = [{ ...shut, collection: 'breast-screening' }];
    expect(
      decideIssue(facts({ closures: { everything: null, collections: others, proposals: [], version: 1 } })),
    ).toMatchObject({ outcome: 'issue' });
    expect(
      decideIssue(facts({ closures: { everything: shut, collections: [], proposals: [], version: 2 } })),
    ).toMatchObject({ code: 'PLATFORM_CLOSED' });
    expect(decideIssue(facts({ grants: [grantOf(1, { startsOn: '2026-11-03' })] }))).toMatchObject({
      code: 'NO_ACTIVE_GRANT',
    });
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
      reason: 'security',
    });
    const ended = grantOf(2, { status: 'ended', endedAt: '2026-11-02T09:00:00.000Z' });
    expect(decideIssue(facts({ grants: [revoked, ended] }))).toMatchObject({ code: 'NO_ACTIVE_GRANT' });
  });
});

test.each([
  ['a minute behind the history', 60, 'issue'],
  ['more than a minute behind it', 61, 'refuse'],
])('a clock %s: %s s lead to %s', (_how, seconds, outcome) => {
  const now = new Date('2026-11-02T09:00:00Z');
  const decision = decideIssue(facts({ now, clock: new Date(now.getTime() - seconds * 1000) }));
  expect(decision.outcome).toBe(outcome);
  if (decision.outcome === 'refuse') expect(decision.code).toBe('CLOCKS_DIFFER');
});
