import { canonicalDigest } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import type { TrustConfiguration } from '../platform/configuration.contract';
import { absent } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import { newId } from '../platform/ids';
import { type RequestPerson, refuseRoles } from '../platform/request-person';
import type { Role } from '../platform/roles.contract';
import { type Me, type Person, type PersonInput, person } from './person.contract';
import { changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import { atVersion, personKey, personPartition, type RegisterTable } from './register-table';

/** Where people are kept, and the time. */
export interface People {
  readonly table: RegisterTable;
  readonly clock: Clock;
  /** Subjects who are officers by configuration, before anybody can be recorded. */
  readonly firstOfficers: readonly string[];
}

/** A person's record, or null. */
export function findPerson(table: RegisterTable, subject: string): Promise<Person | null> {
  return table.get(personKey(subject), person);
}

/** Roles by record and configuration. */
export function rolesOf(
  record: Pick<Person, 'roles'> | null,
  subject: string,
  firstOfficers: readonly string[],
): Role[] {
  const roles = new Set(record?.roles ?? []);
  if (firstOfficers.includes(subject)) roles.add('officer');
  return [...roles];
}

/**
 * A person's record, made without roles where there was none: everybody named in the register has a pseudonym.
 *
 * @param introducer pseudonym of who names the person; null: the person came by themself
 */
export async function introducePerson(
  people: People,
  subject: string,
  introducer: string | null,
): Promise<Person> {
  const found = await findPerson(people.table, subject);
  if (found) return found;
  const pseudonym = newId('r', people.clock);
  // The chain of a person is named by a pseudonym that stands only once the transaction has been written.
  return changeRegister<Person>(
    people.table,
    { partition: personPartition(subject), name: pseudonym },
    async () => {
      const meanwhile = await findPerson(people.table, subject);
      if (meanwhile) return { unchanged: meanwhile };
      const at = people.clock.now();
      const made: Person = { subject, pseudonym, roles: [], version: 1, recordedAt: at.toISOString() };
      return {
        writes: [{ put: { ...personKey(subject), ...made }, condition: absent }],
        facts: [{ type: 'person-introduced', data: { person: pseudonym } }],
        actor: introducer ?? pseudonym,
        at,
        result: made,
      };
    },
  );
}

/**
 * The record of who sends a request, read again: the authoriser may have answered a moment ago. Reading again takes roles
 * away and gives none: what the sign-in did not give stays withheld.
 * @throws PlatformError ROLE_REQUIRED where none of `roles` is held any more, SIGN_IN_TOO_WEAK where one is withheld
 */
export async function readActor(
  people: People,
  requester: RequestPerson,
  roles: readonly Role[],
): Promise<Person> {
  const record = people.firstOfficers.includes(requester.subject)
    ? await introducePerson(people, requester.subject, null)
    : await findPerson(people.table, requester.subject);
  const held = rolesOf(record, requester.subject, people.firstOfficers);
  if (record === null || !roles.some((role) => held.includes(role) && requester.roles.includes(role))) {
    throw refuseRoles(requester, roles);
  }
  return record;
}

/**
 * Records what a person may do. Nobody records themself: an officer who could would be a reviewer at will.
 *
 * @param expectedVersion version the sender read, where they said so
 * @throws PlatformError OWN_RECORD, TRUST_NOT_CONFIGURED, VERSION_DIFFERS, KIND_FIXED, ROLE_REQUIRED, SIGN_IN_TOO_WEAK
 */
export async function recordPerson(
  people: People,
  trusts: readonly TrustConfiguration[],
  requester: RequestPerson,
  subject: string,
  input: PersonInput,
  expectedVersion?: number,
): Promise<Person> {
  if (requester.subject === subject) throw refuseRegister('OWN_RECORD');
  if (input.trust !== undefined && !trusts.some((trust) => trust.odsCode === input.trust)) {
    throw refuseRegister('TRUST_NOT_CONFIGURED');
  }
  const officer = await readActor(people, requester, ['officer']);
  const before = (await findPerson(people.table, subject))?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== before) throw refuseRequest('VERSION_DIFFERS');
  const { pseudonym, version: introduced } = await introducePerson(people, subject, officer.pseudonym);
  // whoever is introduced only now has been read at version 0
  const expected = expectedVersion === 0 ? introduced : expectedVersion;
  return changeRegister<Person>(
    people.table,
    { partition: personPartition(subject), name: pseudonym },
    async () => {
      const current = await findPerson(people.table, subject);
      if (current === null) throw refuseRegister('PERSON_NOT_FOUND');
      if (expected !== undefined && expected !== current.version) throw refuseRequest('VERSION_DIFFERS');
      const { kind, roles, trust, organisation } = current;
      if (canonicalDigest({ kind, roles, trust, organisation }) === canonicalDigest(input))
        return { unchanged: current };
      // What was introduced may turn out to be a machine; what was recorded as one or the other stays it.
      if (current.version > 1 && kind !== input.kind) throw refuseRegister('KIND_FIXED');
      const at = people.clock.now();
      const next: Person = {
        subject,
        pseudonym,
        ...input,
        version: current.version + 1,
        recordedAt: at.toISOString(),
      };
      return {
        writes: [{ put: { ...personKey(subject), ...next }, condition: atVersion(current.version) }],
        facts: [
          {
            type: 'person-recorded',
            data: {
              person: pseudonym,
              ...(input.kind && { kind: input.kind }),
              roles: input.roles,
              trust: input.trust ?? null,
              organisation: input.organisation ?? null,
            },
          },
        ],
        actor: officer.pseudonym,
        at,
        result: next,
      };
    },
  );
}

/** What a person may know of themself, and for an uploader what their trust's configuration says. */
export async function describeMe(
  people: People,
  trusts: readonly TrustConfiguration[],
  { subject, roles, signIn }: RequestPerson,
): Promise<Me> {
  const record = await findPerson(people.table, subject);
  const trust = trusts.find((each) => each.odsCode === record?.trust);
  return {
    subject,
    ...(record?.kind && { kind: record.kind }),
    roles: [...roles],
    trust: record?.trust,
    organisation: record?.organisation,
    known: record !== null,
    signIn,
    ...(trust && roles.includes('uploader')
      ? {
          trustConfiguration: {
            odsCode: trust.odsCode,
            name: trust.name,
            region: trust.region,
            nhsNumbers: trust.nhsNumbers,
          },
        }
      : {}),
  };
}
