import * as z from 'zod';
import { uid } from '../credentials/credentials.contract';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { CANARY_CHAIN, chainHead, PLATFORM_CHAIN } from '../register/event.contract';
import { recordedEvent } from '../register/event-chain.contract';
import {
  credentialId,
  grantId,
  instant,
  londonDate,
  projectId,
  pseudonym,
} from '../register/identifiers.contract';

/** What auditors are shown: the register's history as it was recorded, and who had, and used, access to images. */

/** A chain is named by the project or the person it tells of, or is that of the platform as a whole or of its canary. */
export const chainName = z.union([projectId, pseudonym, z.enum([PLATFORM_CHAIN, CANARY_CHAIN])]);

const next = z.string().max(1000).optional();

export const chainsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(100),
  next,
});

/** Every chain of the register with its head. */
export const chainsPage = z.object({
  chains: z.array(z.object({ chain: chainName, head: chainHead })),
  next: z.string().optional(),
});

export const chainQuery = z.object({
  /** Events after this one of the chain. */
  after: z.coerce.number().int().min(0).max(999_999_999).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

/** Events of a chain, each with all that stands in it. `head` was read before them, so they may reach past it. */
export const chainPage = z.object({
  chain: chainName,
  head: chainHead,
  events: z.array(recordedEvent),
});

export const checkpointsQuery = z.object({
  after: z.coerce.number().int().min(0).max(999_999_999_999).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

const checkpointUrl = z.object({ number: z.number().int().min(1), url: z.url() });

/** Where the checkpoints are to be had, each for a quarter of an hour. */
export const checkpointsPage = z.object({
  /** Head over all, as the register has it. */
  head: chainHead,
  checkpoints: z.array(checkpointUrl),
  /** On the last page: the one that the worker may have written without having moved the head yet. */
  underWay: checkpointUrl.optional(),
});

export const waitingQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(500),
  next,
});

/** Events that no checkpoint holds yet. */
export const waitingPage = z.object({ events: z.array(recordedEvent), next: z.string().optional() });

export const personName = z.object({ person: pseudonym });

export const accessQuery = z.object({ study: uid, next });

/** A grant that covers a study, or did. */
export const studyAccess = z.object({
  projectId,
  grantId,
  collection: collectionId,
  accessMode,
  /** The whole collection's development split, or studies that the grant lists. */
  scope: z.enum(['collection', 'studies']),
  startsOn: londonDate,
  endsOn: londonDate,
  status: z.enum(['active', 'revoked', 'ended', 'superseded']),
  /** When it stopped before or on its last day; absent while it holds. */
  stoppedAt: instant.optional(),
  /** Members of the project now; its history has those of other times. */
  members: z.array(pseudonym),
});

/** A page may be empty and still have a next: it is one of the projects that were looked through. */
export const accessPage = z.object({ access: z.array(studyAccess), next: z.string().optional() });

const period = {
  /** First and last day, UTC. */
  from: z.iso.date(),
  to: z.iso.date(),
};

export const issuesQuery = z.object({ project: projectId, study: uid.optional(), ...period, next });

/** A credential that somebody was given. */
export const issuedCredential = z.object({
  credentialId,
  projectId,
  grantId,
  person: pseudonym,
  accessMode,
  /** Null: all that the grant covers. */
  studies: z.array(z.string()).nullable(),
  issuedAt: instant,
  expiresAt: instant,
});

export const issuesPage = z.object({ issues: z.array(issuedCredential), next: z.string().optional() });

/** Days that one request looks through. */
export const MOST_DAYS_OF_READS = 31;

export const readsQuery = z.object({
  person: pseudonym.optional(),
  study: uid.optional(),
  project: projectId.optional(),
  ...period,
  next,
});

/** A request to the image store as CloudTrail recorded it, joined with the register. */
export const imageRead = z.object({
  at: z.string(),
  operation: z.string(),
  /** Null where the session says nobody's name: the platform's own functions, and viewers with a bearer token. */
  person: pseudonym.nullable(),
  credentialId: credentialId.nullable(),
  projectId: projectId.nullable(),
  grantId: grantId.nullable(),
  /** Role and session that asked. */
  principal: z.string(),
  study: z.string().nullable(),
  series: z.string().nullable(),
  instance: z.string().nullable(),
  /** Denied: by a policy. Failed: allowed, and not answered for another reason, such as that there is no such study. */
  outcome: z.enum(['allowed', 'denied', 'failed']),
  /** Of a request that was not answered. */
  errorCode: z.string().nullable(),
  /** Where the record says them. */
  bytes: z.number().int().nullable(),
  requestId: z.string(),
});

export const readsPage = z.object({ reads: z.array(imageRead), next: z.string().optional() });

export type ChainPage = z.infer<typeof chainPage>;
export type CheckpointsPage = z.infer<typeof checkpointsPage>;
export type StudyAccess = z.infer<typeof studyAccess>;
export type IssuedCredential = z.infer<typeof issuedCredential>;
export type ImageRead = z.infer<typeof imageRead>;
