import type { CollectionConfiguration } from '../../../lambda/platform/configuration.contract';
import { collectionConfiguration, trustConfiguration } from '../../../lambda/platform/configuration.contract';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import type { Role } from '../../../lambda/platform/roles.contract';
import type { Application } from '../../../lambda/register/application.contract';
import {
  type ApplicationContent,
  type ApplicationDraft,
  applicationContent,
} from '../../../lambda/register/application-content.contract';
import type { Committee } from '../../../lambda/register/applications';
import { draftApplication, saveApplication, submitApplication } from '../../../lambda/register/applications';
import type { Condition } from '../../../lambda/register/condition.contract';
import { decideApplication } from '../../../lambda/register/decisions';
import { beginEdition } from '../../../lambda/register/editions';
import { type Grant, grant } from '../../../lambda/register/grant.contract';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { recordPerson } from '../../../lambda/register/people';
import { type Project, project } from '../../../lambda/register/project.contract';
import { atVersion, projectKey } from '../../../lambda/register/register-table';
import { MemoryRegisterTable } from './memory-register-table';

/** A clock that stands until it is moved. */
export class SetClock {
  constructor(private time: Date = new Date('2026-11-02T09:00:00.000Z')) {}
  now(): Date {
    return new Date(this.time);
  }
  moveTo(time: string | Date): void {
    this.time = new Date(time);
  }
  moveBy(seconds: number): void {
    this.time = new Date(this.time.getTime() + seconds * 1000);
  }
}

export const chest: CollectionConfiguration = collectionConfiguration.parse({
  id: 'chest',
  arc: 7,
  title: 'Chest imaging',
  purpose: 'Software that finds disease on images of the chest.',
  duoCodes: ['DUO:0000006'],
  legalBasis: {
    article6: '6(1)(e)',
    article9: '9(2)(j)',
    confidentiality: 'Section 251 support',
    reference: '00/CAG/0000',
    endsOn: '2028-03-31',
  },
});

export const breast: CollectionConfiguration = collectionConfiguration.parse({
  ...chest,
  id: 'breast-screening',
  arc: 8,
  title: 'Breast screening',
  accessModes: ['dae-only', 'direct'],
});

export const trusts = [
  trustConfiguration.parse({
    odsCode: 'RX1',
    name: 'Northfield University Hospitals NHS Trust',
    region: 'E12000004',
    nhsNumbers: [{ attribute: 'PatientID', issuer: 'NHS' }],
  }),
];

/** A complete application without a model, so that no impact assessment stands between it and an approval. */
export const content: ApplicationContent = applicationContent.parse({
  title: 'Rib fractures on chest X-ray',
  organisation: 'University of Westhaven',
  collection: 'chest',
  scope: { kind: 'collection' },
  purpose: 'Comparing reports of rib fractures.',
  laySummary: 'We want broken ribs to be found sooner.',
  duoCodes: ['DUO:0000037'],
  members: [],
  publishMemberNames: false,
  accessMode: 'dae-only',
  requestedEndsOn: '2027-10-31',
  aiUse: false,
  fiveSafes: {
    people: {
      experience: 'A radiologist and two statisticians.',
      trainedInGovernance: true,
      noReidentification: true,
    },
    projects: {
      aims: 'To measure how often fractures are missed.',
      methods: 'Two readers, blinded, a third where they disagree.',
      ethics: 'not-required',
      ethicsReference: 'Service evaluation, no approval is required.',
      commercial: false,
    },
    settings: { environment: 'data-access-environment', assurances: ['iso-27001'], countries: ['GB'] },
    data: {
      necessity: 'Fractures are rare, so many images are needed.',
      minimisation: 'Only X-rays of the chest are read.',
      afterwards: 'Tables without patients are kept, all else is deleted.',
    },
    outputs: {
      kinds: ['publication', 'statistics'],
      disclosureControl: 'No table has a cell below ten.',
      publicationPlan: 'An article within a year of the end.',
    },
  },
  dataUse: {
    organisationSector: 'academic',
    technicalSummary: 'A study of reader agreement on frontal chest X-rays.',
    publicBenefitStatement: 'Fewer broken ribs are missed.',
    requestCategoryType: 'research',
    requestFrequency: 'one-off',
    datasetLinkage: false,
    accreditedResearcherStatus: 'some',
    fundersAndSponsors: ['University of Westhaven'],
    otherApprovalCommittees: [],
    nonGatewayOutputs: [],
  },
  conflictsOfInterest: { declared: 'none' },
});

/** What an amendment or a renewal says of itself. */
export const changeReason = 'The readers were fewer than planned.';

/** Somebody as the request authoriser describes them. */
export function requester(subject: string, ...roles: Role[]): RequestPerson {
  return {
    subject,
    pseudonym: null,
    roles,
    trust: null,
    organisation: null,
    signIn: { level: 'not-asked', withheldRoles: [] },
  };
}

export const officer = requester('officer-1', 'officer');
export const applicant = requester('applicant-1', 'applicant');
export const firstReviewer = requester('reviewer-1', 'reviewer');
export const secondReviewer = requester('reviewer-2', 'reviewer');

export const onceOnly = (subject = 'anybody') => RepeatableRequest.of(subject, undefined, null);

export interface RegisterFixture {
  readonly table: MemoryRegisterTable;
  readonly clock: SetClock;
  readonly committee: Committee;
}

/** A register that knows an applicant, three reviewers (the third of the applicant's organisation) and a member. */
export async function makeRegister(): Promise<RegisterFixture> {
  const table = new MemoryRegisterTable();
  const clock = new SetClock();
  const committee: Committee = {
    table,
    clock,
    firstOfficers: ['officer-1'],
    collections: [chest, breast],
    uidRoot: '1.3.6.1.4.1.32473.7',
    targetWorkingDays: 20,
  };
  const record = (subject: string, roles: Role[], organisation: string) =>
    recordPerson(committee, trusts, officer, subject, { roles, organisation });
  await record('applicant-1', ['applicant'], 'University of Westhaven');
  await record('applicant-2', ['applicant'], 'Eastmoor Institute');
  await record('member-1', [], 'Southgate College');
  await record('reviewer-1', ['reviewer'], 'Northfield University');
  await record('reviewer-2', ['reviewer'], 'Patients in Research');
  await record('reviewer-3', ['reviewer'], 'UNIVERSITY  of westhaven');
  return { table, clock, committee };
}

/** Answers that go with direct access: an own environment. */
export const ownEnvironment: ApplicationContent['fiveSafes'] = {
  ...content.fiveSafes,
  settings: {
    environment: 'own-environment',
    ownEnvironment: 'A locked room with its own network.',
    assurances: ['iso-27001'],
    countries: ['GB'],
  },
};

/** An application that waits for decisions; its id and that of its project. */
export async function submitOne(
  { committee }: RegisterFixture,
  overrides: Partial<ApplicationDraft> = {},
): Promise<{ id: string; projectId: string }> {
  const fiveSafes = overrides.accessMode === 'direct' ? ownEnvironment : content.fiveSafes;
  const drafted = await draftApplication(
    committee,
    applicant,
    { ...content, fiveSafes, ...overrides },
    onceOnly(),
  );
  await submitApplication(committee, applicant, drafted.id, onceOnly());
  return { id: drafted.id, projectId: drafted.projectId };
}

export function approve(
  { committee }: Pick<RegisterFixture, 'committee'>,
  id: string,
  reviewer: RequestPerson,
  conditions: Condition[] = [],
): Promise<Application> {
  return decideApplication(
    committee,
    reviewer,
    id,
    { decision: 'approve', comment: '', conditions },
    onceOnly(),
  );
}

/** Both approvals that an application needs; it as the second leaves it. */
export async function approveByTwo(
  fixture: Pick<RegisterFixture, 'committee'>,
  id: string,
  conditions: Condition[] = [],
): Promise<Application> {
  await approve(fixture, id, firstReviewer, conditions);
  return approve(fixture, id, secondReviewer, conditions);
}

/** A project that two reviewers have approved, with direct access where it was asked for. */
export async function approveOne(
  fixture: RegisterFixture,
  overrides: Partial<ApplicationDraft> = {},
): Promise<{ id: string; projectId: string }> {
  const submitted = await submitOne(fixture, overrides);
  const conditions = overrides.accessMode === 'direct' ? [{ code: 'direct-access' as const }] : [];
  await approveByTwo(fixture, submitted.id, conditions);
  return submitted;
}

/** An amendment or a renewal that waits for decisions; its id. */
export async function submitEdition(
  { committee }: RegisterFixture,
  projectId: string,
  kind: 'amendment' | 'renewal',
  change: Partial<ApplicationDraft>,
): Promise<string> {
  const { id, content: approved } = await beginEdition(committee, applicant, projectId, kind, onceOnly());
  await saveApplication(committee, applicant, id, { ...approved, changeReason, ...change });
  await submitApplication(committee, applicant, id, onceOnly());
  return id;
}

/** What the register holds of a project. */
export async function projectOf({ table }: RegisterFixture, projectId: string): Promise<Project> {
  const found = await table.get(projectKey(projectId), project);
  if (found === null) throw new Error('no such project');
  return found;
}

/** Puts other grants into a project's record, as a change of the register would: its version goes up. */
export async function changeGrants(
  fixture: RegisterFixture,
  projectId: string,
  change: (granted: Grant) => Grant,
): Promise<void> {
  const found = await projectOf(fixture, projectId);
  const grants = found.grants.map((granted) => grant.parse(change(granted)));
  const { committed } = await fixture.table.transact([
    {
      put: { ...projectKey(projectId), ...found, grants, version: found.version + 1 },
      condition: atVersion(found.version),
    },
  ]);
  if (!committed) throw new Error('somebody else changed the project');
}

/** Code of the refusal that an action ends in. */
export async function refusalOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
  return 'no refusal';
}
