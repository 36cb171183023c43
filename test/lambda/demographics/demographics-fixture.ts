import { passesModulus11 } from '../../../dicom/nhs-number';

/** Valid numbers of the range that is set aside for tests. */
export const nhsNumbers: readonly string[] = Array.from({ length: 400 }, (_, index) =>
  String(9_990_000_000 + index),
).filter(passesModulus11);
