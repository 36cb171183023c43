import type * as z from 'zod';
import type { Item, ItemKey } from '../platform/document-table';
import { type Closures, closures, NO_CLOSURES } from '../register/closure.contract';
import { grantStudiesRecord } from '../register/grant.contract';
import { type Person, person } from '../register/person.contract';
import { type Membership, membership, type Project, project } from '../register/project.contract';
import {
  closuresKey,
  grantStudiesKey,
  membershipKey,
  personKey,
  projectKey,
  type RegisterTable,
  withdrawnStudyKey,
} from '../register/register-table';

/** What the register says of a person's access to a project at one moment. */
export interface Access {
  readonly person: Person | null;
  readonly member: Membership | null;
  readonly project: Project | null;
  readonly shut: Closures;
  /** Studies of the project's active grant, where that grant lists studies. */
  readonly listed: ReadonlySet<string> | null;
  /** Which of the studies asked for are withdrawn. */
  readonly withdrawn: ReadonlySet<string>;
}

/** Whose access is asked for. */
export interface AccessRequest {
  readonly subject: string;
  readonly projectId: string;
  /** Study Instance UIDs, or null for all of the grant. */
  readonly studies: readonly string[] | null;
}

/** Keys of all that a credential depends on, but for the list of a grant that has one. */
export function accessKeys({ subject, projectId, studies }: AccessRequest): ItemKey[] {
  return [
    personKey(subject),
    membershipKey(subject, projectId),
    projectKey(projectId),
    closuresKey,
    ...(studies ?? []).map(withdrawnStudyKey),
  ];
}

/**
 * What the items under `accessKeys` say. Reads once more only where the grant lists studies: the list stands apart and
 * never changes.
 */
export async function accessIn(
  items: readonly Item[],
  table: RegisterTable,
  { subject, projectId, studies }: AccessRequest,
): Promise<Access> {
  const under = (key: ItemKey) => items.find((item) => item.pk === key.pk && item.sk === key.sk);
  const stored = <Schema extends z.ZodType>(key: ItemKey, schema: Schema): z.infer<Schema> | null => {
    const item = under(key);
    return item === undefined ? null : schema.parse(item);
  };
  const found = stored(projectKey(projectId), project);
  const listing = found?.grants.find(({ status, scope }) => status === 'active' && scope.kind === 'studies');
  const list =
    listing === undefined
      ? null
      : await table.get(grantStudiesKey(projectId, listing.id), grantStudiesRecord.pick({ studies: true }));
  return {
    person: stored(personKey(subject), person),
    member: stored(membershipKey(subject, projectId), membership),
    project: found,
    shut: stored(closuresKey, closures) ?? NO_CLOSURES,
    listed: list === null ? null : new Set(list.studies),
    withdrawn: new Set((studies ?? []).filter((study) => under(withdrawnStudyKey(study)) !== undefined)),
  };
}
