import type { GateDecision, GateFinding, RepresentativenessGate } from './gate.contract';
import type {
  Comparison,
  GroupComparison,
  RepresentativenessReport,
  Standardised,
  StandardisedGroup,
} from './report.contract';
import { isJudged } from './representation-ratio';

interface Place {
  readonly reference: string;
  readonly attribute: string;
}

/** The finding that a group makes, null where it reaches the bound or is not judged. */
function groupFinding(
  place: Place,
  group: GroupComparison | StandardisedGroup,
  standardised: boolean,
  lowestRatio: number,
): GateFinding | null {
  const named = { ...place, group: group.group, label: group.label };
  switch (group.kind) {
    case 'compared':
      return isJudged(group) && group.ratio < lowestRatio
        ? { finding: 'below-bound', ...named, ratio: group.ratio, standardised }
        : null;
    case 'suppressed':
      return group.ratioAtMost === null || isJudged(group)
        ? { finding: 'suppressed', ...named, ratioAtMost: group.ratioAtMost }
        : null;
    case 'not-in-reference':
      return null;
  }
}

function findingsOf(
  place: Place,
  comparison: Comparison | Standardised,
  standardised: boolean,
  lowestRatio: number,
): GateFinding[] {
  if (comparison.kind === 'not-compared') return [{ finding: 'not-compared', ...place }];
  const groups: readonly (GroupComparison | StandardisedGroup)[] = comparison.groups;
  return groups
    .map((group) => groupFinding(place, group, standardised, lowestRatio))
    .filter((finding) => finding !== null);
}

/**
 * Whether somebody must say why a set of images is used although it represents some group badly. Each group that is large
 * enough in a population to be judged must be shown to reach the bound: one that is suppressed is not. Ethnic groups are
 * judged by the standardised ratio where there is one, and by the plain ratio else.
 */
export function gateOf(
  report: RepresentativenessReport,
  { lowestRatio }: RepresentativenessGate,
): GateDecision {
  if (lowestRatio === 0) return { kind: 'passes' };
  const findings = report.attributes.flatMap(({ attribute, comparisons }) =>
    comparisons.flatMap((comparison) => {
      const place = { reference: comparison.reference, attribute };
      const better = report.standardised.find(
        (each) =>
          each.kind === 'compared' && each.attribute === attribute && each.reference === comparison.reference,
      );
      return findingsOf(place, better ?? comparison, better !== undefined, lowestRatio);
    }),
  );
  return findings.length === 0 ? { kind: 'passes' } : { kind: 'needs-reason', findings };
}
