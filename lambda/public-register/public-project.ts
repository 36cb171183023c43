import { londonDay } from '../platform/clock';
import type { TransactionWrite } from '../platform/document-table';
import { type ApprovedApplication, application } from '../register/application.contract';
import { conditionWords } from '../register/condition.contract';
import type { Project } from '../register/project.contract';
import { applicationKey, publicProjectKey, type RegisterTable } from '../register/register-table';
import type { PublicProject, PublishedAnswers } from './public-project.contract';

const DAY_MILLISECONDS = 86_400_000;

/** A project and the approved applications that gave its grants, the first one first. */
interface Approved {
  readonly project: Project;
  readonly approvals: readonly [ApprovedApplication, ...ApprovedApplication[]];
}

function closedOn(project: Project): string | undefined {
  switch (project.status) {
    case 'active':
      return undefined;
    case 'ended':
      return londonDay(new Date(project.endedAt));
    case 'revoked':
      return londonDay(new Date(project.revokedAt));
  }
}

/** The applicant's answers for the public, of the application that was approved last. */
function answersOf({ content }: ApprovedApplication): PublishedAnswers {
  const { dataUse } = content;
  return {
    organisationSector: dataUse.organisationSector,
    technicalSummary: dataUse.technicalSummary,
    publicBenefitStatement: dataUse.publicBenefitStatement,
    requestCategoryType: dataUse.requestCategoryType,
    requestFrequency: dataUse.requestFrequency,
    datasetLinkageDescription: dataUse.datasetLinkageDescription ?? null,
    privacyEnhancements: dataUse.privacyEnhancements ?? null,
    accreditedResearcherStatus: dataUse.accreditedResearcherStatus,
    fundersAndSponsors: dataUse.fundersAndSponsors,
    otherApprovalCommittees: dataUse.otherApprovalCommittees,
    sublicenceArrangements: dataUse.sublicenceArrangements ?? null,
    nonGatewayOutputs: dataUse.nonGatewayOutputs,
  };
}

/** What the public may know of a project: nothing but what was approved, and nobody in it. */
export function publicProjectOf({ project, approvals }: Approved): PublicProject {
  const endOf = new Map(project.grants.map((grant) => [grant.applicationId, grant.endsOn]));
  const first = project.grants[0];
  const latest = approvals.at(-1) ?? approvals[0];
  return {
    projectId: project.id,
    status: project.status,
    title: project.title,
    organisation: project.organisation,
    laySummary: project.laySummary,
    aiUse: project.aiUse,
    answers: answersOf(latest),
    collection: project.collection,
    accessMode: project.accessMode,
    // words of our own: a condition's free text is the committee's and may name somebody
    accessConditions: latest.conditions.map(({ code }) => conditionWords[code]),
    startsOn: first?.startsOn ?? project.startsOn,
    endsOn: project.endsOn,
    closedOn: closedOn(project),
    approvals: approvals.map(({ id, submittedAt, decidedAt }) => ({
      daysToDecision: Math.floor((Date.parse(decidedAt) - Date.parse(submittedAt)) / DAY_MILLISECONDS),
      approvedOn: londonDay(new Date(decidedAt)),
      endsOn: endOf.get(id) ?? project.endsOn,
    })),
  };
}

/** The approved applications of a project's grants as they stand, the first one first. */
async function readApprovals(table: RegisterTable, project: Project): Promise<ApprovedApplication[]> {
  const ids = [...new Set(project.grants.map((grant) => grant.applicationId))];
  const found = await table.getMany(ids.map(applicationKey), application);
  return ids.flatMap((id) => {
    const one = found.find((each) => each.id === id);
    return one?.state === 'approved' ? [one] : [];
  });
}

/**
 * What the public register should hold of a project as it will stand.
 *
 * @param approving the application that the same transaction approves, which the table does not hold as approved yet
 */
export async function readPublicProject(
  table: RegisterTable,
  project: Project,
  approving?: ApprovedApplication,
): Promise<PublicProject> {
  const stored = await readApprovals(table, project);
  const [first, ...others] = [
    ...stored.filter(({ id }) => id !== approving?.id),
    ...(approving ? [approving] : []),
  ];
  if (first === undefined) throw new Error('a project without an approved application');
  return publicProjectOf({ project, approvals: [first, ...others] });
}

/** The write that shows a project to the public, for the transaction that writes the project. */
export function publish(shown: PublicProject): TransactionWrite {
  return { put: { ...publicProjectKey(shown.projectId), ...shown } };
}
