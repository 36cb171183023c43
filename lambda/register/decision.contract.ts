import * as z from 'zod';
import { conditions } from './condition.contract';
import { applicationId, instant, pseudonym } from './identifiers.contract';

/** A reviewer's word on a submitted application. One reviewer decides once in a round. */

export const decisionKind = z.enum(['approve', 'reject', 'return']);

/** Body of `POST /v1/applications/{id}/decisions`. A rejection or return says why; an approval may set conditions. */
export const decisionRequest = z
  .strictObject({
    decision: decisionKind,
    comment: z.string().trim().max(5_000).default(''),
    conditions: conditions.optional(),
  })
  .refine((request) => request.decision === 'approve' || request.comment.length > 0, {
    path: ['comment'],
    message: 'say why: the applicant reads it',
  })
  .refine((request) => request.decision === 'approve' || (request.conditions ?? []).length === 0, {
    path: ['conditions'],
    message: 'only an approval has conditions',
  });

/** What the application keeps of a decision to count by. */
export const countedDecision = z.object({
  reviewer: pseudonym,
  decision: decisionKind,
  decidedAt: instant,
  /** Of an approval. */
  conditions: conditions.default([]),
});

export const decision = countedDecision.extend({
  applicationId,
  round: z.number().int().min(1),
  comment: z.string(),
});

/** `APPLICATION#<id>` / `DECISION#<round>#<reviewer's pseudonym>`: the words of every round are kept. */
export const decisionRecord = decision.extend({
  pk: z.string().startsWith('APPLICATION#'),
  sk: z.string().startsWith('DECISION#'),
});

export type DecisionKind = z.infer<typeof decisionKind>;
export type DecisionRequest = z.infer<typeof decisionRequest>;
export type CountedDecision = z.infer<typeof countedDecision>;
export type Decision = z.infer<typeof decision>;
