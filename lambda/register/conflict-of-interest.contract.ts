import * as z from 'zod';
import type { Field } from './draftable.contract';

/**
 * Interests that the applicant declares: people and organisations who may not review this application, with the reason. That
 * there are none is a declaration too, and must be made.
 */

const reason = z.string().trim().min(3).max(1_000);

const conflict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), subject: z.string().trim().min(1).max(255), reason }),
  z.strictObject({
    kind: z.literal('organisation'),
    organisation: z.string().trim().min(2).max(200),
    reason,
  }),
]);

const draftConflict = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    subject: z.string().max(255).optional(),
    reason: z.string().max(1_000).optional(),
  }),
  z.strictObject({
    kind: z.literal('organisation'),
    organisation: z.string().max(200).optional(),
    reason: z.string().max(1_000).optional(),
  }),
]);

const none = z.strictObject({ declared: z.literal('none') });

export const conflictsOfInterest = {
  complete: z.discriminatedUnion('declared', [
    none,
    z.strictObject({ declared: z.literal('some'), conflicts: z.array(conflict).min(1).max(20) }),
  ]),
  draft: z.discriminatedUnion('declared', [
    none,
    z.strictObject({ declared: z.literal('some'), conflicts: z.array(draftConflict).max(20).default([]) }),
  ]),
} satisfies Field;

export type ConflictsOfInterest = z.infer<typeof conflictsOfInterest.complete>;
