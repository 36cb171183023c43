import { attributeLabel } from '../references/attributes';
import type { GateFinding } from './gate.contract';
import { ratioText } from './report-words';

/** A finding of the gate, in words: the group, and how far it is represented. */
export function gateFindingText(finding: GateFinding): string {
  const where = attributeLabel(finding.attribute);
  if (finding.finding === 'not-compared') return `${where}: too little is shown to compare anything`;
  if (finding.finding === 'suppressed') return `${where}, ${finding.label}: suppressed`;
  return `${where}, ${finding.label}: ${ratioText(finding.ratio)}`;
}
