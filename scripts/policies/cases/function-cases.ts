import type { AccountRole } from '../account-policies';
import { kindOf, type Landscape } from '../landscape';
import { type Case, judged, type Question } from '../question';
import { deedsOf } from '../rules/deeds';
import { rightsOfRole } from '../rules/function-rights';
import { impliedRights, type Right } from '../rules/things';

/** Another account; one of the numbers that AWS uses in its documentation. */
const STRANGER = '999988887777';

/** The request about the same thing in another account: what is granted here is granted on this account's alone. */
function abroad(question: Question | undefined, landscape: Landscape): readonly Case[] {
  if (question === undefined) return [];
  const resource = question.resource.replace(`:${landscape.accountId}:`, `:${STRANGER}:`);
  if (resource === question.resource) return [];
  return [
    {
      ...question,
      resource,
      context: { ...question.context, 'aws:ResourceAccount': STRANGER },
      expect: 'deny',
    },
  ];
}

/** What the rules say of every right there is, for one role that is not a reader's. */
export function functionCases(landscape: Landscape, role: AccountRole): readonly Case[] {
  const kind = kindOf(role, landscape);
  const { may } = rightsOfRole({ id: role.id, entry: kind.kind === 'function' ? kind.entry : undefined });
  const rights = new Set<Right>([...may, ...impliedRights(may)]);
  return deedsOf(landscape).flatMap(({ right, questions }) => [
    ...judged(questions, () => rights.has(right)),
    ...abroad(questions[0], landscape),
  ]);
}
