import fc from 'fast-check';
import { decideIssue, endOfGrant } from '../../../lambda/credentials/issue-decision';
import { londonDay } from '../../../lambda/platform/clock';
import { NO_CLOSURES } from '../../../lambda/register/closure.contract';
import type { ActiveGrant } from '../../../lambda/register/grant.contract';
import { expire, reminderDue } from '../../../lambda/register/grant-expiry';
import { daysBefore, daysBetween, lastDayOf } from '../../../lambda/register/grant-time';
import { earlierDate, endOfLondonDay } from '../../../lambda/register/london-day';
import type { Membership, Project } from '../../../lambda/register/project.contract';
import { chest } from './register-fixture';

const id = (prefix: string, letter = '0') => `${prefix}-${letter.repeat(26)}`;

const grantUntil = (endsOn: string, startsOn = '2026-01-01'): ActiveGrant => ({
  id: id('g'),
  projectId: id('p'),
  applicationId: id('a'),
  collection: 'chest',
  arc: 7,
  split: 'development',
  scope: { kind: 'collection' },
  accessMode: 'dae-only',
  conditions: [],
  startsOn,
  endsOn,
  endsAt: endOfLondonDay(endsOn).toISOString(),
  status: 'active',
});

const projectWith = (...grants: ActiveGrant[]): Project => ({
  id: id('p'),
  applicationId: id('a'),
  title: 'Rib fractures',
  organisation: 'University of Westhaven',
  laySummary: 'We look for broken ribs.',
  aiUse: true,
  collection: 'chest',
  accessMode: 'dae-only',
  startsOn: grants[0]?.startsOn ?? '2026-01-01',
  endsOn: grants.at(-1)?.endsOn ?? '2026-01-01',
  members: ['applicant-1'],
  grants,
  approvedAt: '2026-01-01T09:00:00.000Z',
  version: 3,
  status: 'active',
});

const member: Membership = {
  subject: 'applicant-1',
  pseudonym: id('r'),
  projectId: id('p'),
  memberSince: '2026-01-01T09:00:00.000Z',
  version: 1,
  status: 'active',
};

const factsAt = (now: Date, basisEndsOn = '2099-12-31') => ({
  now,
  collections: [{ ...chest, legalBasis: { ...chest.legalBasis, endsOn: basisEndsOn } }],
  closures: NO_CLOSURES,
});

/** Days around both changes of the clock of some years, and others. */
const day = fc.oneof(
  fc.constantFrom('2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31', '2028-03-26', '2028-10-29'),
  fc
    .date({ min: new Date('2026-06-01'), max: new Date('2029-06-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
);
const secondsAround = fc.integer({ min: -3 * 86_400, max: 3 * 86_400 });

describe('the end of a grant', () => {
  it('is the same for the schedule and for the issue of credentials: no session is issued after it or outlives it', () => {
    fc.assert(
      fc.property(day, day, secondsAround, (endsOn, basisEndsOn, seconds) => {
        const grant = grantUntil(endsOn);
        const lastDay = earlierDate(endsOn, basisEndsOn);
        const end = endOfLondonDay(lastDay);
        const now = new Date(end.getTime() + seconds * 1000);
        const facts = factsAt(now, basisEndsOn);
        const issued = decideIssue({
          ...facts,
          clock: now,
          membership: member,
          project: projectWith(grant),
          listed: null,
          withdrawn: new Set(),
          roleOf: () => 'role',
          uidRoot: '1.2.3',
          studies: null,
        });
        const change = expire(projectWith(grant), facts);
        const [collection] = facts.collections;
        if (collection === undefined) throw new Error('no collection');
        expect(endOfGrant(grant, collection)).toEqual(end);
        if (issued.outcome === 'issue') expect(issued.expiresAt.getTime()).toBeLessThanOrEqual(end.getTime());
        if (now > end) expect(issued.outcome).toBe('refuse');
        expect(change?.project.status === 'ended').toBe(londonDay(now) > lastDay);
      }),
      { numRuns: 2_000, seed: 35 },
    );
  });

  it('ends grant and project by `schedule`, and says which day it was', () => {
    const after = endOfLondonDay('2027-10-31').getTime() + 1_000;
    const change = expire(projectWith(grantUntil('2027-10-31')), factsAt(new Date(after)));
    expect(change?.facts.map(({ type }) => type)).toEqual(['grant-ended', 'project-ended']);
    expect(change?.facts[0]?.data).toMatchObject({ because: 'last-day-over', revocationId: null });
    expect(change?.project).toMatchObject({ status: 'ended', version: 4, grants: [{ status: 'ended' }] });
    expect(change?.denials).toEqual([]);
  });

  it('denies running sessions where the legal basis now ends before the day they were cut to', () => {
    const change = expire(
      projectWith(grantUntil('2027-10-31')),
      factsAt(new Date('2027-03-02T00:10:00.000Z'), '2027-03-01'),
    );
    expect(change?.facts[0]?.data).toMatchObject({ because: 'legal-basis-ended' });
    expect(change?.denials).toMatchObject([
      { put: { pk: 'REVOCATIONS', kind: 'grant', grantId: id('g'), by: 'schedule', arcs: [7] } },
    ]);
  });

  it('revokes where the collection was closed since its legal basis ended, and not where it may be opened again', () => {
    const closedFor = (reason: 'legal-basis-ended' | 'security') => ({
      ...factsAt(new Date('2027-03-02T00:10:00.000Z')),
      closures: {
        ...NO_CLOSURES,
        collections: [{ collection: 'chest', reason, since: '2027-03-01T00:00:00.000Z', by: id('r') }],
        version: 1,
      },
    });
    const project = projectWith(grantUntil('2027-10-31'));
    expect(expire(project, closedFor('legal-basis-ended'))).toMatchObject({
      project: { status: 'ended', grants: [{ status: 'revoked', revokedBy: 'schedule' }] },
      restsOnClosures: true,
    });
    expect(expire(project, closedFor('security'))).toBeNull();
  });

  it('keeps a project whose next grant is still to come, and one whose grants a person took away until its day', () => {
    const next = { ...grantUntil('2028-06-30', '2027-12-01'), id: id('g', '1') };
    const now = new Date('2027-11-05T12:00:00.000Z');
    const kept = expire(projectWith(grantUntil('2027-10-31'), next), factsAt(now));
    expect(kept?.project).toMatchObject({
      status: 'active',
      grants: [{ status: 'ended' }, { status: 'active' }],
    });
    const revoked = {
      ...projectWith(grantUntil('2027-11-30')),
      grants: [
        {
          ...grantUntil('2027-11-30'),
          status: 'revoked' as const,
          revokedAt: now.toISOString(),
          revokedBy: id('r'),
          reason: 'security' as const,
        },
      ],
    };
    expect(expire(revoked, factsAt(now))).toBeNull();
    expect(expire(revoked, factsAt(new Date('2027-12-01T00:00:00.000Z')))?.project.status).toBe('ended');
  });

  it('changes nothing more when it is asked again', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -40, max: 3 }), (endsOn, days) => {
        const facts = factsAt(new Date(endOfLondonDay(endsOn).getTime() + days * 86_400_000));
        const change = expire(projectWith(grantUntil(endsOn)), facts);
        if (change) expect(expire(change.project, facts)).toBeNull();
      }),
      { seed: 36 },
    );
  });
});

describe('reminders', () => {
  /** Steps that a grant is reminded of when it is looked at at these times, in this order. */
  function stepsAt(times: readonly Date[], first: ActiveGrant): number[] {
    let project = projectWith(first);
    const steps: number[] = [];
    for (const now of times) {
      const change = expire(project, factsAt(now));
      if (change === null) continue;
      project = change.project;
      if (change.reminder) steps.push(change.reminder.step);
    }
    return steps;
  }

  it('come at 30, 7 and 1 days, once each, however often one looks', () => {
    const everyQuarterHour = Array.from(
      { length: 40 * 96 },
      (_, quarter) => new Date(Date.parse('2027-09-25T00:00:00.000Z') + quarter * 900_000),
    );
    expect(stepsAt(everyQuarterHour, grantUntil('2027-10-31'))).toEqual([30, 7, 1]);
  });

  it('never repeat a step, come in order, and are never more than three, whenever one looks', () => {
    fc.assert(
      fc.property(
        day,
        fc.array(fc.integer({ min: -50 * 24, max: 48 }), { maxLength: 40 }),
        (endsOn, hours) => {
          const end = endOfLondonDay(endsOn).getTime();
          const times = [...hours].sort((a, b) => a - b).map((hour) => new Date(end + hour * 3_600_000));
          const steps = stepsAt(times, grantUntil(endsOn, '2020-01-01'));
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => b - a));
        },
      ),
      { numRuns: 500, seed: 37 },
    );
  });

  it('are made good by the latest alone after a week without a run', () => {
    expect(
      stepsAt(
        [new Date('2027-09-20T12:00:00.000Z'), new Date('2027-10-30T12:00:00.000Z')],
        grantUntil('2027-10-31'),
      ),
    ).toEqual([1]);
  });

  it('do not come for a day before the grant began, nor for a grant after which another comes', () => {
    const now = new Date('2027-10-10T12:00:00.000Z');
    expect(reminderDue(grantUntil('2027-10-31', '2027-10-10'), factsAt(now))).toBeNull();
    const renewal = { ...grantUntil('2028-10-31', '2027-11-01'), id: id('g', '1') };
    expect(expire(projectWith(grantUntil('2027-10-31'), renewal), factsAt(now))).toBeNull();
  });

  it('count calendar days in London, over the change of the clocks too', () => {
    const due = (now: string) => reminderDue(grantUntil('2027-10-31'), factsAt(new Date(now)));
    expect(due('2027-10-23T22:59:59.000Z')?.step).toBe(30);
    expect(due('2027-10-23T23:00:00.000Z')).toMatchObject({ step: 7, daysLeft: 7 });
    expect(due('2027-10-31T23:59:59.000Z')).toMatchObject({ step: 1, daysLeft: 0 });
    expect(due('2027-11-01T00:00:00.000Z')).toBeNull();
  });
});

describe('days', () => {
  it('are whole, and there and back again', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 400 }), (date, days) => {
        expect(daysBetween(daysBefore(date, days), date)).toBe(days);
      }),
      { seed: 38 },
    );
  });

  it('the last one is the grant’s own where the collection is not configured', () => {
    expect(lastDayOf(grantUntil('2027-10-31'), [])).toBe('2027-10-31');
  });
});
