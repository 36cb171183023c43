import { type DeidentificationContext, deidentifyInstance } from '../../dicom/deidentify/deidentify-instance';
import type { InstanceSubject } from '../../dicom/deidentify/outcome';
import { localPseudonym, patientPseudonym, splitOf } from '../../dicom/deidentify/pseudonyms';
import type { Engine } from './deidentify-file';

/** The engine for the files of one trust and collection. */
export function instanceEngine(context: Omit<DeidentificationContext, 'admit' | 'digestSource'>): Engine {
  const pseudonymOf = (subject: InstanceSubject) =>
    patientPseudonym(context.keys, subject, context.trust.odsCode);
  return {
    deidentify: (source, sink, admit) =>
      deidentifyInstance(source, sink, { ...context, admit, digestSource: true }),
    splitOf: (subject) => splitOf(context.keys, pseudonymOf(subject), context.heldOutShare),
    pseudonymOf,
    localPseudonymOf: ({ patientId }) =>
      patientId === null ? null : localPseudonym(context.keys, patientId, context.trust.odsCode),
  };
}
