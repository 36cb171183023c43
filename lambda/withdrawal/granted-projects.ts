import * as z from 'zod';
import { issue } from '../credentials/credentials.contract';
import { boundedMap } from '../platform/bounded-map';
import { type Clock, londonDay } from '../platform/clock';
import { absent } from '../platform/document-table';
import { chainOf } from '../register/applications';
import { type Actor, actor } from '../register/event.contract';
import { project } from '../register/project.contract';
import { changeRegister } from '../register/register-change';
import {
  projectKey,
  projectPartition,
  type RegisterTable,
  withdrawalNoticeKey,
  withdrawnStudyKey,
} from '../register/register-table';

/** Projects read at once. */
const projectsAtOnce = 16;

/** Studies marked in one transaction, which takes 100 writes. */
const marksATransaction = 100;

/** Transactions of marks under way at once. */
const transactionsAtOnce = 8;

/** Studies of one event: 500 UIDs are 32 KB, of the 400 that an item may have. */
const studiesAnEvent = 500;

export interface GrantedProject {
  readonly projectId: string;
  /** Collections for which it has a grant in force. */
  readonly collections: readonly string[];
}

export interface RunningCredential {
  readonly projectId: string;
  readonly credentialId: string;
  readonly expiresAt: string;
}

/** Withdrawn studies of a collection's development split. */
export interface WithdrawnStudies {
  readonly withdrawalId: string;
  readonly collection: string;
  readonly studies: readonly string[];
}

/** Projects that may read what is withdrawn. */
export interface GrantedProjects {
  withGrantsFor(collections: readonly string[]): Promise<GrantedProject[]>;
  /** Takes studies out of every list of a grant, for good: no listing shows them, no credential is issued for them. */
  markWithdrawn(withdrawalId: string, studies: readonly string[]): Promise<void>;
  /** Tells a project, in its history, once. */
  tell(projectId: string, withdrawn: WithdrawnStudies, by: string | null): Promise<void>;
  /** Credentials for listed studies, some of these among them, that have not ended. */
  runningCredentials(projectId: string, studies: ReadonlySet<string>): Promise<RunningCredential[]>;
}

export class RegisterGrantedProjects implements GrantedProjects {
  constructor(
    private readonly register: RegisterTable,
    private readonly clock: Clock,
  ) {}

  async withGrantsFor(collections: readonly string[]): Promise<GrantedProject[]> {
    if (collections.length === 0) return [];
    const today = londonDay(this.clock.now());
    const listed = await this.register.queryAll(
      { pk: 'PROJECTS', skPrefix: 'PROJECT#' },
      z.object({ sk: z.string() }),
    );
    const projects = await boundedMap(listed, projectsAtOnce, async ({ sk }): Promise<GrantedProject> => {
      const projectId = sk.slice('PROJECT#'.length);
      const grants = (await this.register.get(projectKey(projectId), project))?.grants ?? [];
      const inForce = grants.filter(({ status, endsOn }) => status === 'active' && today <= endsOn);
      return {
        projectId,
        collections: collections.filter((collection) =>
          inForce.some((each) => each.collection === collection),
        ),
      };
    });
    return projects.filter((project) => project.collections.length > 0);
  }

  async markWithdrawn(withdrawalId: string, studies: readonly string[]): Promise<void> {
    const starts = Array.from(
      { length: Math.ceil(studies.length / marksATransaction) },
      (_, index) => index * marksATransaction,
    );
    await boundedMap(starts, transactionsAtOnce, async (start) => {
      const marks = studies
        .slice(start, start + marksATransaction)
        .map((study) => ({ put: { ...withdrawnStudyKey(study), withdrawalId } }));
      // No condition can fail: what is marked already is marked again.
      await this.register.transact(marks);
    });
  }

  async tell(
    projectId: string,
    { withdrawalId, collection, studies }: WithdrawnStudies,
    by: string | null,
  ): Promise<void> {
    const known = actor.safeParse(by);
    const told: Actor = known.success ? known.data : 'unknown';
    for (let start = 0, part = 1; start < studies.length; start += studiesAnEvent, part += 1) {
      const notice = withdrawalNoticeKey(projectId, `${withdrawalId}#${collection}`, part);
      await changeRegister<null>(this.register, chainOf(projectId), async () => {
        if ((await this.register.get(notice, z.object({ pk: z.string() }))) !== null)
          return { unchanged: null };
        return {
          writes: [{ put: { ...notice }, condition: absent }],
          facts: [
            {
              type: 'study-withdrawn',
              data: { withdrawalId, collection, studies: studies.slice(start, start + studiesAnEvent) },
            },
          ],
          actor: told,
          at: this.clock.now(),
          result: null,
        };
      });
    }
  }

  async runningCredentials(projectId: string, studies: ReadonlySet<string>): Promise<RunningCredential[]> {
    const range = { pk: projectPartition(projectId), skPrefix: 'ISSUE#' };
    const now = this.clock.now().getTime();
    return (await this.register.queryAll(range, issue))
      .filter(
        (each) =>
          each.state !== 'failed' &&
          Date.parse(each.expiresAt) > now &&
          each.studies?.some((study) => studies.has(study)) === true,
      )
      .map(({ id, expiresAt }) => ({ projectId, credentialId: id, expiresAt }));
  }
}
