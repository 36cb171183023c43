import { z } from 'zod';

/**
 * Pieces of property schemas. `withoutEffect` marks a property that means nothing on one machine; a property that a
 * schema does not name at all is refused.
 */
export const withoutEffect = z.unknown().optional();

/** CloudFormation gives numbers and booleans as text where they come from parameters. */
export const count = z.coerce.number().int();
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

export const tags = z
  .array(z.object({ Key: z.string(), Value: z.string() }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])));

/** A policy document: JSON as CloudFormation holds it; IAM checks it where it is put. */
export const policyDocument = z.looseObject({ Statement: z.unknown() });
