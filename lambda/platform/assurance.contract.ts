import * as z from 'zod';
import { type Role, role } from './roles.contract';

/**
 * How strongly somebody has signed in, as the issuer says in a claim of the access token, and which roles ask for it.
 * Levels are those of NIST SP 800-63B: from AAL2 on a second factor was used.
 */

const claimName = z.string().regex(/^[A-Za-z_][\w:/.-]{0,99}$/, 'the name of a claim');

/** A value of `acr_values` cannot hold a space (OpenID Connect Core §3.1.2.1). */
const claimValue = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 printable ASCII characters without a space');

/** Which values of which claim mean AAL2 or better, and what a client asks the issuer for to get one. */
export const assuranceSettings = z
  .strictObject({
    claim: claimName.default('acr'),
    levels: z.strictObject({ high: z.array(claimValue).min(1) }),
    /** `acr_values` of an authorisation request; the values of `levels.high` where the claim is `acr`. */
    acrValues: z.array(claimValue).min(1).optional(),
  })
  .refine((settings) => settings.claim === 'acr' || settings.acrValues !== undefined, {
    path: ['acrValues'],
    message: 'what to ask the issuer for: only the values of `acr` can be asked for as they are',
  });

export type AssuranceSettings = z.infer<typeof assuranceSettings>;

/** `not-asked`: the configuration names no claim, so any sign-in counts. */
export const assuranceLevel = z.enum(['high', 'low', 'not-asked']);

export type AssuranceLevel = z.infer<typeof assuranceLevel>;

/** What the level of a sign-in takes from the roles of the register. */
export const signInStrength = z.object({ level: assuranceLevel, withheldRoles: z.array(role) });

export type SignInStrength = z.infer<typeof signInStrength>;

/**
 * Roles that a weak sign-in does not give: those that decide about other people's data, and the auditor, who decides
 * nothing but reads every application, decision and project. An uploader can read no image, and an applicant decides
 * nothing alone.
 */
export const strongRoles: readonly Role[] = ['reviewer', 'officer', 'auditor'];

/** The `acr_values` of a strong sign-in, in order of preference. */
export function acrValuesOf(settings: AssuranceSettings): readonly string[] {
  return settings.acrValues ?? settings.levels.high;
}

/** The level of a token: its claim is one of the values, or a list that holds one (`amr`). No claim is `low`. */
export function levelOf(
  settings: AssuranceSettings | null,
  claims: Readonly<Record<string, unknown>>,
): AssuranceLevel {
  if (settings === null) return 'not-asked';
  const said: unknown = Object.hasOwn(claims, settings.claim) ? claims[settings.claim] : undefined;
  const values: readonly unknown[] = Array.isArray(said) ? said : [said];
  return values.some((value) => settings.levels.high.some((high) => high === value)) ? 'high' : 'low';
}

/** Parts roles into those that a sign-in of this level gives and those that it does not. */
export function rolesAtLevel(
  level: AssuranceLevel,
  roles: readonly Role[],
): { roles: Role[]; withheldRoles: Role[] } {
  const withheld = (each: Role) => level === 'low' && strongRoles.includes(each);
  return {
    roles: roles.filter((each) => !withheld(each)),
    withheldRoles: roles.filter(withheld),
  };
}
