import * as z from 'zod';
import { accessMode } from '../../platform/configuration.contract';
import { credentialId, grantId, instant } from '../identifiers.contract';

/** What happened to requests for credentials. */
export const credentialFacts = [
  z.object({
    type: z.literal('credential-issued'),
    data: z.object({
      credentialId,
      grantId,
      /** Null: all of the grant, which is a collection's development split. */
      studies: z.array(z.string()).nullable(),
      accessMode,
      expiresAt: instant,
    }),
  }),
  z.object({
    type: z.literal('credential-refused'),
    data: z.object({ code: z.string(), grantId: grantId.nullable() }),
  }),
  /** The issue stands in the register but no session was made: nobody holds it. */
  z.object({
    type: z.literal('credential-failed'),
    data: z.object({ credentialId, grantId, code: z.string() }),
  }),
] as const;
