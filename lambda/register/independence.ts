import type { SubmittedApplication } from './application.contract';
import type { Person } from './person.contract';
import { refuseRegister } from './register-refusals';

/** Organisation names as compared: compatibility forms folded, letter case and everything but letters and digits dropped. */
function foldedName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Whether the applicant has declared the person, or the place where they work, to be in conflict of interest. */
function isDeclared(application: SubmittedApplication, reviewer: Person): boolean {
  const { conflictsOfInterest: declaration } = application.content;
  if (declaration.declared === 'none') return false;
  const places = [reviewer.organisation, reviewer.trust].flatMap((place) =>
    place === undefined ? [] : [foldedName(place)],
  );
  return declaration.conflicts.some((conflict) =>
    conflict.kind === 'person'
      ? conflict.subject === reviewer.subject
      : places.includes(foldedName(conflict.organisation)),
  );
}

export type Dependence =
  | 'REVIEWER_ON_APPLICANTS_SIDE'
  | 'REVIEWER_IN_CONFLICT'
  | 'REVIEWER_ORGANISATION_UNKNOWN';

/**
 * Why a reviewer does not stand outside an application, or null where they do: not on the applicant's side, of no
 * organisation or trust of those who are, and not declared to be in conflict of interest. An applicant's or reviewer's
 * organisation that is not recorded is no ground to stand on; a member's cannot be judged.
 *
 * @param involved people of the register on the applicant's side: applicant, members, and of an amendment the members the
 *   project has now
 */
export function dependenceOf(
  application: SubmittedApplication,
  reviewer: Person,
  involved: readonly Person[],
): Dependence | null {
  const named = [
    application.applicant,
    ...application.content.members,
    ...involved.map((person) => person.subject),
  ];
  if (named.includes(reviewer.subject)) return 'REVIEWER_ON_APPLICANTS_SIDE';
  if (isDeclared(application, reviewer)) return 'REVIEWER_IN_CONFLICT';

  const applicant = involved.find((person) => person.subject === application.applicant);
  const applicantOrganisation = applicant?.organisation ?? application.applicantOrganisation;
  if (reviewer.organisation === undefined || applicantOrganisation === undefined)
    return 'REVIEWER_ORGANISATION_UNKNOWN';
  const organisations = [
    application.content.organisation,
    applicantOrganisation,
    application.applicantOrganisation,
    ...involved.map((person) => person.organisation),
  ].flatMap((name) => (name === undefined ? [] : [foldedName(name)]));
  const sameTrust = involved.some((person) => person.trust !== undefined && person.trust === reviewer.trust);
  return organisations.includes(foldedName(reviewer.organisation)) || sameTrust
    ? 'REVIEWER_ON_APPLICANTS_SIDE'
    : null;
}

/**
 * Demands that a reviewer stands outside an application, as `dependenceOf` judges it.
 * @throws PlatformError REVIEWER_ON_APPLICANTS_SIDE, REVIEWER_IN_CONFLICT, REVIEWER_ORGANISATION_UNKNOWN
 */
export function demandIndependence(
  application: SubmittedApplication,
  reviewer: Person,
  involved: readonly Person[],
): void {
  const dependence = dependenceOf(application, reviewer, involved);
  if (dependence !== null) throw refuseRegister(dependence);
}
