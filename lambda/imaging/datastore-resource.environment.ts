import * as z from 'zod';

/** Environment of `imaging/datastore-resource`. */
export const datastoreResourceEnvironment = z.object({});
