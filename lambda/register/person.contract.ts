import * as z from 'zod';
import { signInStrength } from '../platform/assurance.contract';
import { nhsNumberLocation, odsCode, trustConfiguration } from '../platform/configuration.contract';
import { type Role, role } from '../platform/roles.contract';
import { instant, pseudonym, subject, version } from './identifiers.contract';

/** Who a person is to the platform. Roles stand here and nowhere else; a token's claims give none. */

export const organisationName = z.string().trim().min(2).max(200);

/** A client of the issuer that signs in by a key of its own, so that a trust can send unattended. Absent: a person. */
export const personKind = z.literal('machine');

const rolesAndPlace = {
  kind: personKind.optional(),
  roles: z
    .array(role)
    .max(role.options.length)
    .refine((roles) => new Set(roles).size === roles.length, 'each role once'),
  /** ODS code of the one trust that an uploader sends for. */
  trust: odsCode.optional(),
  /** Where the person works. No reviewer decides on an application of their own organisation. */
  organisation: organisationName.optional(),
};

/** A machine sends images and can do nothing else, whoever holds its key. */
function isMachineOrPerson({
  kind,
  roles,
}: {
  kind?: 'machine' | undefined;
  roles: readonly Role[];
}): boolean {
  return kind === undefined || roles.every((each) => each === 'uploader');
}

const machineRoles = {
  path: ['roles'],
  message: 'a machine can be an uploader and nothing else',
};

/** Body of `PUT /v1/people/{subject}`. */
export const personInput = z
  .strictObject(rolesAndPlace)
  .refine(isMachineOrPerson, machineRoles)
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

const personFields = z.object({
  subject,
  pseudonym,
  ...rolesAndPlace,
  version,
  recordedAt: instant,
});

export const person = personFields.refine(isMachineOrPerson, machineRoles);

/** A person as the API shows them to officers; the pseudonym is for the history alone. */
export const personView = personFields.pick({
  subject: true,
  kind: true,
  roles: true,
  trust: true,
  organisation: true,
  version: true,
});

/** `PERSON#<subject>` / `PERSON`. */
export const personRecord = personFields
  .extend({ pk: z.string().startsWith('PERSON#'), sk: z.literal('PERSON') })
  .refine(isMachineOrPerson, machineRoles);

/**
 * What the request authoriser puts into the context as JSON under `person`. `pseudonym` is null for somebody whom the
 * register does not know.
 */
export const authorisedPerson = z.object({
  pseudonym: pseudonym.nullable(),
  ...rolesAndPlace,
  signIn: signInStrength,
});

/** Answer of `GET /v1/me`: `roles` are those that this sign-in gives. `trustConfiguration` only for uploaders: where their files hold the NHS number. */
export const me = z.object({
  subject,
  ...rolesAndPlace,
  known: z.boolean(),
  signIn: signInStrength,
  trustConfiguration: trustConfiguration
    .pick({ odsCode: true, name: true, region: true })
    .extend({ nhsNumbers: z.array(nhsNumberLocation) })
    .optional(),
});

export type PersonInput = z.infer<typeof personInput>;
export type Person = z.infer<typeof person>;
export type AuthorisedPerson = z.infer<typeof authorisedPerson>;
export type Me = z.infer<typeof me>;
