import * as z from 'zod';
import { grantId, instant, projectId } from '../register/identifiers.contract';

/** A session that reads nothing, to measure with how long a revocation takes to reach sessions like it. */
export const canarySession = z.object({
  grantId,
  projectId,
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
  expiration: instant,
  region: z.string(),
  dicomwebEndpoint: z.string(),
  datastoreId: z.string(),
  /** Below the data store, what it may ask for and nobody has: 404 while it is allowed, 403 once it is denied. */
  path: z.string(),
});

export type CanarySession = z.infer<typeof canarySession>;

/** Reads before a revocation must be answered so: the session works. */
export const ALLOWED_STATUS = 404;

/** First answer after it. */
export const DENIED_STATUS = 403;
