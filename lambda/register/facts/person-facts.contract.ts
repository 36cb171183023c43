import * as z from 'zod';
import { odsCode } from '../../platform/configuration.contract';
import { role } from '../../platform/roles.contract';
import { pseudonym } from '../identifiers.contract';
import { organisationName, personKind } from '../person.contract';

/** What happened to the record of a person. */
export const personFacts = [
  z.object({ type: z.literal('person-introduced'), data: z.object({ person: pseudonym }) }),
  z.object({
    type: z.literal('person-recorded'),
    data: z.object({
      person: pseudonym,
      kind: personKind.optional(),
      roles: z.array(role),
      trust: odsCode.nullable(),
      organisation: organisationName.nullable(),
    }),
  }),
] as const;
