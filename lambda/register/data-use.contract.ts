import { listOfTexts, oneOf, optionalText, section, text, yesOrNo } from './draftable.contract';

/**
 * What the applicant knows of the fields of a data use register (UK Health Data Research Alliance, Data Use Register
 * standard, 2022). They are named as there, in camel case. What the platform knows itself (dates, legal basis, access
 * type, datasets) is not asked.
 */

export const organisationSectors = [
  'nhs',
  'academic',
  'charity',
  'government',
  'local-authority',
  'commercial',
  'other',
] as const;

export const requestCategories = [
  'research',
  'product-development',
  'product-testing',
  'service-evaluation',
  'public-health',
] as const;

export const dataUse = section({
  organisationSector: oneOf(organisationSectors),
  /** For people of the field. */
  technicalSummary: text(10, 5_000),
  /** What patients and the public gain. */
  publicBenefitStatement: text(10, 5_000),
  requestCategoryType: oneOf(requestCategories),
  requestFrequency: oneOf(['one-off', 'recurring']),
  /** Whether the images are linked with other data. */
  datasetLinkage: yesOrNo(),
  /** With which, how and why. */
  datasetLinkageDescription: optionalText(2_000),
  /** Techniques beyond what the platform does by itself. */
  privacyEnhancements: optionalText(2_000),
  /** Whether all members are accredited researchers under the Digital Economy Act 2017. */
  accreditedResearcherStatus: oneOf(['all', 'some', 'none']),
  /** None is an answer: an empty list. */
  fundersAndSponsors: listOfTexts(0, 20, 200),
  /** Ethics committees, Confidentiality Advisory Group and others that have approved it. */
  otherApprovalCommittees: listOfTexts(0, 20, 200),
  /** Who else may use it under the applicant's licence; left out: nobody. */
  sublicenceArrangements: optionalText(2_000),
  /** Addresses or references of what came of the work before. */
  nonGatewayOutputs: listOfTexts(0, 20, 500),
});
