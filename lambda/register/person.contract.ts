import * as z from 'zod';
import { nhsNumberLocation, odsCode, trustConfiguration } from '../platform/configuration.contract';
import { role } from '../platform/roles.contract';
import { instant, pseudonym, subject, version } from './identifiers.contract';

/** Who a person is to the platform. Roles stand here and nowhere else; a token's claims give none. */

export const organisationName = z.string().trim().min(2).max(200);

const rolesAndPlace = {
  roles: z
    .array(role)
    .max(role.options.length)
    .refine((roles) => new Set(roles).size === roles.length, 'each role once'),
  /** ODS code of the one trust that an uploader sends for. */
  trust: odsCode.optional(),
  /** Where the person works. No reviewer decides on an application of their own organisation. */
  organisation: organisationName.optional(),
};

/** Body of `PUT /v1/people/{subject}`. */
export const personInput = z
  .strictObject(rolesAndPlace)
  .refine((person) => !person.roles.includes('uploader') || person.trust !== undefined, {
    path: ['trust'],
    message: 'an uploader sends for one trust: give its ODS code',
  })
  .refine(
    (person) =>
      !person.roles.some((each) => each === 'reviewer' || each === 'applicant') ||
      person.organisation !== undefined,
    {
      path: ['organisation'],
      message: 'applicants and reviewers need an organisation: conflicts of interest are judged by it',
    },
  );

export const person = z.object({
  subject,
  pseudonym,
  ...rolesAndPlace,
  version,
  recordedAt: instant,
});

/** A person as the API shows them to officers; the pseudonym is for the history alone. */
export const personView = person.pick({
  subject: true,
  roles: true,
  trust: true,
  organisation: true,
  version: true,
});

/** `PERSON#<subject>` / `PERSON`. */
export const personRecord = person.extend({
  pk: z.string().startsWith('PERSON#'),
  sk: z.literal('PERSON'),
});

/**
 * What the request authoriser puts into the context as JSON under `person`. `pseudonym` is null for somebody whom the
 * register does not know.
 */
export const authorisedPerson = z.object({
  pseudonym: pseudonym.nullable(),
  ...rolesAndPlace,
});

/** Answer of `GET /v1/me`. `trustConfiguration` only for uploaders: where their files hold the NHS number. */
export const me = z.object({
  subject,
  ...rolesAndPlace,
  known: z.boolean(),
  trustConfiguration: trustConfiguration
    .pick({ odsCode: true, name: true, region: true })
    .extend({ nhsNumbers: z.array(nhsNumberLocation) })
    .optional(),
});

export type PersonInput = z.infer<typeof personInput>;
export type Person = z.infer<typeof person>;
export type AuthorisedPerson = z.infer<typeof authorisedPerson>;
export type Me = z.infer<typeof me>;
