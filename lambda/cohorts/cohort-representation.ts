import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { Reference } from '../../statistics/references/reference.contract';
import type { Cell } from '../../statistics/representativeness/cell.contract';
import { gateOf } from '../../statistics/representativeness/gate';
import type { RepresentativenessGate } from '../../statistics/representativeness/gate.contract';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import type { CohortGate, CohortRepresentation, FacetCounts } from './cohort.contract';

/** A suppressed group may hide any number: it may be suppressed for another's sake. */
const cellOf = (count: ShownCount): Cell =>
  count.kind === 'shown' ? { shown: count.value } : { suppressed: true };

/**
 * Whom a cohort represents, from what the log of questions let through and nothing else; and whether somebody must say why
 * it is used. An attribute that cannot be shown is not shown to be as asked.
 */
export function representationOf(
  name: string,
  facets: readonly FacetCounts[],
  references: readonly Reference[],
  gate: RepresentativenessGate,
): CohortRepresentation {
  const attributes = Object.fromEntries(
    facets.flatMap((facet) =>
      facet.kind === 'shown'
        ? [
            [
              facet.name,
              Object.fromEntries(
                facet.groups.map(({ group, patients }) => [
                  group,
                  { people: cellOf(patients), images: null },
                ]),
              ),
            ] as const,
          ]
        : [],
    ),
  );
  const report = reportOnPeople({ name, attributes }, references, 'disclosure-rule');
  return { report, gate: gateDecision(report, facets, gate) };
}

function gateDecision(
  report: CohortRepresentation['report'],
  facets: readonly FacetCounts[],
  gate: RepresentativenessGate,
): CohortGate {
  if (gate.lowestRatio === 0) return { kind: 'passes' };
  const decision = gateOf(report, gate);
  const notShown = facets.flatMap((facet) => (facet.kind === 'refused' ? [facet.name] : []));
  if (decision.kind === 'passes' && notShown.length === 0) return { kind: 'passes' };
  return {
    kind: 'needs-reason',
    findings: decision.kind === 'passes' ? [] : decision.findings,
    notShown,
  };
}
