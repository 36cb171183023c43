import * as z from 'zod';
import { accessMode, collectionId } from '../../platform/configuration.contract';
import { withdrawalId } from '../../withdrawal/withdrawal.contract';
import { grantScope, reminderStep, revocationReason } from '../grant.contract';
import { grantId, londonDate, projectId, pseudonym, revocationId } from '../identifiers.contract';

/** What happened to what a project may read. */
export const grantFacts = [
  z.object({
    type: z.literal('grant-given'),
    data: z.object({
      projectId,
      grantId,
      collection: collectionId,
      split: z.literal('development'),
      scope: grantScope,
      accessMode,
      startsOn: londonDate,
      endsOn: londonDate,
      members: z.array(pseudonym),
    }),
  }),
  z.object({
    type: z.literal('member-revoked'),
    data: z.object({ revocationId, projectId, person: pseudonym, reason: revocationReason }),
  }),
  z.object({
    type: z.literal('grant-revoked'),
    data: z.object({ revocationId, projectId, grantId, reason: revocationReason }),
  }),
  /** With all that it still held. */
  z.object({
    type: z.literal('project-revoked'),
    data: z.object({
      revocationId,
      projectId,
      grants: z.array(grantId),
      reason: revocationReason,
    }),
  }),
  /** An amendment or a renewal was approved, and its grant took this one's place. */
  z.object({
    type: z.literal('grant-superseded'),
    data: z.object({
      projectId,
      grantId,
      by: grantId,
      /** Whether somebody may read less than before. */
      narrows: z.boolean(),
      joined: z.array(pseudonym),
      left: z.array(pseudonym),
    }),
  }),
  /** Time has brought it about: the actor is `schedule`. */
  z.object({
    type: z.literal('grant-ended'),
    data: z.object({
      projectId,
      grantId,
      because: z.enum(['last-day-over', 'legal-basis-ended', 'collection-closed']),
      /** Of the denial of sessions that were cut to a later day; null: none can be running. */
      revocationId: revocationId.nullable(),
    }),
  }),
  /** No grant is left, and none comes. */
  z.object({ type: z.literal('project-ended'), data: z.object({ projectId }) }),
  /** People are told once for each grant and step. */
  z.object({
    type: z.literal('reminder-due'),
    data: z.object({
      projectId,
      grantId,
      daysBefore: reminderStep,
      daysLeft: z.number().int().min(0),
      lastDay: londonDate,
    }),
  }),
  /** Studies of a collection for which the project has a grant are gone; of why nothing is said. */
  z.object({
    type: z.literal('study-withdrawn'),
    data: z.object({ withdrawalId, collection: collectionId, studies: z.array(z.string()).min(1) }),
  }),
] as const;
