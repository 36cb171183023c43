import * as z from 'zod';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RequestPerson } from '../platform/request-person';
import {
  type Application,
  type ApplicationSummary,
  application,
  type applicationsQuery,
  listedApplication,
} from './application.contract';
import { summaryOf } from './application-views';
import { type Committee, isOverseer } from './applications';
import { type Project, project } from './project.contract';
import { applicationKey, personPartition, projectKey, type RegisterTable } from './register-table';

type Query = z.infer<typeof applicationsQuery>;

/** Where a page begins: the key of the entry before it, in the order of the list. */
const position = z.object({ after: z.string().max(200) });

/** An application's place in a list: `key` orders it. */
interface Entry {
  readonly key: string;
  readonly id: string;
}

const idOf = (sk: string) => sk.slice('APPLICATION#'.length);

/** Applications that were submitted at least once: small entries, all of them. */
async function listedEntries(table: RegisterTable, { state, order }: Query): Promise<Entry[]> {
  const listed = await table.queryAll({ pk: 'APPLICATIONS', skPrefix: 'APPLICATION#' }, listedApplication);
  return listed
    .filter((each) => state === undefined || each.state === state)
    .map(({ sk, submittedAt }) => ({
      id: idOf(sk),
      key: order === 'age' ? `${submittedAt}#${idOf(sk)}` : idOf(sk),
    }));
}

/** Applications of one person, drafts included. */
async function ownEntries(table: RegisterTable, subject: string): Promise<Entry[]> {
  const own = await table.queryAll(
    { pk: personPartition(subject), skPrefix: 'APPLICATION#' },
    z.object({ sk: z.string() }),
  );
  return own.map(({ sk }) => ({ id: idOf(sk), key: idOf(sk) }));
}

/** Entries in the order asked for: by age the longest wait first, else the newest first (ids sort by time). */
function ordered(entries: readonly Entry[], order: Query['order']): Entry[] {
  const direction = order === 'age' ? 1 : -1;
  return [...entries].sort((one, other) => (one.key < other.key ? -direction : direction));
}

function after(entries: readonly Entry[], order: Query['order'], next: string | undefined): readonly Entry[] {
  if (next === undefined) return entries;
  const { after: last } = decodePageToken(next, position);
  return entries.filter(({ key }) => (order === 'age' ? key > last : key < last));
}

async function readMany(table: RegisterTable, entries: readonly Entry[]): Promise<Application[]> {
  const found = await table.getMany(
    entries.map(({ id }) => applicationKey(id)),
    application,
  );
  const byId = new Map(found.map((each) => [each.id, each]));
  return entries.flatMap(({ id }) => byId.get(id) ?? []);
}

async function readProjects(
  table: RegisterTable,
  among: readonly Application[],
): Promise<Map<string, Project>> {
  const ids = new Set(among.filter(({ state }) => state === 'approved').map(({ projectId }) => projectId));
  const found = await table.getMany([...ids].map(projectKey), project);
  return new Map(found.map((each) => [each.id, each]));
}

/**
 * One page of applications: all that were submitted, for an overseer who does not ask for their own. The state of own
 * applications is known only when they are read, so a page of them may hold fewer than `limit`.
 */
export async function listApplications(
  committee: Committee,
  requester: RequestPerson,
  query: Query,
): Promise<{ applications: ApplicationSummary[]; next: string | undefined }> {
  const { table } = committee;
  const all = query.scope === 'all' && isOverseer(requester);
  const order = all ? query.order : 'newest';
  const entries = all ? await listedEntries(table, query) : await ownEntries(table, requester.subject);
  const rest = after(ordered(entries, order), order, query.next);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  const found = (await readMany(table, page)).filter(
    ({ state }) => query.state === undefined || state === query.state,
  );
  const projects = await readProjects(table, found);
  return {
    applications: found.map((each) => summaryOf(committee, each, projects.get(each.projectId) ?? null)),
    next: last !== undefined && page.length < rest.length ? encodePageToken({ after: last.key }) : undefined,
  };
}
