import { studyInstanceUid } from '../../dicom/synthetic/study';
import { patientOf, pixelMarker, studyOf } from './file-bytes';
import { LeakSearch, type SourceValue } from './leak-search';
import type { SendingPlan } from './submission-plan';

/** What is looked for outside of landing, by kind and patient. */
export type NeedleKind = 'nhs-number' | 'hospital-number' | 'name' | 'study-uid' | 'pixels';

export interface Needle {
  readonly kind: NeedleKind;
  /** Null for a name, which several of the made-up patients share. */
  readonly patient: number | null;
}

const labelOf = (kind: NeedleKind, patient: number | null): string => `${kind} ${patient ?? '-'}`;

/** The needle of a label that `LeakSearch` gives. */
export function needleOf(label: string): Needle {
  const [kind, patient = '-'] = (label.split(',')[0] ?? '').split(' ');
  return { kind: kind as NeedleKind, patient: patient === '-' ? null : Number(patient) };
}

/** Finds identifiers and pixels of every patient of a plan, in any of the usual encodings. */
export function needleSearch(plan: SendingPlan): LeakSearch {
  const { seed } = plan;
  const values: SourceValue[] = [];
  const add = (
    kind: NeedleKind,
    patient: number | null,
    text: string,
    bytes: Buffer = Buffer.from(text),
  ): void => {
    values.push({ kind: labelOf(kind, patient), text, bytes });
  };
  for (let patient = 0; patient < plan.patients; patient += 1) {
    const { nhsNumber, hospitalNumber, name } = patientOf(seed, patient);
    add('nhs-number', patient, nhsNumber);
    add('hospital-number', patient, hospitalNumber);
    add('name', null, name);
    const marker = pixelMarker(seed, patient);
    add('pixels', patient, marker.toString('latin1'), marker);
  }
  const studies = new Map<string, number>();
  for (const { files } of plan.submissions)
    for (const { study, patient } of files) studies.set(study, patient);
  for (const [study, patient] of studies)
    add('study-uid', patient, studyInstanceUid(studyOf(seed, { study, patient }, 'RX1')));
  return new LeakSearch(values);
}
