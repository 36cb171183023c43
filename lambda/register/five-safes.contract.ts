import * as z from 'zod';
import { accepted, oneOf, optionalText, section, someOf, text, yesOrNo } from './draftable.contract';

/**
 * The five questions of the Five Safes framework (Desai, Ritchie and Welpton 2016; UK Statistics Authority), each in short
 * answers: are the people, the project, the setting, the data and the outputs safe?
 */

/** What stands behind the project in ethics; `approved` names the approval. */
export const ethicsStatuses = ['approved', 'applied-for', 'not-required'] as const;

export const environments = ['data-access-environment', 'own-environment'] as const;

/** What the organisation's own environment is assured by. */
export const assurances = [
  'nhs-data-security-and-protection-toolkit',
  'iso-27001',
  'cyber-essentials-plus',
  'dea-accredited-processor',
] as const;

/** What the work will give to others. */
export const outputKinds = [
  'publication',
  'model',
  'software',
  'statistics',
  'annotations',
  'medical-device',
] as const;

export const fiveSafes = section({
  people: section({
    /** Who does what, and what they bring to it. */
    experience: text(10, 2_000),
    /** Whether every member was trained in information governance within the last year. */
    trainedInGovernance: yesOrNo(),
    /** A condition of the licence: DUO has no term for it. */
    noReidentification: accepted(),
  }),
  projects: section({
    aims: text(10, 2_000),
    methods: text(10, 4_000),
    ethics: oneOf(ethicsStatuses),
    /** Reference of the approval or application; why none is required. */
    ethicsReference: text(2, 500),
    commercial: yesOrNo(),
  }),
  settings: section({
    environment: oneOf(environments),
    /** Of an own environment: where it is and how it is guarded. */
    ownEnvironment: optionalText(2_000),
    assurances: someOf(assurances, 0),
    /** Countries from which the images are read, as ISO 3166-1 alpha-2 codes. */
    countries: {
      complete: z
        .array(z.string().regex(/^[A-Z]{2}$/, 'two capital letters, e.g. GB'))
        .min(1)
        .max(20),
      draft: z.array(z.string().max(2)).max(20),
    },
  }),
  data: section({
    /** Why these images, and why so many. */
    necessity: text(10, 2_000),
    /** What of it is not needed, and left out. */
    minimisation: text(10, 2_000),
    /** What becomes of what was derived when access ends. */
    afterwards: text(10, 2_000),
  }),
  outputs: section({
    kinds: someOf(outputKinds),
    /** How nothing that could point to a patient leaves with them. */
    disclosureControl: text(10, 2_000),
    publicationPlan: text(10, 2_000),
  }),
});
