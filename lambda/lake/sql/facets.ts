import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import type { releasedSeriesColumns } from '../lake-tables.contract';
import { stringLiteral } from './literals';
import { type ReleaseScope, releasedRows } from './released-rows';

/** What a search shows beside its result: columns with few values, each with how much has it. */
export const facetColumns = [
  'collection',
  'modality',
  'body_part',
  'view_position',
  'contrast',
  'manufacturer',
  'model',
  'kvp',
  'field_strength',
  'slice_thickness',
  'age_band',
  'sex',
  'ethnic_category',
  'imd_decile',
  'region',
  'trust_region',
] as const satisfies readonly (keyof typeof releasedSeriesColumns | 'collection')[];

export type FacetColumn = (typeof facetColumns)[number];

/** True counts of a value of a facet; value null where nothing is known. */
export const facetRow = z.object({
  facet: z.enum(facetColumns),
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  patients: z.number().int(),
  studies: z.number().int(),
});

export type FacetRow = z.infer<typeof facetRow>;

/** Rows of one facet. A patient with two modalities counts for each. */
export const facetSelect = (scope: ReleaseScope, filter: Filter, facet: FacetColumn): string =>
  `SELECT ${stringLiteral(facet)} AS facet, r.${facet} AS value,
count(DISTINCT r.patient_number) AS patients, count(DISTINCT r.study_number) AS studies
${releasedRows(scope, filter)}
GROUP BY r.${facet}
ORDER BY 2`;
