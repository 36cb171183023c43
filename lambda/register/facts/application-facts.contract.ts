import * as z from 'zod';
import { accessMode, collectionId } from '../../platform/configuration.contract';
import { conditionCodes } from '../condition.contract';
import { decisionKind } from '../decision.contract';
import { applicationId, londonDate, pseudonym, sha256 } from '../identifiers.contract';

const applicationRound = { applicationId, round: z.number().int().min(0) };
const conditions = { conditions: z.array(z.enum(conditionCodes)), conditionsDigest: sha256 };

/** What happened to an application; free text enters as a digest. */
export const applicationFacts = [
  z.object({
    type: z.literal('application-drafted'),
    data: z.object({
      ...applicationRound,
      kind: z.enum(['new', 'amendment', 'renewal']),
      edition: z.number().int().min(1),
      contentDigest: sha256,
    }),
  }),
  z.object({
    type: z.literal('application-changed'),
    data: z.object({ ...applicationRound, contentDigest: sha256 }),
  }),
  z.object({
    type: z.literal('application-submitted'),
    data: z.object({
      ...applicationRound,
      contentDigest: sha256,
      collection: collectionId,
      accessMode,
      requestedEndsOn: londonDate,
      duoMatch: z.enum(['true', 'false', 'needs-validation']),
      /** People and organisations that the applicant declares to be in conflict of interest. */
      declaredConflicts: z.number().int().min(0),
      members: z.array(pseudonym),
    }),
  }),
  z.object({
    type: z.literal('decision-recorded'),
    data: z.object({ ...applicationRound, decision: decisionKind, commentDigest: sha256, ...conditions }),
  }),
  z.object({ type: z.literal('application-returned'), data: z.object(applicationRound) }),
  z.object({
    type: z.literal('application-approved'),
    data: z.object({ ...applicationRound, reviewers: z.array(pseudonym), ...conditions }),
  }),
  z.object({
    type: z.literal('application-rejected'),
    data: z.object({ ...applicationRound, reviewers: z.array(pseudonym) }),
  }),
  z.object({ type: z.literal('application-closed'), data: z.object(applicationRound) }),
] as const;
