import { catalogueRefusals } from '../catalogue/catalogue-routes.contract';
import { lakeRefusals } from '../lake/lake-refusals.contract';
import type { RefusalTable } from '../platform/platform-error';
import { queryRefusals } from './query-refusals.contract';

const readTheFilters =
  'Change the filter at the column that is named; docs/filters.md has fields and values.';

/** Why a text is no filter. */
export const filterRefusals = {
  FILTER_TOO_LONG: { status: 400, title: 'The filter is too long.', fix: readTheFilters },
  FILTER_TOO_DEEP: {
    status: 400,
    title: 'The filter has too many conditions or brackets.',
    fix: readTheFilters,
  },
  FILTER_CHARACTER: { status: 400, title: 'The filter has a sign that no filter has.', fix: readTheFilters },
  FILTER_SYNTAX: { status: 400, title: 'The filter cannot be read.', fix: readTheFilters },
  FILTER_UNKNOWN_FIELD: { status: 400, title: 'There is no such field.', fix: readTheFilters },
  FILTER_OPERATOR: { status: 400, title: 'The field does not have this operator.', fix: readTheFilters },
  FILTER_UNKNOWN_VALUE: { status: 400, title: 'The field does not have this value.', fix: readTheFilters },
  FILTER_NUMBER: { status: 400, title: 'This is no number that the field can have.', fix: readTheFilters },
} as const satisfies RefusalTable;

/** Why nothing is counted now, or at all. */
export const countRefusals = {
  ...catalogueRefusals,
  ...filterRefusals,
  RELEASE_NOT_FOUND: {
    status: 404,
    title: 'There is no such published release.',
    fix: 'Leave the release out for the latest one; `nmip release list` (GET /v1/releases) lists them.',
  },
  ...lakeRefusals,
} as const satisfies RefusalTable;

export const cohortRefusals = {
  COHORT_NOT_FOUND: {
    status: 404,
    title: 'There is no such cohort, or it is not yours to see.',
    fix: 'Check the id: `nmip cohort list --project p-…` (GET /v1/cohorts) lists those of a project.',
  },
  COHORT_VERSION_NOT_FOUND: {
    status: 404,
    title: 'The cohort has no such version.',
    fix: '`nmip cohort show k-…` (GET /v1/cohorts/{id}) lists its versions.',
  },
  COHORT_REASON_NEEDED: {
    status: 409,
    title: 'The cohort is not shown to represent everybody as asked, and no reason is given.',
    fix: 'Look at the report, change the filter, or send the request again with a reason of 20 characters or more.',
  },
  COHORT_TOO_LARGE: {
    status: 409,
    title: 'The cohort has more studies than one list holds.',
    fix: 'Make several cohorts of narrower filters.',
  },
  LIST_FOR_MEMBERS: {
    status: 403,
    title: 'The list of studies is for the members of an active project.',
    fix: 'Ask a member of the project; counts and the report are open to you.',
  },
} as const satisfies RefusalTable;

export const allCohortRefusals = {
  ...countRefusals,
  ...cohortRefusals,
  ...queryRefusals,
} as const satisfies RefusalTable;
