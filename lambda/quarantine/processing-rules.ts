import { policyOf } from '../../dicom/policy/policy';
import { canonicalDigest } from '../platform/canonical-json';
import type { DecidingFields, ProcessingRules } from './quarantine.contract';

/** The rules under which the files of a collection are processed as it is configured now. */
export function rulesOf(collection: DecidingFields): ProcessingRules {
  const { name, version, hash } = policyOf(collection.policy);
  return {
    policy: { name, version, sha256: hash },
    acceptedPixelKinds: [...collection.acceptedPixelKinds].sort(),
    patientsWithoutNhsNumber: collection.patientsWithoutNhsNumber,
  };
}

/** The rules of the collections that are configured, each worked out once. */
export function rulesByCollection(
  collections: readonly DecidingFields[],
): (collection: string) => ProcessingRules | null {
  const known = new Map<string, ProcessingRules>();
  return (id) => {
    const collection = collections.find((each) => each.id === id);
    if (collection === undefined) return null;
    const rules = known.get(id) ?? rulesOf(collection);
    known.set(id, rules);
    return rules;
  };
}

/** Whether a file might fare otherwise under other rules than those under which it was processed. */
export function rulesDiffer(before: ProcessingRules, now: ProcessingRules): boolean {
  return canonicalDigest(before) !== canonicalDigest(now);
}
