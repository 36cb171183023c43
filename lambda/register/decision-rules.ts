import { canonicalDigest, canonicalJson } from '../platform/canonical-json';
import { londonDay } from '../platform/clock';
import type { Application, SubmittedApplication } from './application.contract';
import type { Condition } from './condition.contract';
import type { DecisionRequest } from './decision.contract';
import { demandIndependence } from './independence';
import type { Person } from './person.contract';
import { refuseRegister } from './register-refusals';

/** Approvals, or rejections, that settle an application. */
export const DECISIONS_NEEDED = 2;

/** Conditions in one order, whatever order they came in. */
export function sortedConditions(conditions: readonly Condition[]): Condition[] {
  return [...conditions].sort((one, other) => (canonicalJson(one) < canonicalJson(other) ? -1 : 1));
}

/** SHA-256 of the canonical JSON of conditions, whatever order they came in. */
export function digestOfConditions(conditions: readonly Condition[]): string {
  return canonicalDigest(sortedConditions(conditions));
}

/** Conditions of the first approval of a round, which a second must carry too; null where nobody has approved yet. */
export function proposedConditions(application: SubmittedApplication): readonly Condition[] | null {
  return application.decisions.find(({ decision }) => decision === 'approve')?.conditions ?? null;
}

/** @throws PlatformError CONDITION_NOT_APPLICABLE */
function demandApplicable(
  { content }: SubmittedApplication,
  conditions: readonly Condition[],
  now: Date,
): void {
  for (const each of conditions) {
    if (each.code === 'direct-access' && content.accessMode !== 'direct')
      throw refuseRegister('CONDITION_NOT_APPLICABLE', {
        detail: 'direct-access: the application does not ask for direct access.',
      });
    if (each.code === 'ends-earlier') {
      const { endsOn } = each;
      const first = content.requestedStartsOn ?? londonDay(now);
      if (endsOn > content.requestedEndsOn || endsOn < londonDay(now) || endsOn < first)
        throw refuseRegister('CONDITION_NOT_APPLICABLE', {
          detail: `ends-earlier: a day to come, not before access begins and not after ${content.requestedEndsOn}.`,
        });
    }
  }
}

/**
 * Demands that an approval can take part in an approval by two: the first of a round proposes the conditions, the second
 * carries the same, so that none is dropped or added unseen.
 */
function demandSameConditions(application: SubmittedApplication, conditions: readonly Condition[]): void {
  const proposed = proposedConditions(application);
  if (proposed === null || digestOfConditions(proposed) === digestOfConditions(conditions)) return;
  throw refuseRegister('CONDITIONS_DIFFER', {
    detail:
      proposed.length === 0
        ? 'The first approval sets no conditions.'
        : `The first approval sets: ${proposed.map(({ code }) => code).join(', ')}.`,
    extensions: { conditions: proposed },
  });
}

/** What a decision leads to. `approved` leaves the application's next state to the approval, which makes the grant. */
export type DecisionResult =
  | { outcome: 'waiting'; application: SubmittedApplication }
  | { outcome: 'approved'; application: SubmittedApplication; conditions: readonly Condition[] }
  | { outcome: 'rejected'; application: Extract<Application, { state: 'rejected' }> }
  | { outcome: 'returned'; application: Extract<Application, { state: 'returned' }> };

/**
 * Counts one reviewer's decision. Two approvals with the same conditions approve and two rejections reject, always of two
 * people; a return, which gives and takes no access, needs one.
 *
 * @throws PlatformError APPLICATION_NOT_OPEN, ALREADY_DECIDED, CONDITIONS_DIFFER, CONDITION_NOT_APPLICABLE, and those of
 *   `demandIndependence`
 */
export function decide(
  application: Application,
  reviewer: Person,
  involved: readonly Person[],
  request: DecisionRequest,
  now: Date,
): DecisionResult {
  if (application.state !== 'submitted') {
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${application.state}.` });
  }
  demandIndependence(application, reviewer, involved);
  if (application.decisions.some((each) => each.reviewer === reviewer.pseudonym)) {
    throw refuseRegister('ALREADY_DECIDED');
  }
  const conditions = sortedConditions(request.conditions ?? []);
  if (request.decision === 'approve') {
    demandSameConditions(application, conditions);
    demandApplicable(application, conditions, now);
  }
  const decidedAt = now.toISOString();
  const decisions = [
    ...application.decisions,
    { reviewer: reviewer.pseudonym, decision: request.decision, decidedAt, conditions },
  ];
  const counted: SubmittedApplication = {
    ...application,
    decisions,
    changedAt: decidedAt,
    version: application.version + 1,
  };
  if (request.decision === 'return') {
    const { duoMatch: _duoMatch, decisions: _decisions, ...rest } = counted;
    return {
      outcome: 'returned',
      application: { ...rest, state: 'returned', returnedAt: decidedAt, comment: request.comment },
    };
  }
  const alike = decisions.filter((each) => each.decision === request.decision).length;
  if (alike < DECISIONS_NEEDED) return { outcome: 'waiting', application: counted };
  if (request.decision === 'approve') return { outcome: 'approved', application: counted, conditions };
  return { outcome: 'rejected', application: { ...counted, state: 'rejected', decidedAt } };
}
