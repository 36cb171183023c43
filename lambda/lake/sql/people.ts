import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** What is known of patients themselves. */
export const peopleAttributes = ['age_band', 'sex', 'ethnic_category', 'imd_decile', 'region'] as const;
export type PeopleAttribute = (typeof peopleAttributes)[number];

const text = z.string().nullable();

/** True counts of the people who have the same of every attribute asked for; null where it is not known. */
export const peopleRow = z.object({
  age_band: text.optional(),
  sex: text.optional(),
  ethnic_category: text.optional(),
  imd_decile: z.number().int().nullable().optional(),
  region: text.optional(),
  people: z.number().int(),
  studies: z.number().int(),
  images: z.number().int(),
});

export type PeopleRow = z.infer<typeof peopleRow>;

/** Column by column, the smallest value of a patient: a release gives each patient one. */
const ofPatient = (attribute: PeopleAttribute): string => `min(r.${attribute}) AS ${attribute}`;

/**
 * The people of a filter in a table crossed by these attributes: whoever wants the count by one of them, or by two, adds up.
 */
export function peopleSelect(
  scope: ReleaseScope,
  filter: Filter,
  attributes: readonly PeopleAttribute[],
): string {
  const names = attributes.map((name) => `p.${name}`);
  const grouped =
    attributes.length === 0 ? '' : `\nGROUP BY ${names.join(', ')}\nORDER BY ${names.join(', ')}`;
  return `SELECT ${[...names, 'count(*) AS people'].join(', ')}, coalesce(sum(p.studies), 0) AS studies, coalesce(sum(p.images), 0) AS images
FROM (SELECT ${['r.patient_number', ...attributes.map(ofPatient)].join(', ')},
count(DISTINCT r.study_number) AS studies, sum(r.instances) AS images
${releasedRows(scope, filter)}
GROUP BY r.patient_number) p${grouped}`;
}

/** People of a trust of whom something is not known. Inside the platform only: it names the trust. */
export const missingPeopleRow = z.object({
  trust: z.string(),
  people: z.number().int(),
  age_band: z.number().int(),
  sex: z.number().int(),
  ethnic_category: z.number().int(),
  imd_decile: z.number().int(),
  region: z.number().int(),
});

export const missingPeopleSelect = (scope: ReleaseScope, filter: Filter): string =>
  `SELECT p.trust, count(*) AS people, ${peopleAttributes.map((name) => `count(*) - count(p.${name}) AS ${name}`).join(', ')}
FROM (SELECT r.trust, r.patient_number, ${peopleAttributes.map(ofPatient).join(', ')}
${releasedRows(scope, filter)}
GROUP BY r.trust, r.patient_number) p
GROUP BY p.trust
ORDER BY p.trust`;

const seriesFacts = [
  'body_part',
  'manufacturer',
  'model',
  'kvp',
  'field_strength',
  'slice_thickness',
  'view_position',
  'contrast',
] as const;

/** Series of a modality that do not say something of how they were taken. */
export const missingFactsRow = z.object({
  modality: z.string().nullable(),
  series: z.number().int(),
  ...(Object.fromEntries(seriesFacts.map((name) => [name, z.number().int()])) as Record<
    (typeof seriesFacts)[number],
    z.ZodNumber
  >),
});

export const missingFactsSelect = (scope: ReleaseScope, filter: Filter): string =>
  `SELECT r.modality, count(*) AS series, ${seriesFacts.map((name) => `count(*) - count(r.${name}) AS ${name}`).join(', ')}
${releasedRows(scope, filter)}
GROUP BY r.modality
ORDER BY r.modality`;
