import * as z from 'zod';
import { odsCode } from './configuration.contract';
import { refuseRequest } from './http-errors';
import { type Role, role } from './roles.contract';

/** The `person` member (JSON text) of the authoriser's context. */
export const personContext = z.object({
  pseudonym: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  roles: z.array(role).default([]),
  trust: odsCode.nullish().transform((value) => value ?? null),
  organisation: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});

/** Who sends a request, as the authoriser found them in token and register. */
export interface RequestPerson {
  /** Subject of the token, unique within the issuer. */
  readonly subject: string;
  /** The register's random name of the person; null for somebody whom it does not know. */
  readonly pseudonym: string | null;
  readonly roles: readonly Role[];
  /** ODS code of the one trust for which the person acts. */
  readonly trust: string | null;
  readonly organisation: string | null;
}

const authoriserContext = z.object({ subject: z.string().min(1), person: z.string() });

/**
 * Reads the person from the context that the REST API's Lambda authoriser returned.
 * @throws PlatformError NOT_SIGNED_IN where there is none.
 */
export function readRequestPerson(context: unknown): RequestPerson {
  const outer = authoriserContext.safeParse(context);
  if (!outer.success) throw refuseRequest('NOT_SIGNED_IN');
  let inner: unknown;
  try {
    inner = JSON.parse(outer.data.person);
  } catch {
    throw refuseRequest('NOT_SIGNED_IN');
  }
  const person = personContext.safeParse(inner);
  if (!person.success) throw refuseRequest('NOT_SIGNED_IN');
  return { subject: outer.data.subject, ...person.data };
}
