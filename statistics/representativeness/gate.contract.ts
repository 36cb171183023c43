import * as z from 'zod';
import { attributeName, groupName } from './counts.contract';

/** What a platform asks of whom a cohort or a release represents. */
export const representativenessGate = z.strictObject({
  /** Ratio that the worst group of each attribute must reach, or a reason is put on record. 0 asks nothing. */
  lowestRatio: z.number().min(0).max(1),
});

const where = { reference: z.string(), attribute: attributeName };
const group = { group: groupName, label: z.string() };

/** Why a reason is needed: a group, or an attribute, that is not shown to reach the bound. */
export const gateFinding = z.discriminatedUnion('finding', [
  z.strictObject({
    finding: z.literal('below-bound'),
    ...where,
    ...group,
    ratio: z.number().min(0),
    /** Against what the population would have at the same ages and sexes. */
    standardised: z.boolean(),
  }),
  z.strictObject({
    finding: z.literal('suppressed'),
    ...where,
    ...group,
    /** Null where any number may stand behind the cell. */
    ratioAtMost: z.number().min(0).nullable(),
  }),
  z.strictObject({ finding: z.literal('not-compared'), ...where }),
]);

export const gateDecision = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passes') }),
  z.strictObject({ kind: z.literal('needs-reason'), findings: z.array(gateFinding).min(1) }),
]);

export type RepresentativenessGate = z.infer<typeof representativenessGate>;
export type GateFinding = z.infer<typeof gateFinding>;
export type GateDecision = z.infer<typeof gateDecision>;
