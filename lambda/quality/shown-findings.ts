import { protectCount } from '../../statistics/disclosure/protect-count';
import type { Finding, ShownFinding } from './quality.contract';

/**
 * Findings for others than officers and the trust. One whose count is suppressed is left out: that it is not there says no
 * more than that it is of fewer than 8. Whether the threshold is exceeded follows from what is shown.
 */
export function shownFindings(findings: readonly Finding[]): ShownFinding[] {
  return findings.flatMap((finding): ShownFinding[] => {
    const count = protectCount(finding.count);
    const of = protectCount(finding.of);
    if (count.kind === 'suppressed' || of.kind === 'suppressed') return [];
    return [{ ...finding, count, of, exceeded: count.value > finding.threshold * of.value }];
  });
}
