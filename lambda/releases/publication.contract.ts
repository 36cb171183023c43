import * as z from 'zod';

/** Who publishes releases, under which terms, and what they say beside the figures: part of the configuration. */

const text = (least: number, most: number) => z.string().trim().min(least).max(most);

export const emailAddress = z.email({ error: 'an e-mail address' });

export const webAddress = z.url({ protocol: /^https?$/, error: 'a web address' });

export const publication = z.strictObject({
  /** Name of the dataset, beside the version in every title and citation. */
  title: text(3, 100).default('National Medical Imaging Platform'),
  publisher: z.strictObject({
    name: text(2, 120),
    /** Research Organization Registry (ror.org) or another address that names it. */
    identifier: webAddress.max(50),
  }),
  /** Where questions about the data and requests for it go: an office, not a person. */
  contact: z.strictObject({ name: text(2, 120), email: emailAddress }),
  /** Terms under which approved people use the data. */
  licence: z.strictObject({ title: text(2, 200), address: webAddress }),
  /** Page that explains how to apply. */
  accessRequest: webAddress,
  funders: z.array(text(2, 200)).max(20).default([]),
  intendedUses: z
    .array(text(10, 500))
    .min(1)
    .max(50)
    .default([
      'Developing and evaluating software that reads medical images, within the purposes of each collection.',
      'Measuring how well such software works for each group of patients.',
    ]),
  usesToAvoid: z
    .array(text(10, 500))
    .min(1)
    .max(50)
    .default([
      'Identifying patients, or linking images with data that could.',
      'Decisions about the care or the cover of individuals.',
      'Estimating how common a disease is: who is in depends on who was imaged and where.',
      'Claims about groups that are missing or too few, as the datasheet lists them.',
    ]),
  /** What those who put the data together took for granted. */
  assumptions: z
    .array(text(10, 1000))
    .min(1)
    .max(50)
    .default([
      'Trusts that send images are not a random sample of trusts, and their patients not one of England.',
      'Codes of the trust’s own systems are taken as they are; nobody checked them against the person.',
    ]),
  /** How diagnoses or marks were put on images. */
  labels: text(10, 2000).default(
    'The platform adds no labels. What images and their headers say was written in routine care and was not checked for research.',
  ),
  /** Ways in which the data may mislead that figures do not show. */
  knownBiases: z
    .array(
      z.strictObject({
        kind: z.enum(['individual', 'acquisition', 'label']),
        subject: text(2, 120),
        description: text(10, 1000),
        mitigation: text(2, 1000).optional(),
      }),
    )
    .max(100)
    .default([
      {
        kind: 'individual',
        subject: 'access to imaging',
        description:
          'People are in only if they were referred for imaging and came. Groups that are referred later or less often are fewer, and more ill when they are imaged.',
      },
      {
        kind: 'individual',
        subject: 'opt-out',
        description:
          'People who have set a National Data Opt-out are not in. They are not spread evenly over ages and places.',
      },
      {
        kind: 'label',
        subject: 'routine reports',
        description:
          'Labels that users derive from routine reports carry the thresholds and omissions of those who wrote them, which may differ between groups of patients.',
      },
    ]),
});

export type Publication = z.output<typeof publication>;
