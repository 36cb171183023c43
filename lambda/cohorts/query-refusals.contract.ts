/** Why a question about a release is not answered, or a cohort not made. */
export const queryRefusals = {
  COUNT_TOO_SIMILAR: {
    status: 409,
    title: 'The answer could single out fewer than eight people.',
    fix: 'Use the count of the filter that you changed last, or change it by eight people or more: fewer conditions or wider values. Asking the same again is refused again. A facet that is refused leaves the count and the other facets; ask for it with a wider filter.',
  },
  DAILY_QUESTIONS_USED: {
    status: 429,
    title: 'The project has asked its new questions of today.',
    fix: 'Ask again tomorrow. Questions that were answered before are answered at any time.',
  },
  PROJECT_QUESTIONS_USED: {
    status: 409,
    title: 'The project has asked all its new questions about this release.',
    fix: 'Questions that were answered before are answered still. Write to the platform team if you need more.',
  },
  RELEASE_QUESTIONS_USED: {
    status: 409,
    title: 'This release takes no new questions.',
    fix: 'Questions that were answered before are answered still. Ask about the next release.',
  },
  COHORT_TOO_SMALL: {
    status: 409,
    title: 'A cohort needs at least eight patients.',
    fix: 'Widen the filter.',
  },
  COHORT_TOO_SIMILAR: {
    status: 409,
    title: 'The cohort, with counts that were shown, could single out fewer than eight people.',
    fix: 'Make the cohort of a filter whose count was shown, or change the filter by more people.',
  },
} as const;
