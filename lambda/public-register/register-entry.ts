import type { CollectionConfiguration } from '../platform/configuration.contract';
import { lastDayOf } from '../register/grant-time';
import type { PublicProject } from './public-project.contract';
import type { RegisterEntry } from './public-register.contract';

/** True of every image that the platform holds: identifiers are removed, and opt-outs are honoured before. */
const DATA_SENSITIVITY_LEVEL = 'De-Personalised';
const NATIONAL_DATA_OPTOUT = 'Yes';

function statusOn(today: string, shown: PublicProject, lastDay: string): RegisterEntry['status'] {
  if (shown.status !== 'active') return shown.status;
  if (lastDay < today) return 'ended';
  return today < shown.startsOn ? 'approved' : 'active';
}

/**
 * A project as the register shows it on a day: over with its last day, whatever is stored.
 *
 * @param today calendar date in Europe/London
 */
export function registerEntryOn(
  today: string,
  shown: PublicProject,
  collections: readonly CollectionConfiguration[],
): RegisterEntry {
  const collection = collections.find(({ id }) => id === shown.collection);
  const lastDay = lastDayOf(shown, collections);
  const [first, ...amendments] = shown.approvals;
  const { answers } = shown;
  return {
    project_id_text: shown.projectId,
    project_title: shown.title,
    status: statusOn(today, shown, lastDay),
    organisation_name: shown.organisation,
    organisation_sector: answers.organisationSector,
    lay_summary: shown.laySummary,
    public_benefit_statement: answers.publicBenefitStatement,
    technical_summary: answers.technicalSummary,
    ai_use: shown.aiUse,
    request_category_type: answers.requestCategoryType,
    request_frequency: answers.requestFrequency,
    latest_approval_date: (amendments.at(-1) ?? first)?.approvedOn ?? shown.startsOn,
    project_start_date: shown.startsOn,
    project_end_date: lastDay,
    project_closed_date: shown.closedOn ?? null,
    access_date: shown.startsOn,
    access_type: shown.accessMode === 'direct' ? 'Release' : 'TRE',
    access_mode: shown.accessMode,
    access_conditions: shown.accessConditions,
    datasets: [{ id: shown.collection, title: collection?.title ?? shown.collection }],
    data_sensitivity_level: DATA_SENSITIVITY_LEVEL,
    privacy_enhancements: answers.privacyEnhancements,
    dataset_linkage_description: answers.datasetLinkageDescription,
    confidential_data_description: null,
    legal_basis_for_data_article6: collection?.legalBasis.article6 ?? null,
    legal_basis_for_data_article9: collection?.legalBasis.article9 ?? null,
    duty_of_confidentiality: collection?.legalBasis.confidentiality ?? null,
    national_data_optout: NATIONAL_DATA_OPTOUT,
    accredited_researcher_status: answers.accreditedResearcherStatus,
    funders_and_sponsors: answers.fundersAndSponsors,
    other_approval_committees: answers.otherApprovalCommittees,
    sublicence_arrangements: answers.sublicenceArrangements,
    non_gateway_outputs: answers.nonGatewayOutputs,
    amendments: amendments.map(({ approvedOn, endsOn }) => ({
      approval_date: approvedOn,
      project_end_date: endsOn,
    })),
    days_to_decision: first?.daysToDecision ?? 0,
  };
}
