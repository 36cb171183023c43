import type { Admission, InstanceSubject } from '../../dicom/deidentify/outcome';
import { type Clearance, clearanceHolds } from './clearance.contract';
import { clearanceHash } from './clearance-hash';

export interface AdmissionRule {
  /** Null where the opt-out service gave no valid answer in time. */
  readonly clearance: Clearance | null;
  readonly patientsWithoutNhsNumber: 'withhold' | 'accept';
  readonly patientKey: Buffer;
  readonly now: Date;
}

/**
 * Who may leave landing: a patient whose NHS number in the file itself was cleared and whose clearance still holds; a
 * patient without a valid number as the collection says.
 */
export function admissionRule(rule: AdmissionRule): (subject: InstanceSubject) => Admission {
  const valid =
    rule.clearance !== null && clearanceHolds(rule.clearance, rule.now)
      ? new Set(rule.clearance.hashes)
      : new Set<string>();
  return ({ nhsNumber }) => {
    if (nhsNumber === null) return rule.patientsWithoutNhsNumber === 'accept' ? 'admit' : 'withhold';
    return valid.has(clearanceHash(rule.patientKey, nhsNumber)) ? 'admit' : 'withhold';
  };
}
