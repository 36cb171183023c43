import fc from 'fast-check';
import {
  coarsenesses,
  deniedUntil,
  LONGEST_MANAGED_POLICY,
  NOTHING_DENIED,
  policyAt,
  type RevocationPolicy,
  revocationPolicy,
} from '../../../lambda/credentials/revocation-policy.contract';
import type { Revocation } from '../../../lambda/register/revocation.contract';
import { revocationWrites } from '../../../lambda/register/revocations';
import { evaluate } from '../../../local/aws/iam/evaluate';
import { type Policy, parsePolicy } from '../../../local/aws/iam/policy';
import { requestContext } from '../../../local/aws/iam/request-context';
import { principalContext } from '../../../local/aws/iam/session-caller';

const account = '000000000000';
const names = {
  rolesOfArc: (arc: number) =>
    `arn:aws:iam::${account}:role/nmip/live/researchers/nmip-live-researcher-${arc}-*`,
};
const start = Date.parse('2026-11-02T09:00:00.000Z');
const idOf = (prefix: string, number: number) => `${prefix}-${String(number).padStart(26, '0')}`;

/** A session, and when the issue that it was made from was recorded. */
interface Session {
  readonly arc: number;
  readonly accessMode: 'direct' | 'dae-only';
  readonly project: number;
  readonly grant: number;
  readonly person: number;
  /** Milliseconds after `start`. */
  readonly recordedAt: number;
  /** STS answers at the latest so long after the issue was recorded: 30 s to be asked, 6 s to answer. */
  readonly madeAfter: number;
}

/** Projects have one arc, and grants one project, as in the register. */
const arcOfProject = (project: number) => 1 + (project % 60);
const projectOfGrant = (grant: number) => grant % 250;

const session: fc.Arbitrary<Session> = fc
  .record({
    accessMode: fc.constantFrom('direct' as const, 'dae-only' as const),
    grant: fc.nat(900),
    person: fc.nat(400),
    recordedAt: fc.nat(3_600_000),
    madeAfter: fc.nat(36_000),
  })
  .map((drawn) => {
    const project = projectOfGrant(drawn.grant);
    return { ...drawn, project, arc: arcOfProject(project) };
  });

const by = idOf('r', 999);

function revocationOf(kind: Revocation['kind'], number: number, at: number): Revocation {
  const time = new Date(start + at);
  const common = { by, reason: 'security' as const };
  const project = projectOfGrant(number);
  const projectId = idOf('p', project);
  const arcs = [arcOfProject(project)];
  switch (kind) {
    case 'member':
      return revocationWrites({ ...common, kind, projectId, person: idOf('r', number % 400), arcs }, time)
        .revocation;
    case 'grant':
      return revocationWrites({ ...common, kind, projectId, grantId: idOf('g', number), arcs }, time)
        .revocation;
    case 'project':
      return revocationWrites({ ...common, kind, projectId, arcs }, time).revocation;
    case 'collection':
      return revocationWrites({ ...common, kind, collection: 'chest', arc: 1 + (number % 60) }, time)
        .revocation;
    case 'everything':
      return revocationWrites({ ...common, kind }, time).revocation;
    case 'canary':
      return revocationWrites({ ...common, kind, projectId: idOf('p', 777), grantId: idOf('g', 950) }, time)
        .revocation;
  }
}

const revocation = fc
  .tuple(
    fc.constantFrom<Revocation['kind']>(
      'member',
      'grant',
      'project',
      'collection',
      'canary',
      'member',
      'grant',
    ),
    fc.nat(900),
    fc.nat(3_600_000),
  )
  .map(([kind, number, at]) => revocationOf(kind, number, at));

/** Whether the session is one that the revocation concerns, whenever it was made. */
function concerns(revoked: Revocation, one: Session): boolean {
  switch (revoked.kind) {
    case 'member':
      return revoked.projectId === idOf('p', one.project) && revoked.person === idOf('r', one.person);
    case 'grant':
    case 'canary':
      return revoked.grantId === idOf('g', one.grant);
    case 'project':
      return revoked.projectId === idOf('p', one.project);
    case 'collection':
      return revoked.arc === one.arc;
    case 'everything':
      return true;
  }
}

const allowed = parsePolicy(
  'reading',
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  'identity',
);

const parsed = (policy: RevocationPolicy): Policy =>
  parsePolicy('revoked-sessions', { ...policy }, 'identity');

function isDenied(policy: Policy, one: Session): boolean {
  const roleArn = `arn:aws:iam::${account}:role/nmip/live/researchers/nmip-live-researcher-${one.arc}-${one.accessMode}`;
  const identity = {
    roleArn,
    sessionName: idOf('c', 1),
    issuedAt: Math.floor((start + one.recordedAt + one.madeAfter) / 1000),
    tags: { ProjectId: idOf('p', one.project), GrantId: idOf('g', one.grant) },
    sourceIdentity: idOf('r', one.person),
  };
  return (
    evaluate({
      principal: { kind: 'role-session', accountId: account, roleArn, sessionArn: `${roleArn}/session` },
      action: 'medical-imaging:GetDICOMInstance',
      resource: '*',
      context: requestContext(principalContext(identity, {})),
      identityPolicies: [allowed, policy],
    }).decision === 'explicit-deny'
  );
}

const later = new Date(start + 3_600_000);

describe('the policy that denies revoked sessions', () => {
  test('denies whoever must be denied, at every coarseness, and is never too long', () => {
    let denied = 0;
    const used = new Set<string>();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(revocation, { maxLength: 12 }),
          fc.array(revocation, { minLength: 60, maxLength: 400, size: 'max' }),
        ),
        fc.array(session, { minLength: 5, maxLength: 20 }),
        fc.boolean(),
        (drawn, sessions, everything) => {
          // Some sessions that are concerned for certain: made from an issue of the same millisecond.
          const revocations =
            everything && drawn.length > 3 ? [...drawn, revocationOf('everything', 0, 1_000)] : drawn;
          const built = revocationPolicy(revocations, later, names);
          used.add(built.coarseness);
          expect(built.text.length).toBeLessThanOrEqual(LONGEST_MANAGED_POLICY);
          expect(built.revocations).toBe(revocations.length);
          const policies = [
            built.document,
            ...coarsenesses.map((each) => policyAt(each, revocations, names)),
          ].map(parsed);
          for (const one of sessions) {
            const mustBe = revocations.some(
              (each) => concerns(each, one) && start + one.recordedAt <= Date.parse(each.at),
            );
            if (!mustBe) continue;
            denied += 1;
            expect(policies.map((policy) => isDenied(policy, one))).not.toContain(false);
          }
        },
      ),
      { seed: 29, numRuns: 60 },
    );
    expect(denied).toBeGreaterThan(100);
    expect([...used].sort()).toContain('each');
    expect(used.size).toBeGreaterThan(1);
  });

  test('at its most precise denies nobody else, and no session made a minute later', () => {
    let spared = 0;
    fc.assert(
      fc.property(fc.array(revocation, { maxLength: 12 }), session, (revocations, one) => {
        const policy = parsed(policyAt('each', revocations, names));
        const made = Math.floor((start + one.recordedAt + one.madeAfter) / 1000);
        const comesBack = (each: Revocation) => each.kind === 'member' || each.kind === 'collection';
        // Grants and projects do not come back, so their sessions are denied by the latest time of all of them.
        const mayBe = revocations.some(
          (each) => concerns(each, one) && (!comesBack(each) || made < deniedUntil(each.at)),
        );
        if (mayBe) return;
        spared += 1;
        expect(isDenied(policy, one)).toBe(false);
      }),
      { seed: 29, numRuns: 300 },
    );
    expect(spared).toBeGreaterThan(100);
  });

  test('denies a session of the second of the revocation, and one made late from an issue before it', () => {
    const revoked = [revocationOf('member', 5, 999)];
    const one: Session = {
      arc: arcOfProject(5),
      accessMode: 'direct',
      project: 5,
      grant: 5,
      person: 5,
      recordedAt: 0,
      madeAfter: 0,
    };
    for (const made of [
      { recordedAt: 0, madeAfter: 0 },
      { recordedAt: 998, madeAfter: 1 },
      { recordedAt: 999, madeAfter: 36_000 },
    ])
      expect(isDenied(parsed(policyAt('each', revoked, names)), { ...one, ...made })).toBe(true);
    expect(isDenied(parsed(policyAt('each', revoked, names)), { ...one, recordedAt: 61_000 })).toBe(false);
  });

  test('leaves out what no session can outlive, and is the policy that denies nobody when nothing is left', () => {
    const revoked = [revocationOf('project', 1, 0)];
    const ended = new Date(Date.parse(revoked[0]?.expiresAt ?? ''));
    expect(revocationPolicy(revoked, new Date(ended.getTime() - 1), names).revocations).toBe(1);
    expect(revocationPolicy(revoked, ended, names).document).toEqual(NOTHING_DENIED);
    expect(
      isDenied(parsed(NOTHING_DENIED), {
        arc: 1,
        accessMode: 'direct',
        project: 1,
        grant: 1,
        person: 1,
        recordedAt: 0,
        madeAfter: 0,
      }),
    ).toBe(false);
  });

  test.each([
    ['each', 40, 'grant'],
    ['people', 80, 'member'],
    ['projects', 340, 'grant'],
    ['collections', 700, 'project'],
  ] as const)('is as coarse as %s for %i of a kind', (coarseness, count, kind) => {
    const revocations = Array.from({ length: count }, (_, number) =>
      // 170 projects at most, of each several grants.
      revocationOf(kind, kind === 'grant' ? (number % 170) + 250 * Math.floor(number / 170) : number, number),
    );
    expect(revocationPolicy(revocations, later, names).coarseness).toBe(coarseness);
  });

  test('is one denial of everything where not even the roles fit', () => {
    const arcs = Array.from({ length: 90 }, (_, index) => index + 1);
    const revocations = arcs.map(
      (arc) =>
        revocationWrites(
          { kind: 'collection', collection: 'chest', arc, by, reason: 'security' },
          new Date(start),
        ).revocation,
    );
    expect(revocationPolicy(revocations, later, names).coarseness).toBe('everything');
  });
});
