import { join } from 'node:path';
import * as z from 'zod';
import { RegisterTableProjects } from '../../../lambda/catalogue/project-register';
import type { CohortPorts } from '../../../lambda/cohorts/cohort-ports';
import { type Asker, type QueryLog, RegisterQueryLog } from '../../../lambda/cohorts/query-log';
import { type QuestionScope, questionScope, readFilter } from '../../../lambda/cohorts/question-scope';
import { ReleasePatients } from '../../../lambda/cohorts/release-patients';
import { WithdrawnStudies } from '../../../lambda/cohorts/withdrawn-studies';
import type { QueryEngine } from '../../../lambda/lake/query-engine';
import { systemClock } from '../../../lambda/platform/clock';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { grant } from '../../../lambda/register/grant.contract';
import { membership, project } from '../../../lambda/register/project.contract';
import { membershipKey, projectKey } from '../../../lambda/register/register-table';
import { peopleShown } from '../../../lambda/releases/people-shown';
import { readReleaseSets } from '../../../lambda/releases/release-sets';
import { writeToldSets } from '../../../lambda/releases/told-sets';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { type EmbeddedTable, startEmbeddedTable } from '../../../test/lambda/fixtures/embedded-table';
import { FolderObjectStore } from './folder-object-store';
import { openEngine, release } from './make-lake';
import { PartTimes } from './measured';
import { syntheticCollections } from './synthetic-lake';

const idOf = (prefix: string) => `${prefix}-${'b'.repeat(26)}`;

export const projectId = idOf('p');
export const researcher: RequestPerson = {
  subject: 'researcher',
  pseudonym: null,
  roles: ['applicant'],
  trust: null,
  organisation: null,
  signIn: { level: 'high', withheldRoles: [] },
};

const [startsOn, endsOn] = ['2020-01-01', '2099-12-31'];

/** The limits of a day would end a run of many filters: those of a release are the product's. */
const limits = { perProjectAndDay: 600, perProject: 600, perRelease: 600 };

const grantOf = (collection: string, arc: number) =>
  grant.parse({
    id: `g-${'abcdefgh'.charAt(arc).repeat(26)}`,
    projectId,
    applicationId: idOf('a'),
    collection,
    arc,
    split: 'development',
    scope: { kind: 'collection' },
    accessMode: 'dae-only',
    startsOn,
    endsOn,
    endsAt: `${endsOn}T23:59:59.000Z`,
    status: 'active',
  });

/** A published release, and a project that may read every collection of it. */
async function fillRegister({ table }: EmbeddedTable): Promise<void> {
  const [collection] = syntheticCollections;
  const common = { status: 'active', version: 1 };
  const made = project.parse({
    ...common,
    id: projectId,
    applicationId: idOf('a'),
    title: 'A project',
    organisation: 'University of Example',
    laySummary: 'Finds disease.',
    aiUse: true,
    collection,
    accessMode: 'dae-only',
    startsOn,
    endsOn,
    members: [researcher.subject],
    grants: syntheticCollections.map((each, at) => grantOf(each, at + 1)),
    approvedAt: `${startsOn}T00:00:00.000Z`,
  });
  const belongs = membership.parse({
    ...common,
    subject: researcher.subject,
    pseudonym: idOf('r'),
    projectId,
    memberSince: `${startsOn}T00:00:00.000Z`,
  });
  await table.put({ ...projectKey(projectId), ...made });
  await table.put({ ...membershipKey(researcher.subject, projectId), ...belongs });
  await table.put({
    pk: 'RELEASES',
    sk: 'RELEASE#2026.004',
    release,
    title: 'A release',
    collections: [...syntheticCollections],
    state: 'published',
    attempt: 1,
    begunAt: `${startsOn}T00:00:00.000Z`,
    begunBy: idOf('r'),
    stop: null,
    reasons: [],
    publication: null,
    version: 1,
  });
}

export const catalogueBucket = 'catalogue';

export type Part = 'sql' | 'log';

function timedEngine(engine: QueryEngine, times: PartTimes<Part>): CohortPorts['engine'] {
  return { rows: (select, row) => times.during('sql', () => engine.rows(select, row)) };
}

function timedLog(log: QueryLog, times: PartTimes<Part>): QueryLog {
  return {
    published: (named) => times.during('log', () => log.published(named)),
    read: (...release) => times.during('log', () => log.read(...release)),
    append: (...entry) => times.during('log', () => log.append(...entry)),
  };
}

/** What a function about cohorts has: DuckDB in place of Athena, a table in this process, objects on the disk. */
export class ResearchPlatform implements AsyncDisposable {
  readonly times = new PartTimes<Part>();
  readonly objects: FolderObjectStore;
  readonly #engine: CohortPorts['engine'];

  private constructor(
    folder: string,
    readonly engine: Awaited<ReturnType<typeof openEngine>>,
    private readonly register: EmbeddedTable,
  ) {
    this.objects = new FolderObjectStore(folder);
    this.#engine = timedEngine(engine, this.times);
  }

  static async open(lakeFolder: string, workFolder: string): Promise<ResearchPlatform> {
    const engine = await openEngine(lakeFolder);
    const register = await startEmbeddedTable();
    await fillRegister(register);
    const platform = new ResearchPlatform(join(workFolder, 'objects'), engine, register);
    const sets = await readReleaseSets(engine, release);
    const told = { patients: sets.patients, sets: peopleShown(sets, true).told };
    await writeToldSets(platform.objects, catalogueBucket, release, told);
    return platform;
  }

  /** The ports of a process that has answered nothing yet, about a release of which nobody has asked anything. */
  async freshPorts(): Promise<CohortPorts> {
    const { table } = this.register;
    const range = { pk: `QUERIES#${release}` };
    for (const { sk } of await table.queryAll(range, z.object({ sk: z.string() })))
      await table.delete({ ...range, sk });
    return this.portsOfAnotherProcess();
  }

  /** The same with the log as it is. */
  portsOfAnotherProcess(): CohortPorts {
    const { table } = this.register;
    const queryLog = timedLog(new RegisterQueryLog(table, this.objects, catalogueBucket), this.times);
    return {
      table,
      projects: new RegisterTableProjects(table),
      engine: this.#engine,
      queryLog,
      patients: new ReleasePatients(queryLog, this.#engine),
      withdrawn: new WithdrawnStudies(this.#engine, systemClock),
      objects: this.objects,
      catalogueBucket,
      clock: systemClock,
      limits,
      gate: { lowestRatio: 0 },
      references: [englandCensus2021()],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.register.stop();
    this.engine.close();
  }
}

/** A filter as the project asks it. */
export function scopeOf(filter: string): QuestionScope {
  const scopes = syntheticCollections.map((collection) => ({
    collection,
    split: 'development' as const,
    listedBy: null,
  }));
  return questionScope(release, readFilter(filter), scopes, []);
}

export const asker = (): Asker => ({ project: projectId, person: idOf('r'), at: systemClock.now() });
