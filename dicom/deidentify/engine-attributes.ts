import { asciiOf, type DataElement, type DataSet } from '../data-set/data-element';
import { makeSequence, makeText } from '../data-set/make-element';
import { tags } from '../data-set/tag';
import type { Policy } from '../policy/policy';

const code = (value: string, meaning: string): DataSet => ({
  elements: [
    makeText(tags.codeValue, 'SH', value),
    makeText(tags.codingSchemeDesignator, 'SH', 'DCM'),
    makeText(tags.codeMeaning, 'LO', meaning),
  ],
});

/** Who made this output and by which rules (PS3.3 section C.12.1.1.5); the code is of PS3.16 CID 7005. */
const contributingEquipment = (policy: Policy): DataSet => ({
  elements: [
    makeText(tags.manufacturer, 'LO', 'NMIP'),
    makeText(tags.manufacturerModelName, 'LO', 'NMIP de-identification engine'),
    makeText(
      tags.softwareVersions,
      'LO',
      [`policy ${policy.name} ${policy.version}`, ...(policy.hash.match(/.{32}/g) ?? [])].join('\\'),
    ),
    makeSequence(tags.purposeOfReferenceCodeSequence, [code('109104', 'De-identifying Equipment')]),
  ],
});

/**
 * What PS3.15 annex E.1 asks a de-identifier to say. The patient-level attributes (0012,0062) to (0012,0064) do not
 * depend on the instance or the version of the policy: an image store keeps them once a patient, and a difference
 * would split a series.
 */
export function engineAttributes(policy: Policy): readonly DataElement[] {
  const known = madeOnce.get(policy);
  if (known !== undefined) return known;
  const made = makeAttributes(policy);
  madeOnce.set(policy, made);
  return made;
}

const madeOnce = new WeakMap<Policy, readonly DataElement[]>();

const makeAttributes = (policy: Policy): readonly DataElement[] => [
  makeText(tags.patientIdentityRemoved, 'CS', 'YES'),
  makeText(tags.deidentificationMethod, 'LO', `NMIP policy ${policy.name}\\PS3.15 Annex E`),
  makeSequence(
    tags.deidentificationMethodCodeSequence,
    policy.methodCodes.map(([value, meaning]) => code(value, meaning)),
  ),
  makeSequence(tags.contributingEquipmentSequence, [contributingEquipment(policy)]),
  makeText(
    tags.longitudinalTemporalInformationModified,
    'CS',
    policy.options.modifiedDates ? 'MODIFIED' : 'REMOVED',
  ),
];

/** Longest ST value (PS3.5 section 6.2). */
const longestShortText = 1024;

/**
 * What an instance says of pixels that were blanked in it (PS3.15 annex E.3.1). Burned In Annotation NO is written only
 * where nothing but image regions is left, and never against a source that says YES: its text may stand in a region.
 * Blanking loses no other sample, so the attributes of lossy compression stay as they are.
 */
export function blankingAttributes(
  source: DataSet,
  deidentified: DataSet,
  plan: { readonly keepsOnlyRegions: boolean },
): DataElement[] {
  const said = asciiOf(deidentified, tags.derivationDescription);
  const text = 'Pixels outside of the image regions blanked';
  const added = [
    makeText(
      tags.derivationDescription,
      'ST',
      (said === '' ? text : `${said}. ${text}`).slice(0, longestShortText),
    ),
  ];
  if (plan.keepsOnlyRegions && /^(?:NO)?$/i.test(asciiOf(source, tags.burnedInAnnotation))) {
    added.push(makeText(tags.burnedInAnnotation, 'CS', 'NO'));
  }
  return added;
}
