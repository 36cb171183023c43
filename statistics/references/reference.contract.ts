import * as z from 'zod';
import { mostPeople } from '../representativeness/cell.contract';
import { attributeName, groupName } from '../representativeness/counts.contract';
import { countIssue } from '../representativeness/fault-issue';

/** People of a population in a group. */
const people = z.unknown().transform((value, context): number => {
  const issue = countIssue(value, mostPeople);
  if (issue === null) return value as number;
  context.issues.push({ ...issue, input: value });
  return z.NEVER;
});

/** A population to compare with: the people of a country, those who had a kind of imaging, those with a disease. */
export const reference = z.strictObject({
  /** By which reports name it. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'small letters, digits and hyphens'),
  /** Who these people are, as readers should see it: `England, Census 2021`. */
  label: z.string().min(1).max(120),
  /** Where the counts come from. */
  source: z.string().min(1).max(1000),
  /** Day for which the counts hold. */
  date: z.iso.date(),
  licence: z.string().min(1).max(200),
  /** What a reader should know of how it was counted. */
  note: z.string().max(2000).optional(),
  /** Attribute, group, people. */
  attributes: z.record(attributeName, z.record(groupName, people)),
  /** For the standardised ratio: every age band with every sex and ethnic group. */
  ethnicityByAgeAndSex: z
    .strictObject({
      attribute: z.enum(['ethnic_group', 'ethnic_category']),
      people: z
        .array(z.strictObject({ ageBand: groupName, sex: groupName, group: groupName, people }))
        .max(10_000),
    })
    .optional(),
});

export type Reference = z.infer<typeof reference>;
export type ReferenceTable = NonNullable<Reference['ethnicityByAgeAndSex']>;
