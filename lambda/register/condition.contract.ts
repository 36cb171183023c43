import * as z from 'zod';
import { londonDate } from './identifiers.contract';

/** What an approval demands or allows beside what was asked for. Conditions stand in application, grant and letter. */

const words = z.string().trim().min(3).max(300);

export const condition = z.discriminatedUnion('code', [
  /** The images may be read outside the Data Access Environment. Without it a grant is `dae-only`, whatever was asked. */
  z.strictObject({ code: z.literal('direct-access'), text: words.optional() }),
  /** Nothing leaves the environment before a person has looked at it. */
  z.strictObject({ code: z.literal('outputs-reviewed'), text: words.optional() }),
  z.strictObject({ code: z.literal('publish-results'), text: words.optional() }),
  /** Access ends on an earlier day than was asked for. */
  z.strictObject({ code: z.literal('ends-earlier'), endsOn: londonDate, text: words.optional() }),
  z.strictObject({ code: z.literal('other'), text: words }),
]);

export const conditionCodes = [
  'direct-access',
  'outputs-reviewed',
  'publish-results',
  'ends-earlier',
  'other',
] as const;

/** Ten of 300 characters stand in each of a project's grants. */
export const conditions = z
  .array(condition)
  .max(10)
  .refine((all) => {
    const coded = all.map(({ code }) => code).filter((code) => code !== 'other');
    return new Set(coded).size === coded.length;
  }, 'each code once; only `other` may stand several times');

/** In plain words, for people. */
export const conditionWords = {
  'direct-access': 'The images may be read outside the Data Access Environment.',
  'outputs-reviewed': 'Outputs are reviewed by the platform before they leave the environment.',
  'publish-results': 'Results are published, whatever they are.',
  'ends-earlier': 'Access ends earlier than was asked for.',
  other: 'A condition of its own.',
} as const satisfies Record<(typeof conditionCodes)[number], string>;

export type Condition = z.infer<typeof condition>;
