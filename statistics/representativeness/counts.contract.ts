import * as z from 'zod';
import { type Cell, cell } from './cell.contract';

/** Names of attributes are those of the catalogue's columns. */
export const attributeName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'small letters, joined by underscores');

/** Code of a group; blank where nothing is recorded. */
export const groupName = z.string().max(80);

/** People of a group, and their images. */
export interface GroupCount {
  readonly people: Cell;
  /** Null where images were not counted. */
  readonly images: Cell | null;
}

const peopleAndImages = z.strictObject({ people: cell, images: cell.optional() });

/** A cell for the people alone, or `{people, images}`. */
export const groupCount = z.unknown().transform((value, context): GroupCount => {
  const both = typeof value === 'object' && value !== null && Object.hasOwn(value, 'people');
  const parsed = peopleAndImages.safeParse(both ? value : { people: value });
  if (parsed.success) {
    const { people, images } = parsed.data;
    return { people, images: images ?? null };
  }
  for (const issue of parsed.error.issues)
    context.addIssue({
      code: 'custom',
      path: both ? issue.path : issue.path.slice(1),
      message: issue.message,
      params: issue.code === 'custom' ? issue.params : undefined,
    });
  return z.NEVER;
});

/**
 * For the standardised ratio. Both counts are of the same people: those of whom age, sex and ethnic group are all known.
 */
export const ethnicityByAgeAndSex = z.strictObject({
  /** Which list of ethnic groups is counted. */
  attribute: z.enum(['ethnic_group', 'ethnic_category']),
  peopleByGroup: z.record(groupName, cell),
  peopleByAgeAndSex: z.array(z.strictObject({ ageBand: groupName, sex: groupName, people: cell })).max(1000),
});

/** What one trust sent: for reports that stay inside the platform. */
export const trustMissing = z.strictObject({
  people: cell,
  /** People of whom an attribute is not known, by attribute. */
  missing: z.record(attributeName, cell),
});

/** Counts of people to be compared with a population: of a release, a collection, a cohort, or any other set of images. */
export const peopleCounts = z.strictObject({
  /** What was counted, for the heading. */
  name: z.string().min(1).max(200),
  /** Attribute, group, people; groups by which nothing is known (`Z`, `99`, blank) among them. */
  attributes: z.record(attributeName, z.record(groupName, groupCount)),
  ethnicityByAgeAndSex: ethnicityByAgeAndSex.optional(),
  /** By region of the trust: researchers may see it. */
  trustRegions: z.record(z.string().min(1).max(20), trustMissing).optional(),
  /** By ODS code. */
  trusts: z.record(z.string().min(1).max(20), trustMissing).optional(),
});

export type PeopleCounts = z.infer<typeof peopleCounts>;
export type AttributeCounts = PeopleCounts['attributes'][string];
export type EthnicityByAgeAndSex = z.infer<typeof ethnicityByAgeAndSex>;
export type TrustMissing = z.infer<typeof trustMissing>;
