import type { PolicyName } from './policy-names';

/** Which options of PS3.15 annex E.3 a policy makes use of, beside Clean Pixel Data, which every policy does. */
export interface PolicyOptions {
  /** Dates are shifted; otherwise they go. */
  readonly modifiedDates: boolean;
  /** Sex, age, size and weight stay. */
  readonly patientCharacteristics: boolean;
  /** Maker, model and software stay; serial numbers never do. */
  readonly deviceIdentity: boolean;
  /** Descriptions, comments and other free text are cleaned; otherwise they go. */
  readonly descriptors: boolean;
  /** Content items, contexts and their text are cleaned; otherwise they go. */
  readonly structuredContent: boolean;
  /** Graphic annotations are cleaned; otherwise they go. Curves and overlays go in any case. */
  readonly graphics: boolean;
  /** Private elements of the safe list stay. */
  readonly safePrivate: boolean;
}

const all: PolicyOptions = {
  modifiedDates: true,
  patientCharacteristics: true,
  deviceIdentity: true,
  descriptors: true,
  structuredContent: true,
  graphics: true,
  safePrivate: true,
};

export const policyOptions: Readonly<Record<PolicyName, PolicyOptions>> = {
  basic: all,
  // For collections in which no word of a person is wanted, not even cleaned: codes and numbers only.
  'no-free-text': { ...all, descriptors: false, structuredContent: false, graphics: false },
  // For collections that ask nothing of time: one examination is not to be told from a later one.
  'no-dates': { ...all, modifiedDates: false },
  // The Basic Profile without an option that keeps anything.
  strict: {
    modifiedDates: false,
    patientCharacteristics: false,
    deviceIdentity: false,
    descriptors: false,
    structuredContent: false,
    graphics: false,
    safePrivate: false,
  },
};

/** Codes of PS3.16 CID 7050 by the option that they say was applied, in the order in which they are written. */
const methodCodes: readonly (readonly [keyof PolicyOptions | null, code: string, meaning: string])[] = [
  [null, '113100', 'Basic Application Confidentiality Profile'],
  // Images whose text is known to stand outside of the image are blanked there. Which ones were stands in the instance,
  // since a list that differs within a patient would split series in the image store.
  [null, '113101', 'Clean Pixel Data Option'],
  ['graphics', '113103', 'Clean Graphics Option'],
  ['structuredContent', '113104', 'Clean Structured Content Option'],
  ['descriptors', '113105', 'Clean Descriptors Option'],
  ['modifiedDates', '113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  ['patientCharacteristics', '113108', 'Retain Patient Characteristics Option'],
  ['deviceIdentity', '113109', 'Retain Device Identity Option'],
  ['safePrivate', '113111', 'Retain Safe Private Option'],
];

/** Codes and meanings of what a policy really does. Not among them: 113102, which is not done. */
export const methodCodesOf = (
  options: PolicyOptions,
): readonly (readonly [code: string, meaning: string])[] =>
  methodCodes.flatMap(([option, code, meaning]) =>
    option === null || options[option] ? [[code, meaning] as const] : [],
  );
