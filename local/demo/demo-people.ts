import { DemoPerson } from './demo-person';

/** What the officer makes of the demo people. */
const roles: Readonly<Record<string, readonly string[]>> = {
  'uploader-rx1': ['--role', 'uploader', '--trust', 'RX1'],
  'uploader-ry2': ['--role', 'uploader', '--trust', 'RY2'],
  'applicant-1': ['--role', 'applicant', '--organisation', 'Research organisation A'],
  'reviewer-1': ['--role', 'reviewer', '--organisation', 'Organisation B'],
  'reviewer-2': ['--role', 'reviewer', '--organisation', 'Organisation C'],
};

const officer = 'officer-1';

export type DemoPeople = ReadonlyMap<string, DemoPerson>;

/** Signs everybody in with the command, and has the officer give them their roles by the API. */
export async function signInDemoPeople(
  settings: ConstructorParameters<typeof DemoPerson>[1],
): Promise<DemoPeople> {
  const people = new Map<string, DemoPerson>();
  for (const subject of [officer, ...Object.keys(roles)])
    people.set(subject, new DemoPerson(subject, settings));
  const first = people.get(officer);
  await first?.signIn();
  const rest = Object.entries(roles);
  for (const [subject, words] of rest) await first?.record(['people', 'set', subject, ...words]);
  await Promise.all(rest.map(([subject]) => people.get(subject)?.signIn()));
  return people;
}

/** @throws Error where nobody has that subject */
export function personOf(people: DemoPeople, subject: string): DemoPerson {
  const person = people.get(subject);
  if (person === undefined) throw new Error(`There is no demo person ${subject}.`);
  return person;
}
