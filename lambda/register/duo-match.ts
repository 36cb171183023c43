import type { DuoMatch } from './application.contract';
import { modifiers, permissions, purposes } from './duo-terms';

type Finding = DuoMatch['findings'][number];
type Outcome = Omit<Finding, 'code'>;

const fits = (text: string): Outcome => ({ match: 'true', text });
const fitsNot = (text: string): Outcome => ({ match: 'false', text });
const ask = (text: string): Outcome => ({ match: 'needs-validation', text });

const biomedical: readonly string[] = [
  permissions.HEALTH_MEDICAL_BIOMEDICAL,
  permissions.DISEASE_SPECIFIC,
  purposes.AGE_CATEGORY_RESEARCH,
  purposes.GENDER_CATEGORY_RESEARCH,
  purposes.BIOMEDICAL_RESEARCH,
  purposes.GENETIC_RESEARCH,
  purposes.DRUG_DEVELOPMENT,
  purposes.DISEASE_CATEGORY_RESEARCH,
];
const ancestry: readonly string[] = [
  permissions.POPULATION_ORIGINS_OR_ANCESTRY_ONLY,
  purposes.POPULATION_RESEARCH,
  purposes.ANCESTRY_RESEARCH,
];
/** Neither medical nor ancestry by themselves: the text of the application must show what for. */
const general: readonly string[] = [purposes.METHOD_DEVELOPMENT, purposes.RESEARCH_CONTROL];
const intents: readonly string[] = [
  permissions.NO_RESTRICTION,
  permissions.GENERAL_RESEARCH_USE,
  ...biomedical,
  ...ancestry,
  ...general,
];

/** A permission that only some intents fit: those outside it name what is wrong. */
function onlyFor(allowed: readonly string[], name: string, requested: ReadonlySet<string>): Outcome {
  const stated = [...requested].filter((code) => intents.includes(code));
  const outside = stated.filter((code) => !allowed.includes(code) && !general.includes(code));
  if (outside.length > 0)
    return fitsNot(`The collection is for ${name} only; ${outside.join(', ')} is wider.`);
  if (stated.some((code) => allowed.includes(code))) return fits(`The intended use is ${name}.`);
  return ask(`The collection is for ${name} only; the codes of the request do not show that it is that.`);
}

/** A condition that a person can accept: accepted by stating the same code. */
const acceptance =
  (code: string, condition: string) =>
  (requested: ReadonlySet<string>): Outcome =>
    requested.has(code)
      ? fits(`The applicant accepts: ${condition}.`)
      : fitsNot(`The collection demands: ${condition}. State ${code} to accept it.`);

/** A condition that must be accepted and that a paper or a fact outside the register must bear out. */
const evidence =
  (code: string, condition: string) =>
  (requested: ReadonlySet<string>): Outcome =>
    requested.has(code)
      ? ask(`The applicant accepts: ${condition}. Check the evidence.`)
      : fitsNot(`The collection demands: ${condition}. State ${code} to accept it.`);

function withoutCommerce(demanded: string, alsoEnough: readonly string[], name: string) {
  return (requested: ReadonlySet<string>): Outcome =>
    [demanded, ...alsoEnough].some((code) => requested.has(code))
      ? fits(`The applicant declares: ${name}.`)
      : fitsNot(`The collection is for ${name}. State ${demanded} if that is so.`);
}

const rules: Readonly<Record<string, (requested: ReadonlySet<string>) => Outcome>> = {
  [permissions.NO_RESTRICTION]: () => fits('The collection sets no restriction on use.'),
  [permissions.GENERAL_RESEARCH_USE]: (requested) =>
    requested.has(permissions.NO_RESTRICTION)
      ? fitsNot('The collection is for research; the request asks for use without restriction.')
      : [...requested].some((code) => intents.includes(code))
        ? fits('The intended use is research.')
        : ask('The collection is for research; the codes of the request do not show a purpose.'),
  [permissions.HEALTH_MEDICAL_BIOMEDICAL]: (requested) =>
    onlyFor(biomedical, 'health, medical or biomedical research', requested),
  [permissions.DISEASE_SPECIFIC]: (requested) => {
    const outcome = onlyFor(
      [permissions.DISEASE_SPECIFIC, purposes.DISEASE_CATEGORY_RESEARCH],
      'research into one disease',
      requested,
    );
    return outcome.match === 'true'
      ? ask('The collection is for one disease: check that it is this one.')
      : outcome;
  },
  [permissions.POPULATION_ORIGINS_OR_ANCESTRY_ONLY]: (requested) =>
    onlyFor(ancestry, 'research into population origins or ancestry', requested),
  [modifiers.RESEARCH_SPECIFIC]: () =>
    ask('The collection is for certain studies only: check that this is one.'),
  [modifiers.NO_GENERAL_METHODS]: (requested) => {
    if (requested.has(purposes.METHOD_DEVELOPMENT))
      return fitsNot(
        'The collection may not be used to develop methods; the request states method development.',
      );
    return requested.has(modifiers.NO_GENERAL_METHODS)
      ? fits('The applicant declares that no general methods are developed.')
      : ask('The collection may not be used to develop methods: check that the study does not.');
  },
  [modifiers.GENETIC_STUDIES_ONLY]: (requested) =>
    requested.has(purposes.GENETIC_RESEARCH)
      ? fits('The study is genetic.')
      : fitsNot('The collection is for genetic studies only; the request does not state one.'),
  [modifiers.NOT_FOR_PROFIT_NON_COMMERCIAL]: (requested) =>
    requested.has(modifiers.NOT_FOR_PROFIT_ORGANISATION) && requested.has(modifiers.NON_COMMERCIAL_USE)
      ? fits('The applicant declares: not-for-profit organisations, non-commercial use.')
      : withoutCommerce(
          modifiers.NOT_FOR_PROFIT_NON_COMMERCIAL,
          [],
          'not-for-profit organisations and non-commercial use',
        )(requested),
  [modifiers.NOT_FOR_PROFIT_ORGANISATION]: withoutCommerce(
    modifiers.NOT_FOR_PROFIT_ORGANISATION,
    [modifiers.NOT_FOR_PROFIT_NON_COMMERCIAL],
    'not-for-profit organisations',
  ),
  [modifiers.NON_COMMERCIAL_USE]: withoutCommerce(
    modifiers.NON_COMMERCIAL_USE,
    [modifiers.NOT_FOR_PROFIT_NON_COMMERCIAL],
    'non-commercial use',
  ),
  [modifiers.POPULATION_ORIGINS_OR_ANCESTRY_PROHIBITED]: (requested) =>
    ancestry.some((code) => requested.has(code))
      ? fitsNot('The collection may not be used for research into population origins or ancestry.')
      : fits('The request states no research into population origins or ancestry.'),
  [modifiers.CLINICAL_CARE_USE]: () => fits('Use in clinical care is permitted too.'),
  [modifiers.PUBLICATION_REQUIRED]: acceptance(modifiers.PUBLICATION_REQUIRED, 'results are published'),
  [modifiers.RETURN_TO_RESOURCE]: acceptance(modifiers.RETURN_TO_RESOURCE, 'derived data come back'),
  [modifiers.COLLABORATION_REQUIRED]: evidence(
    modifiers.COLLABORATION_REQUIRED,
    'collaboration with the primary investigators',
  ),
  [modifiers.ETHICS_APPROVAL_REQUIRED]: evidence(modifiers.ETHICS_APPROVAL_REQUIRED, 'ethics approval'),
  [modifiers.GEOGRAPHICAL_RESTRICTION]: evidence(
    modifiers.GEOGRAPHICAL_RESTRICTION,
    'use in certain places only',
  ),
  [modifiers.PUBLICATION_MORATORIUM]: evidence(
    modifiers.PUBLICATION_MORATORIUM,
    'no publication before a date',
  ),
  [modifiers.TIME_LIMIT]: evidence(modifiers.TIME_LIMIT, 'use until a date only'),
  [modifiers.USER_SPECIFIC]: evidence(modifiers.USER_SPECIFIC, 'use by certain people only'),
  [modifiers.PROJECT_SPECIFIC]: evidence(modifiers.PROJECT_SPECIFIC, 'use in certain projects only'),
  [modifiers.INSTITUTION_SPECIFIC]: evidence(
    modifiers.INSTITUTION_SPECIFIC,
    'use in certain institutions only',
  ),
};

const knownToRequest = new Set<string>([...intents, ...Object.values(modifiers)]);

/**
 * Compares the DUO terms of an intended use with those of a collection. The result informs the reviewers; it neither
 * approves nor refuses. One `false` makes the whole `false`; else one `needs-validation` makes it that.
 *
 * @param requested purposes, permissions and accepted conditions of the application
 * @param collection permission and modifiers of the collection
 */
export function matchDuo(requested: readonly string[], collection: readonly string[]): DuoMatch {
  const stated = new Set(requested);
  const findings: Finding[] = collection.map((code) => ({
    code,
    ...(rules[code]?.(stated) ?? ask('The register has no rule for this term of the collection.')),
  }));
  for (const code of stated) {
    if (!knownToRequest.has(code)) {
      findings.push({ code, ...ask('The register has no rule for this term of the request.') });
    }
  }
  const match = findings.some((finding) => finding.match === 'false')
    ? 'false'
    : findings.some((finding) => finding.match === 'needs-validation')
      ? 'needs-validation'
      : 'true';
  return { match, findings };
}
