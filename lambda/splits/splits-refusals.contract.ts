import type { RefusalTable } from '../platform/platform-error';

/** Refusals of evaluation sets and of acknowledgements. */
export const splitsRefusals = {
  FILTER_INVALID: {
    status: 422,
    title: 'The filter of the set cannot be read.',
    fix: 'Correct it at the column that `detail` names.',
  },
  RELEASE_NOT_FOUND: {
    status: 404,
    title: 'There is no such published release.',
    fix: 'Check the version against GET /v1/releases; `nmip release list` shows it.',
  },
  NOTHING_HELD_OUT: {
    status: 422,
    title: 'The release has no held-out study in these collections.',
    fix: 'Check the ids of the collections, and the filter.',
  },
  QUOTAS_NOT_MET: {
    status: 422,
    title: 'Some strata have fewer patients than their minimum; no set was made.',
    fix: 'Lower the minimum of the strata in `strata`, or widen the collections or the filter.',
  },
  SET_NOT_FOUND: {
    status: 404,
    title: 'There is no such evaluation set, or no such version of it.',
    fix: 'Check the name against GET /v1/evaluation-sets.',
  },
  USE_NOT_FOUND: {
    status: 403,
    title:
      'The list of a set is given for a recorded use of this version only, to the officer who recorded it.',
    fix: 'Record the use first: POST /v1/evaluation-sets/{name}/versions/{version}/uses.',
  },
  PROJECT_NOT_FOUND: {
    status: 404,
    title: 'There is no such project.',
    fix: 'Check the id against GET /v1/projects.',
  },
  USES_EXHAUSTED: {
    status: 409,
    title: 'Models of this project have seen the set as often as is allowed.',
    fix: 'Make a set under another name: what has been seen often no longer tests anything.',
  },
  FINDING_NOT_FOUND: {
    status: 404,
    title: 'The last check for this release has no such finding.',
    fix: 'Read the findings again: one that has grown has another id.',
  },
  REPORT_NOT_FOUND: {
    status: 404,
    title: 'Nothing has been checked for such a release.',
    fix: 'Check the version of the release.',
  },
  REASON_DOES_NOT_FIT: {
    status: 422,
    title: 'A finding of this kind cannot be acknowledged for this reason, or not at all.',
    fix: 'Choose a reason that fits the kind; a patient in both splits, or the same person in both, is to be withdrawn from one.',
  },
} as const satisfies RefusalTable;
