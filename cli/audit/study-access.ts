import type { IssuedCredential, StudyAccess } from '../../lambda/history/history.contract';
import type { RecordedEvent } from '../../lambda/register/event-chain.contract';
import { pseudonym } from '../../lambda/register/identifiers.contract';
import { table } from '../terminal/text';
import type { Days, HistoryClient } from './history-client';

/** Credentials of one person that reached a study. */
export interface PersonIssues {
  readonly person: string;
  readonly credentials: number;
  readonly first: string;
  readonly last: string;
}

/** A grant that covers a study, or did, and who had access by it. */
export interface GrantAccess extends StudyAccess {
  /** Everybody whom the project's history names as a member, those of today included. */
  readonly everMembers: readonly string[];
  readonly issued: readonly PersonIssues[];
}

const isPseudonym = (value: unknown): value is string => pseudonym.safeParse(value).success;

/** Pseudonyms that events list as members, whatever their kind. */
export function membersNamed(events: readonly RecordedEvent[]): string[] {
  const found = new Set<string>();
  for (const { data } of events) {
    if (typeof data !== 'object' || data === null) continue;
    for (const [name, value] of Object.entries(data))
      if (/members?$/i.test(name)) for (const each of [value].flat()) if (isPseudonym(each)) found.add(each);
  }
  return [...found];
}

function byPerson(issues: readonly IssuedCredential[]): PersonIssues[] {
  const people = new Map<string, PersonIssues>();
  for (const { person, issuedAt } of issues) {
    const known = people.get(person);
    people.set(person, {
      person,
      credentials: (known?.credentials ?? 0) + 1,
      first: known?.first ?? issuedAt,
      last: issuedAt,
    });
  }
  return [...people.values()];
}

/** Which grants cover a study, or did, who was a member, and who was given credentials that reached it in a period. */
export async function accessToStudy(
  client: HistoryClient,
  study: string,
  days: Days,
): Promise<GrantAccess[]> {
  const found: GrantAccess[] = [];
  for (const access of await client.access(study)) {
    const { events } = await client.chain(access.projectId);
    const issues = await client.issues(access.projectId, study, days);
    found.push({
      ...access,
      everMembers: [...new Set([...access.members, ...membersNamed(events)])].sort(),
      issued: byPerson(issues.filter(({ grantId }) => grantId === access.grantId)),
    });
  }
  return found;
}

export function accessText(grants: readonly GrantAccess[], { from, to }: Days): string {
  if (grants.length === 0) return 'No grant covers this study, or ever did.';
  return grants
    .map((grant) => {
      const until = grant.stoppedAt === undefined ? grant.endsOn : `${grant.stoppedAt} (${grant.status})`;
      return [
        `${grant.projectId}  grant ${grant.grantId}: ${grant.collection}, ${grant.scope}, ${grant.accessMode}, from ${grant.startsOn} until ${until}`,
        `  members ever: ${grant.everMembers.join(', ')}`,
        `  credentials from ${from} to ${to}:${grant.issued.length === 0 ? ' none' : ''}`,
        ...(grant.issued.length === 0
          ? []
          : [
              table(
                grant.issued.map((each) => [
                  `    ${each.person}`,
                  String(each.credentials),
                  each.first,
                  each.last,
                ]),
              ),
            ]),
      ].join('\n');
    })
    .join('\n\n');
}
