import * as z from 'zod';
import { accessMode } from '../platform/configuration.contract';
import {
  credentialId,
  grantId,
  instant,
  projectId,
  pseudonym,
  version,
} from '../register/identifiers.contract';

/** A credential: a short STS session cut from a grant. */

/** More do not fit a session policy of 2,048 characters. */
export const MOST_STUDIES = 20;

/** A request is repeated within seconds, and not more often than any client tries. */
export const MOST_DELIVERIES = 10;

/** A UID: numbers without leading zeros joined by points, 64 characters at most (DICOM PS3.5 §9.1). */
export const uid = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a DICOM UID');

/** Body of `POST /v1/projects/{id}/credentials`: for these studies, or for the whole grant. */
export const credentialsRequest = z.strictObject({
  studies: z
    .array(uid)
    .min(1)
    .max(MOST_STUDIES)
    .refine((studies) => new Set(studies).size === studies.length, 'each study once')
    .optional(),
});

/** Answer of `POST /v1/projects/{id}/credentials`. */
export const credentialsResponse = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
  expiration: instant,
  region: z.string(),
  dicomwebEndpoint: z.string(),
  datastoreId: z.string(),
  grantId,
});

const common = {
  id: credentialId,
  projectId,
  grantId,
  accessMode,
  person: pseudonym,
  /** Null: the whole collection's development split. */
  studies: z.array(uid).nullable(),
  issuedAt: instant,
  durationSeconds: z.number().int().min(900).max(3600),
  /** Latest instant at which a session of it can still live. */
  expiresAt: instant,
  /** How often STS was to be asked: more than once where the request was repeated, since no session is kept. */
  deliveries: z.number().int().min(1).max(MOST_DELIVERIES),
  /** Access key ids of the sessions that were made, which join them to CloudTrail. */
  accessKeyIds: z.array(z.string()).max(MOST_DELIVERIES),
  version,
};

/** What the register keeps of an issue; nothing in it opens anything. */
export const issue = z.discriminatedUnion('state', [
  /** Written before STS is asked. Whoever finds it later must suppose that the session exists. */
  z.object({ ...common, state: z.literal('recorded') }),
  z.object({
    ...common,
    state: z.literal('delivered'),
    /** Per cent of what STS takes. */
    packedPolicySize: z.number().int().min(0).max(100).nullable(),
  }),
  z.object({ ...common, state: z.literal('failed'), code: z.string() }),
]);

/** `PROJECT#<id>` / `ISSUE#<credential>`. */
export const issueRecord = issue.and(
  z.object({ pk: z.string().startsWith('PROJECT#'), sk: z.string().startsWith('ISSUE#') }),
);

/** `CREDENTIAL#<credential>` / `ISSUE`. */
export const credentialPointer = z.object({ projectId });

export type CredentialsRequest = z.infer<typeof credentialsRequest>;
export type CredentialsResponse = z.infer<typeof credentialsResponse>;
export type Issue = z.infer<typeof issue>;
export type RecordedIssue = Extract<Issue, { state: 'recorded' }>;
