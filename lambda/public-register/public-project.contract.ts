import * as z from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { londonDate, projectId } from '../register/identifiers.contract';
import { projectStatus } from '../register/project.contract';

/**
 * What the public may know of a project, in a partition of its own. Whoever answers the public reads this partition and
 * no other, so that people and applications are out of its reach. Written in the transaction of the change that it shows.
 */

/** Answers of the applicant that the data use register shows; null: not asked, or not answered. */
export const publishedAnswers = z.object({
  organisationSector: z.string().nullable(),
  technicalSummary: z.string().nullable(),
  publicBenefitStatement: z.string().nullable(),
  requestCategoryType: z.string().nullable(),
  requestFrequency: z.string().nullable(),
  datasetLinkageDescription: z.string().nullable(),
  privacyEnhancements: z.string().nullable(),
  accreditedResearcherStatus: z.string().nullable(),
  fundersAndSponsors: z.array(z.string()),
  otherApprovalCommittees: z.array(z.string()),
  sublicenceArrangements: z.string().nullable(),
  nonGatewayOutputs: z.array(z.string()),
});

export const publicProject = z.object({
  projectId,
  status: projectStatus,
  title: z.string(),
  organisation: z.string(),
  laySummary: z.string(),
  aiUse: z.boolean(),
  answers: publishedAnswers,
  collection: collectionId,
  accessMode,
  /** What the approval demands or allows, in words. */
  accessConditions: z.array(z.string()),
  /** First day of access. */
  startsOn: londonDate,
  /** Last day of access. */
  endsOn: londonDate,
  /** Day on which it was ended or revoked. */
  closedOn: londonDate.optional(),
  /** The first approval and those of amendments and renewals after it. */
  approvals: z
    .array(
      z.object({
        /** Whole days from the submission to the decision. */
        daysToDecision: z.number().int().min(0),
        approvedOn: londonDate,
        endsOn: londonDate,
      }),
    )
    .min(1),
});

/** `PUBLIC` / `PROJECT#<id>`. */
export const publicProjectRecord = publicProject.extend({
  pk: z.literal('PUBLIC'),
  sk: z.string().startsWith('PROJECT#'),
});

export type PublicProject = z.infer<typeof publicProject>;
export type PublishedAnswers = z.infer<typeof publishedAnswers>;
