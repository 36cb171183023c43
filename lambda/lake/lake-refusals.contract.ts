import type { RefusalTable } from '../platform/platform-error';

/** Refusals of every route that asks the lake. */
export const lakeRefusals = {
  CATALOGUE_BUSY: {
    status: 503,
    title: 'The catalogue did not answer in time, or changed each time that it was asked.',
    fix: 'Ask again in a minute. The same request does nothing twice.',
  },
} as const satisfies RefusalTable;
