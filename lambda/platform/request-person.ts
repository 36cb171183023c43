import * as z from 'zod';
import { assuranceLevel, type SignInStrength } from './assurance.contract';
import { odsCode } from './configuration.contract';
import { refuseRequest } from './http-errors';
import type { PlatformError } from './platform-error';
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
  signIn: z
    .object({ level: assuranceLevel, withheldRoles: z.array(role) })
    .default({ level: 'low', withheldRoles: [] }),
});

/** Who sends a request, as the authoriser found them in token and register. */
export interface RequestPerson {
  /** Subject of the token, unique within the issuer. */
  readonly subject: string;
  /** The register's random name of the person; null for somebody whom it does not know. */
  readonly pseudonym: string | null;
  /** Roles of the register that this sign-in gives. */
  readonly roles: readonly Role[];
  /** ODS code of the one trust for which the person acts. */
  readonly trust: string | null;
  readonly organisation: string | null;
  readonly signIn: SignInStrength;
}

/** The refusal of somebody who holds none of `roles`: whether signing in more strongly would do, or nothing they can do. */
export function refuseRoles(person: Pick<RequestPerson, 'signIn'>, roles: readonly Role[]): PlatformError {
  const withheld = roles.filter((each) => person.signIn.withheldRoles.includes(each));
  if (withheld.length === 0)
    return refuseRequest('ROLE_REQUIRED', { detail: `This needs the role ${roles.join(' or ')}.` });
  return refuseRequest('SIGN_IN_TOO_WEAK', {
    detail: `You hold the role ${withheld.join(' and ')}, but signed in without a second factor.`,
    extensions: { roles: withheld },
  });
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
