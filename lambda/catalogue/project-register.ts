import * as z from 'zod';
import type { DocumentTable } from '../platform/document-table';
import { type Closures, closures, NO_CLOSURES } from '../register/closure.contract';
import { grantStudiesRecord } from '../register/grant.contract';
import {
  closuresKey,
  grantStudiesKey,
  membershipKey,
  projectKey,
  withdrawnStudyKey,
} from '../register/register-table';

/** What the catalogue needs of a grant. */
const grantInForce = z.object({
  id: z.string(),
  collection: z.string(),
  split: z.string(),
  scope: z.object({ kind: z.enum(['collection', 'studies']) }),
  status: z.string(),
  startsOn: z.string().optional(),
  endsOn: z.string(),
});

export type GrantItem = z.infer<typeof grantInForce>;

/** What the register says of a person's project. */
export interface ProjectRegister {
  isMember(subject: string, projectId: string): Promise<boolean>;
  /** Null where there is no project, or one that is not active. */
  grantsOfActiveProject(projectId: string): Promise<readonly GrantItem[] | null>;
  closures(): Promise<Closures>;
  /** Study Instance UIDs that a grant lists, sorted. */
  studiesOfGrant(projectId: string, grantId: string): Promise<readonly string[]>;
  withdrawnAmong(studyInstanceUids: readonly string[]): Promise<ReadonlySet<string>>;
}

export class RegisterTableProjects implements ProjectRegister {
  constructor(private readonly register: Pick<DocumentTable, 'get' | 'getMany'>) {}

  async isMember(subject: string, projectId: string): Promise<boolean> {
    const member = await this.register.get(
      membershipKey(subject, projectId),
      z.object({ status: z.string() }),
    );
    return member?.status === 'active';
  }

  async grantsOfActiveProject(projectId: string): Promise<readonly GrantItem[] | null> {
    const project = await this.register.get(
      projectKey(projectId),
      z.object({ status: z.string(), grants: z.array(grantInForce) }),
    );
    return project?.status === 'active' ? project.grants : null;
  }

  async closures(): Promise<Closures> {
    return (await this.register.get(closuresKey, closures)) ?? NO_CLOSURES;
  }

  async studiesOfGrant(projectId: string, grantId: string): Promise<readonly string[]> {
    const list = await this.register.get(
      grantStudiesKey(projectId, grantId),
      grantStudiesRecord.pick({ studies: true }),
    );
    return [...(list?.studies ?? [])].sort();
  }

  async withdrawnAmong(studyInstanceUids: readonly string[]): Promise<ReadonlySet<string>> {
    const marks = await this.register.getMany(
      studyInstanceUids.map(withdrawnStudyKey),
      z.object({ pk: z.string() }),
    );
    const marked = new Set(marks.map(({ pk }) => pk));
    return new Set(studyInstanceUids.filter((study) => marked.has(withdrawnStudyKey(study).pk)));
  }
}
