import { RegisterTableProjects } from '../../../lambda/catalogue/project-register';
import type { CohortPorts } from '../../../lambda/cohorts/cohort-ports';
import { RegisterQueryLog } from '../../../lambda/cohorts/query-log';
import { ReleasePatients } from '../../../lambda/cohorts/release-patients';
import { WithdrawnStudies } from '../../../lambda/cohorts/withdrawn-studies';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import type { Role } from '../../../lambda/platform/roles.contract';
import { grant } from '../../../lambda/register/grant.contract';
import { membership, project } from '../../../lambda/register/project.contract';
import { grantStudiesKey, membershipKey, projectKey } from '../../../lambda/register/register-table';
import { peopleShown } from '../../../lambda/releases/people-shown';
import { readReleaseSets } from '../../../lambda/releases/release-sets';
import { writeToldSets } from '../../../lambda/releases/told-sets';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import { type LakeDatabase, openLakeDatabase, type Row } from '../lake/sql/lake-database';
import { SetClock } from '../register/register-fixture';

const id = (prefix: string, letter: string) => `${prefix}-${letter.repeat(26)}`;

export const ribs = id('p', 'a');
export const lungs = id('p', 'b');
export const release = '2026.4';

/** Patients of the development split in each of two collections; numbers go on with those held out. */
export const patientsOfCollection = 300;
export const heldOutPatients = 90;

const bands = ['20-29', '30-39', '40-49', '50-59', '60-69'];

/** Two studies for every third patient, two series each; values repeat with periods that have no common divisor. */
function seriesOf(patient: number, collection: string, split: string): Row[] {
  const studies = patient % 3 === 0 ? [1, 2] : [1];
  return studies.flatMap((study) =>
    [1, 2].map((series) => ({
      release,
      collection,
      split,
      patient_number: patient,
      study_number: patient * 10 + study,
      patient_pseudonym: `pseudonym-${patient}`,
      study_instance_uid: `2.25.${patient}.${study}`,
      series_instance_uid: `2.25.${patient}.${study}.${series}`,
      datastore_id: 'd',
      trust: 'RX1',
      instances: 2,
      frames: 2,
      bytes: 1000,
      modality: patient % 2 === 0 ? 'CT' : 'CR',
      body_part: series === 1 ? 'CHEST' : 'ABDOMEN',
      age_band: bands[patient % bands.length] ?? null,
      age: 20 + 10 * (patient % bands.length),
      sex: patient % 7 < 3 ? '1' : '2',
      ethnic_category: patient % 11 < 8 ? 'A' : 'H',
      region: patient % 13 < 6 ? 'E12000007' : 'E12000008',
    })),
  );
}

export function releasedSeries(): Row[] {
  const rows: Row[] = [];
  for (let at = 1; at <= 2 * patientsOfCollection + heldOutPatients; at += 1) {
    const collection =
      at <= patientsOfCollection || at > 2 * patientsOfCollection ? 'chest' : 'breast-screening';
    rows.push(...seriesOf(at, collection, at > 2 * patientsOfCollection ? 'held-out' : 'development'));
  }
  return rows;
}

export const personOf = (subject: string, roles: readonly Role[] = ['applicant']): RequestPerson => ({
  subject,
  pseudonym: null,
  roles,
  trust: null,
  organisation: null,
  signIn: { level: 'high', withheldRoles: [] },
});

const digest = '0'.repeat(64);

interface ProjectChange {
  readonly collection?: string;
  readonly endsOn?: string;
  readonly status?: 'active' | 'revoked' | 'ended';
  /** Studies that the grant lists; all of the collection where not given. */
  readonly studies?: readonly string[];
}

/** Platform in memory with one published release and two projects of a member each. */
export class CohortFixture implements AsyncDisposable {
  readonly objects = new MemoryObjectStore();
  readonly clock = new SetClock(new Date('2026-11-23T12:00:00.000Z'));
  gate = { lowestRatio: 0 };
  limits = { perProjectAndDay: 200, perProject: 200, perRelease: 300 };

  private constructor(
    readonly register: EmbeddedTable,
    readonly lake: LakeDatabase,
  ) {}

  static async start(rows: readonly Row[] = releasedSeries()): Promise<CohortFixture> {
    const fixture = new CohortFixture(await startEmbeddedTable(), await openLakeDatabase());
    await fixture.lake.fill('released_series', rows);
    const sets = await readReleaseSets(fixture.lake, release);
    const { told } = peopleShown(sets, true);
    await writeToldSets(fixture.objects, 'catalogue', release, { patients: sets.patients, sets: told });
    for (const [name, state] of [
      ['2026.004', 'published'],
      ['2026.005', 'building'],
    ] as const)
      await fixture.register.table.put({
        pk: 'RELEASES',
        sk: `RELEASE#${name}`,
        release: name.replace(/\.0+/, '.'),
        title: `Release ${name}`,
        collections: ['chest'],
        state,
        attempt: 1,
        begunAt: '2026-11-01T00:00:00.000Z',
        begunBy: id('r', 'z'),
        stop: null,
        reasons: [],
        publication: null,
        version: 1,
      });
    await fixture.putProject(ribs, 'rosa', {});
    await fixture.putProject(lungs, 'nina', { collection: 'breast-screening' });
    return fixture;
  }

  async putProject(
    projectId: string,
    member: string,
    { collection = 'chest', endsOn = '2027-03-31', status = 'active', studies }: ProjectChange,
  ): Promise<void> {
    const ended =
      status === 'revoked'
        ? { revokedAt: '2026-11-01T00:00:00.000Z', revokedBy: id('r', 'z'), reason: 'other' }
        : status === 'ended'
          ? { endedAt: '2026-11-01T00:00:00.000Z' }
          : {};
    const given = grant.parse({
      id: id('g', projectId.at(-1) ?? 'a'),
      projectId,
      applicationId: id('a', 'a'),
      collection,
      arc: 7,
      split: 'development',
      scope:
        studies === undefined ? { kind: 'collection' } : { kind: 'studies', count: studies.length, digest },
      accessMode: 'dae-only',
      startsOn: '2026-01-01',
      endsOn,
      endsAt: `${endsOn}T23:59:59.000Z`,
      status,
      ...ended,
    });
    const { table } = this.register;
    if (studies !== undefined)
      await table.put({ ...grantStudiesKey(projectId, given.id), studies: [...studies].sort() });
    const made = project.parse({
      id: projectId,
      applicationId: id('a', 'a'),
      title: 'A project',
      organisation: 'University of Example',
      laySummary: 'Finds disease.',
      aiUse: true,
      collection,
      accessMode: 'dae-only',
      startsOn: '2026-01-01',
      endsOn,
      members: [member],
      grants: [given],
      approvedAt: '2026-01-01T00:00:00.000Z',
      version: 1,
      status,
      ...ended,
    });
    await table.put({ ...projectKey(projectId), ...made });
    const belongs = membership.parse({
      subject: member,
      pseudonym: id('r', member.charAt(0)),
      projectId,
      memberSince: '2026-01-01T00:00:00.000Z',
      version: 1,
      status: 'active',
    });
    await table.put({ ...membershipKey(member, projectId), ...belongs });
  }

  /** Everything anew, as another process has it. */
  ports(): CohortPorts {
    const { table } = this.register;
    const queryLog = new RegisterQueryLog(table, this.objects, 'catalogue');
    return {
      table,
      projects: new RegisterTableProjects(table),
      engine: this.lake,
      queryLog,
      patients: new ReleasePatients(queryLog, this.lake),
      withdrawn: new WithdrawnStudies(this.lake, this.clock),
      objects: this.objects,
      catalogueBucket: 'catalogue',
      clock: this.clock,
      limits: this.limits,
      gate: this.gate,
      references: [englandCensus2021()],
    };
  }

  async withdraw(...studies: string[]): Promise<void> {
    await this.lake.fill(
      'tombstones',
      studies.map((study) => ({
        withdrawal: 'w-1',
        study_instance_uid: study,
        collection: 'chest',
        split: 'development',
      })),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.register.stop();
    await this.lake[Symbol.asyncDispose]();
  }
}
