import * as z from 'zod';
import { boundedMap } from '../platform/bounded-map';
import { canonicalDigest } from '../platform/canonical-json';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { TransactionWrite } from '../platform/document-table';
import type { Log } from '../platform/log';
import { publish, readPublicProject } from '../public-register/public-project';
import { publicProject } from '../public-register/public-project.contract';
import { chainOf } from './applications';
import { readClosures } from './closures';
import { type ExpiryChange, expire } from './grant-expiry';
import { type Project, project } from './project.contract';
import { projectWrites } from './project-writes';
import { changeRegister, notBefore } from './register-change';
import { atVersion, closuresKey, projectKey, publicProjectKey, type RegisterTable } from './register-table';
import { type ReminderPorts, recordReminder, sendReminders } from './reminders';

/** Projects looked at at once. */
const PROJECTS_AT_ONCE = 8;

export interface ExpireGrantsPorts extends ReminderPorts {
  readonly log: Pick<Log, 'error'>;
  readonly collections: readonly CollectionConfiguration[];
}

/** What one run did. */
export interface ExpiryCounts {
  readonly projects: number;
  readonly grantsEnded: number;
  readonly projectsEnded: number;
  readonly reminders: number;
  readonly sent: number;
  /** Entries of the public register that were not as they should be. */
  readonly published: number;
  /** Projects that could not be worked on; the next run tries again. */
  readonly failed: number;
}

type Outcome = Pick<ExpiryCounts, 'grantsEnded' | 'projectsEnded' | 'reminders' | 'published' | 'failed'>;

const nothing: Outcome = { grantsEnded: 0, projectsEnded: 0, reminders: 0, published: 0, failed: 0 };

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function writesOf(
  table: RegisterTable,
  before: Project,
  change: ExpiryChange,
  closuresVersion: number,
  now: Date,
): Promise<TransactionWrite[]> {
  const { reminder } = change;
  return [
    ...(await projectWrites(table, before, change.project)),
    ...change.denials,
    ...(reminder ? [recordReminder(reminder, now)] : []),
    ...(change.restsOnClosures ? [{ check: closuresKey, condition: atVersion(closuresVersion) }] : []),
  ];
}

/** Does to one project what time has brought, all in one transaction with its events. */
async function expireProject(ports: ExpireGrantsPorts, id: string): Promise<ExpiryChange | null> {
  const { table, clock, collections } = ports;
  return changeRegister<ExpiryChange | null>(table, chainOf(id), async ({ lastAt }) => {
    const [current, closures] = await Promise.all([table.get(projectKey(id), project), readClosures(table)]);
    const now = notBefore(lastAt, clock.now());
    const change = current ? expire(current, { now, collections, closures }) : null;
    if (current === null || change === null) return { unchanged: null };
    return {
      writes: await writesOf(table, current, change, closures.version, now),
      facts: change.facts,
      actor: 'schedule',
      at: now,
      result: change,
    };
  });
}

/**
 * Corrects the public register where it does not hold what the register says of a project: one that was approved before
 * there was a public register, or a change of its form. Says whether it had to.
 */
async function correctPublicRegister({ table }: ExpireGrantsPorts, id: string): Promise<boolean> {
  const current = await table.get(projectKey(id), project);
  if (current === null) return false;
  const [should, stands] = await Promise.all([
    readPublicProject(table, current),
    table.get(publicProjectKey(id), publicProject),
  ]);
  if (stands !== null && canonicalDigest(publicProject.parse(should)) === canonicalDigest(stands))
    return false;
  const written = await table.transact([
    { check: projectKey(id), condition: atVersion(current.version) },
    publish(should),
  ]);
  return written.committed;
}

async function workOn(ports: ExpireGrantsPorts, id: string): Promise<Outcome> {
  const change = await expireProject(ports, id);
  const told = (type: string) => change?.facts.filter((fact) => fact.type === type).length ?? 0;
  return {
    grantsEnded: told('grant-ended'),
    projectsEnded: told('project-ended'),
    reminders: told('reminder-due'),
    published: (await correctPublicRegister(ports, id)) ? 1 : 0,
    failed: 0,
  };
}

/**
 * Ends the grants whose time is over and the projects that have none left, reminds of ends that are near, and keeps the
 * public register as it should be. A project that cannot be worked on does not hold up the others. A second run finds
 * nothing left to do. Memberships stay: they open nothing without a grant.
 */
export async function expireGrants(ports: ExpireGrantsPorts): Promise<ExpiryCounts> {
  const listed = await ports.table.queryAll(
    { pk: 'PROJECTS', skPrefix: 'PROJECT#' },
    z.object({ sk: z.string() }),
  );
  const outcomes = await boundedMap(listed, PROJECTS_AT_ONCE, async ({ sk }) => {
    try {
      return await workOn(ports, sk.slice('PROJECT#'.length));
    } catch (error) {
      ports.log.error('a project could not be worked on', { project: sk }, error);
      return { ...nothing, failed: 1 };
    }
  });
  const total = (name: keyof Outcome) => sum(outcomes.map((outcome) => outcome[name]));
  return {
    projects: listed.length,
    grantsEnded: total('grantsEnded'),
    projectsEnded: total('projectsEnded'),
    reminders: total('reminders'),
    sent: await sendReminders(ports),
    published: total('published'),
    failed: total('failed'),
  };
}
