import * as z from 'zod';

/** Identifiers of the register. All but the subject are minted by the platform and say nothing about anybody. */

const identifier = (prefix: string, name: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-hjkmnp-tv-z]{26}$`), `${name}: ${prefix}- and 26 characters`);

/**
 * `sub` of the OIDC issuer (OpenID Connect Core §2: at most 255 ASCII characters, case-sensitive). `#` is left out
 * because it separates the parts of a key; white space and control characters because nobody can see them.
 */
export const subject = z
  .string()
  .regex(/^[A-Za-z0-9._~@|:+=/-]{1,255}$/, 'a subject: 1 to 255 letters, digits and . _ ~ @ | : + = / -');

/**
 * Random name of a person in events, sessions and logs. Only the person's own record joins it to the subject, so that
 * record can be erased while the history stays whole.
 */
export const pseudonym = identifier('r', 'a pseudonym');

export const applicationId = identifier('a', 'an application id');
export const projectId = identifier('p', 'a project id');
export const grantId = identifier('g', 'a grant id');
/** A paper attached to an application. */
export const attachmentId = identifier('f', 'an attachment id');
export const credentialId = identifier('c', 'a credential id');
/** A list of studies that a project made of a release. */
export const cohortId = identifier('k', 'a cohort id');
export const revocationId = identifier('v', 'a revocation id');

/** Calendar date in Europe/London. */
export const londonDate = z.iso.date();

/** Instant in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime({ precision: 3 });

/** Counts the changes of a record from 1; every write is conditional on the one it read. */
export const version = z.number().int().min(1);

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 lower-case hex digits');
