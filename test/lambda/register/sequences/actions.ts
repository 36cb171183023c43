import fc from 'fast-check';
import type { Role } from '../../../../lambda/platform/roles.contract';
import type { ApplicationDraft } from '../../../../lambda/register/application-content.contract';
import type { Condition } from '../../../../lambda/register/condition.contract';
import type { DecisionKind } from '../../../../lambda/register/decision.contract';
import type { RevocationReason } from '../../../../lambda/register/grant.contract';
import { content, ownEnvironment } from '../register-fixture';
import { type CollectionName, collectionNames, everybody, organisationNames } from './world';

/** Who acts: somebody by name, or whoever applied for what the action is about. */
export type Actor = string;
export const OWNER = 'owner';
/** Whoever joined the project last of its members. */
export const MEMBER = 'member';

/** What an applicant writes. Days are counted from the day on which it is written. */
export interface Wish {
  readonly collection: CollectionName;
  readonly organisation: string;
  readonly members: string[];
  readonly declared: { readonly person: string } | { readonly organisation: string } | null;
  /** Numbers of the studies listed; null: the whole collection. */
  readonly listed: number[] | null;
  readonly aiUse: boolean;
  readonly direct: boolean;
  readonly lastDay: number;
  readonly firstDay: number | null;
  readonly complete: boolean;
}

/** `pick` chooses among applications or projects; `stale`: with roles that the register no longer has of the person. */
interface Common {
  readonly by: Actor;
  readonly stale: boolean;
  readonly pick: number;
}

export type Deed = Common &
  (
    | { do: 'draft' | 'save'; wish: Wish }
    | { do: 'submit' | 'close' }
    | { do: 'decide'; decision: DecisionKind; conditions: Condition['code'][] }
    | { do: 'assess'; step: 'save' | 'hand-in' }
    | { do: 'judge'; decision: 'accept' | 'return' }
    | { do: 'begin'; kind: 'amendment' | 'renewal' }
    | { do: 'record'; who: string; roles: Role[]; organisation: string; trust: boolean }
    | { do: 'revoke'; kind: 'member' | 'grant' | 'project'; who: string; reason: RevocationReason }
    | { do: 'shut'; what: CollectionName | 'everything'; reason: RevocationReason }
    | { do: 'reopen'; what: CollectionName | 'everything' }
    | { do: 'schedule' }
    | { do: 'withdraw'; studies: number[] }
    | { do: 'ask'; studies: number[] | null; slow: boolean; fails: boolean }
    | { do: 'view'; named: boolean; operation: string }
    | { do: 'wait'; seconds: number }
    /** Until ten minutes before the access of a project ends. */
    | { do: 'wait-for-end' }
    | { do: 'shorten'; collection: CollectionName; days: number }
  );

export interface Action {
  readonly deed: Deed;
  /** Somebody else's deed between its read and its write. */
  readonly rival: Deed | null;
  /** The answer to its first write does not come back, and it is sent again under the same key. */
  readonly lost: boolean;
}

const DAY = 86_400;
const person = fc.constantFrom<string>(...everybody);
const owner = fc.constant<Actor>(OWNER);
const mostlyOwner = fc.oneof({ weight: 5, arbitrary: owner }, { weight: 1, arbitrary: person });
const reviewer = fc.constantFrom('reviewer-1', 'reviewer-2', 'reviewer-3', 'reviewer-4', 'applicant-2');
const mostlyReviewer = fc.oneof({ weight: 8, arbitrary: reviewer }, { weight: 1, arbitrary: mostlyOwner });
const officer = fc.constantFrom('officer-1', 'officer-2');
const mostlyOfficer = fc.oneof({ weight: 6, arbitrary: officer }, { weight: 1, arbitrary: mostlyOwner });
const member = fc.constantFrom('member-1', 'member-2');
const reader = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(OWNER, MEMBER) },
  { weight: 1, arbitrary: person },
);
const studies = fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 2 });
const within = fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1, maxLength: 2 });
const collection = fc.constantFrom(...collectionNames);
const applicant = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('applicant-1', 'applicant-2') },
  { weight: 1, arbitrary: person },
);
const seldom = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
const reason = fc.constantFrom<RevocationReason>('member-left', 'security', 'legal-basis-ended');

const wish: fc.Arbitrary<Wish> = fc.record({
  collection,
  organisation: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('University of Westhaven', 'Eastmoor Institute') },
    { weight: 1, arbitrary: fc.constantFrom(...organisationNames) },
  ),
  members: fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: member }, { weight: 1, arbitrary: person }), {
    maxLength: 2,
  }),
  declared: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: reviewer.map((who) => ({ person: who })) },
    { weight: 1, arbitrary: fc.constantFrom(...organisationNames).map((name) => ({ organisation: name })) },
  ),
  listed: fc.option(within, { freq: 2, nil: null }),
  aiUse: fc.constantFrom(false, false, false, true),
  direct: fc.boolean(),
  lastDay: fc.constantFrom(0, 3, 20, 40, 60, 90, 120),
  firstDay: fc.constantFrom(null, null, null, null, null, 1),
  complete: seldom.map((not) => !not),
});

const conditions = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Condition['code'][]>([]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Condition['code'][]>(['publish-results'], ['direct-access'], ['ends-earlier']),
  },
);

type Kind = Deed['do'];
type Rest<Of extends Kind> = Omit<Deed & { do: Of }, 'do' | 'pick' | 'stale' | 'by'>;

function deed<Of extends Kind>(
  weight: number,
  name: Of,
  by: fc.Arbitrary<Actor>,
  rest: { [Field in keyof Rest<Of>]: fc.Arbitrary<Rest<Of>[Field]> },
): { weight: number; arbitrary: fc.Arbitrary<Deed> } {
  const fields = { do: fc.constant(name), by, stale: seldom, pick: fc.nat({ max: 999 }), ...rest };
  return { weight, arbitrary: fc.record(fields) as unknown as fc.Arbitrary<Deed> };
}

const anyDeed = fc.oneof(
  deed(3, 'draft', applicant, { wish }),
  deed(5, 'save', mostlyOwner, { wish }),
  deed(7, 'submit', mostlyOwner, {}),
  deed(1, 'close', mostlyOwner, {}),
  deed(20, 'decide', mostlyReviewer, {
    decision: fc.constantFrom<DecisionKind>('approve', 'approve', 'approve', 'approve', 'reject', 'return'),
    conditions,
  }),
  deed(5, 'assess', mostlyOwner, { step: fc.constantFrom('save', 'hand-in') }),
  deed(4, 'judge', mostlyReviewer, { decision: fc.constantFrom('accept', 'accept', 'return') }),
  deed(6, 'begin', mostlyOwner, { kind: fc.constantFrom('amendment', 'renewal') }),
  deed(2, 'record', mostlyOfficer, {
    who: person,
    roles: fc.constantFrom<Role[]>(['applicant', 'reviewer'], ['reviewer'], ['applicant', 'officer'], []),
    organisation: fc.constantFrom(...organisationNames),
    trust: fc.boolean(),
  }),
  deed(2, 'revoke', mostlyOfficer, {
    kind: fc.constantFrom('member', 'member', 'grant', 'project'),
    who: fc.oneof(fc.constantFrom(OWNER, MEMBER), person),
    reason,
  }),
  deed(1, 'shut', mostlyOfficer, { what: fc.constantFrom(...collectionNames, 'everything'), reason }),
  deed(5, 'reopen', mostlyOfficer, { what: fc.constantFrom(...collectionNames, 'everything') }),
  deed(4, 'schedule', fc.constant('officer-1'), {}),
  deed(1, 'withdraw', fc.constant('officer-1'), { studies: within }),
  deed(16, 'ask', reader, {
    studies: fc.option(studies, { freq: 2, nil: null }),
    slow: seldom,
    fails: seldom,
  }),
  deed(6, 'view', reader, {
    named: fc.boolean(),
    operation: fc.constantFrom('GetDICOMInstanceFrames', 'GetDICOMInstanceFrames', 'SearchDICOMStudies'),
  }),
  deed(4, 'wait', fc.constant('officer-1'), {
    seconds: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 60, max: 7_200 }) },
      { weight: 3, arbitrary: fc.integer({ min: DAY / 2, max: 5 * DAY }) },
      { weight: 1, arbitrary: fc.integer({ min: 15 * DAY, max: 60 * DAY }) },
    ),
  }),
  deed(1, 'wait-for-end', fc.constant('officer-1'), {}),
  deed(2, 'shorten', fc.constant('officer-1'), { collection, days: fc.constantFrom(0, 1, 1, 20) }),
);

const everyReviewer = ['reviewer-1', 'reviewer-4', 'reviewer-2', 'reviewer-3'];

/** Applications that are handed in, some of them decided and amended: something to work on. */
const opening: fc.Arbitrary<Deed[]> = fc
  .record({
    wishes: fc.tuple(wish, wish),
    approved: fc.tuple(fc.boolean(), fc.boolean()),
    further: fc.constantFrom(null, 'amendment' as const, 'renewal' as const),
  })
  .map(({ wishes, approved, further }): Deed[] => {
    const byOwner = { by: OWNER, stale: false, pick: 1 };
    const handIn = (wished: Wish): Deed[] => [
      ...(wished.aiUse
        ? (['save', 'hand-in'] as const).map((step): Deed => ({ ...byOwner, do: 'assess', step }))
        : []),
      { ...byOwner, do: 'submit' },
    ];
    const approvals = everyReviewer.flatMap((by): Deed[] => [
      { ...byOwner, by, do: 'judge', decision: 'accept' },
      { ...byOwner, by, do: 'decide', decision: 'approve', conditions: [] },
    ]);
    const drafts = wishes.map((wished, index): Deed[] => {
      const complete = { ...wished, complete: true };
      return [{ ...byOwner, by: `applicant-${index + 1}`, do: 'draft', wish: complete }, ...handIn(wished)];
    });
    const amended: Deed[] =
      further === null
        ? []
        : [
            { ...byOwner, do: 'begin', kind: further },
            { ...byOwner, do: 'save', wish: { ...wishes[0], complete: true } },
            ...handIn(wishes[0]),
            ...approvals,
          ];
    return drafts
      .flatMap((deeds, index) => [...deeds, ...(approved[index] ? approvals : [])])
      .concat(amended);
  });

const anyAction: fc.Arbitrary<Action> = fc.record({
  deed: anyDeed,
  rival: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: anyDeed }),
  lost: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** A sequence: something to work on, and then whatever comes. */
export const sequence = (most: number): fc.Arbitrary<Action[]> =>
  fc
    .tuple(opening, fc.array(anyAction, { minLength: most / 2, maxLength: most, size: 'max' }))
    .map(([first, rest]) => [...first.map((deed) => ({ deed, rival: null, lost: false })), ...rest]);

/** The day some days after an instant, as `YYYY-MM-DD`. */
export const dayAfter = (now: Date, days: number): string =>
  new Date(now.getTime() + days * DAY * 1000).toISOString().slice(0, 10);

/** The draft of a wish. `studies`: those of its collection. */
export function draftOf(wished: Wish, now: Date, studies: readonly string[]): ApplicationDraft {
  const { declared, firstDay, listed, direct } = wished;
  const { laySummary, ...rest } = content;
  const reason = 'They work together.';
  return {
    ...rest,
    ...(wished.complete ? { laySummary } : {}),
    ...(firstDay === null ? {} : { requestedStartsOn: dayAfter(now, firstDay) }),
    ...(direct && wished.collection === 'breast-screening'
      ? { accessMode: 'direct', fiveSafes: ownEnvironment }
      : {}),
    collection: wished.collection,
    organisation: wished.organisation,
    members: wished.members,
    scope:
      listed === null
        ? { kind: 'collection' }
        : { kind: 'studies', studies: listed.flatMap((number) => studies[number] ?? []) },
    aiUse: wished.aiUse,
    requestedEndsOn: dayAfter(now, wished.lastDay),
    changeReason: 'The work takes longer.',
    conflictsOfInterest:
      declared === null
        ? { declared: 'none' }
        : {
            declared: 'some',
            conflicts: [
              'person' in declared
                ? { kind: 'person', subject: declared.person, reason }
                : { kind: 'organisation', organisation: declared.organisation, reason },
            ],
          },
  };
}
