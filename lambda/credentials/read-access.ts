import * as z from 'zod';
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

const storedItem = z.looseObject({ pk: z.string(), sk: z.string() });

/**
 * Reads all that a credential depends on in one strongly consistent BatchGetItem; a second read only where the grant
 * lists studies, whose list stands apart.
 *
 * @param studies Study Instance UIDs asked for, or null for all of the grant
 */
export async function readAccess(
  table: RegisterTable,
  subject: string,
  projectId: string,
  studies: readonly string[] | null,
): Promise<Access> {
  const keys = {
    person: personKey(subject),
    member: membershipKey(subject, projectId),
    project: projectKey(projectId),
    closures: closuresKey,
  };
  const withdrawnKeys = (studies ?? []).map(withdrawnStudyKey);
  const items = await table.getMany([...Object.values(keys), ...withdrawnKeys], storedItem);
  const under = (key: { pk: string; sk: string }) =>
    items.find((item) => item.pk === key.pk && item.sk === key.sk);
  const stored = <Schema extends z.ZodType>(
    key: { pk: string; sk: string },
    schema: Schema,
  ): z.infer<Schema> | null => {
    const item = under(key);
    return item === undefined ? null : schema.parse(item);
  };
  const found = stored(keys.project, project);
  const listing = found?.grants.find(({ status, scope }) => status === 'active' && scope.kind === 'studies');
  const list =
    listing === undefined
      ? null
      : await table.get(grantStudiesKey(projectId, listing.id), grantStudiesRecord.pick({ studies: true }));
  return {
    person: stored(keys.person, person),
    member: stored(keys.member, membership),
    project: found,
    shut: stored(keys.closures, closures) ?? NO_CLOSURES,
    listed: list === null ? null : new Set(list.studies),
    withdrawn: new Set((studies ?? []).filter((study) => under(withdrawnStudyKey(study)) !== undefined)),
  };
}
