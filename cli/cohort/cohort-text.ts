import type {
  CohortRepresentation,
  CohortVersionView,
  FacetCounts,
  ShownCounts,
} from '../../lambda/cohorts/cohort.contract';
import { queryRefusals } from '../../lambda/cohorts/query-refusals.contract';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { attributeLabel, groupLabel } from '../../statistics/references/attributes';
import { gateFindingText } from '../../statistics/representativeness/gate-words';
import { intervalText, populationLabel, ratioText } from '../../statistics/representativeness/report-words';
import { count, size, table } from '../terminal/text';

/** `9,915 patients`, `fewer than 8 patients`. */
export const shownText = (shown: ShownCount, noun: string): string =>
  shown.kind === 'shown' ? `${count(shown.value)} ${noun}` : `fewer than 8 ${noun}`;

const cell = (shown: ShownCount): string => (shown.kind === 'shown' ? count(shown.value) : 'suppressed');

/** Studies are never counted where the people are not shown. */
export function countsLine({
  patients,
  studies,
  release,
}: Pick<ShownCounts, 'patients' | 'studies' | 'release'>): string {
  const people = shownText(patients, 'patients');
  const first = studies.kind === 'shown' ? [`${count(studies.value)} studies`, people] : [people];
  return [...first, `release ${release}`].join(' · ');
}

function whyRefused(code: string): string {
  const known = Object.entries(queryRefusals).find(([name]) => name === code)?.[1];
  return known === undefined ? code : `${known.title} (${code})`;
}

export function facetText(facet: FacetCounts): string {
  const title = attributeLabel(facet.name);
  if (facet.kind === 'refused') return `${title}: not shown. ${whyRefused(facet.code)}`;
  const rows = facet.groups.map(({ group, patients }) => [
    group === '' ? 'not known' : groupLabel(facet.name, group),
    cell(patients),
  ]);
  return table([[title, 'PATIENTS'], ...rows]);
}

/** The group of each attribute that is least represented against each population, in a line; in another those that are hidden. */
export function leastRepresented({ report }: CohortRepresentation): string[] {
  return report.references.flatMap(({ id }) => {
    const worst = report.attributes.flatMap(({ attribute, comparisons }) =>
      comparisons.flatMap((each) =>
        each.kind === 'compared' &&
        each.reference === id &&
        each.worstGroup !== null &&
        each.worstGroup.ratio < 1
          ? [{ attribute, ...each.worstGroup }]
          : [],
      ),
    );
    const hidden = report.attributes.flatMap(({ comparisons }) =>
      comparisons.flatMap((each) =>
        each.kind === 'compared' && each.reference === id
          ? each.groups.flatMap(({ kind, label }) => (kind === 'suppressed' ? [label] : []))
          : [],
      ),
    );
    const notShown =
      hidden.length === 0
        ? []
        : [`Suppressed, so perhaps represented less or not at all: ${hidden.join(' · ')}`];
    if (worst.length === 0) return notShown;
    const groups = worst
      .sort((left, right) => left.ratio - right.ratio)
      .map(({ label, ratio, interval }) => `${label} ${ratioText(ratio)} (${intervalText(interval)})`);
    return [`Least represented vs ${populationLabel(report, id)}: ${groups.join(' · ')}`, ...notShown];
  });
}

/** What the gate found, a line each; empty where nothing is asked. */
export function gateLines({ gate }: CohortRepresentation): string[] {
  if (gate.kind === 'passes') return [];
  const findings = gate.findings.map((each) => `  ${gateFindingText(each)}`);
  const notShown = gate.notShown.map(
    (name) => `  ${attributeLabel(name)}: cannot be shown beside earlier answers`,
  );
  return ['Not shown to be represented as the platform asks:', ...findings, ...notShown];
}

export function versionText(made: CohortVersionView): string {
  const { studies, series, instances, bytes } = made.totals;
  return [
    `${made.cohortId}@v${made.cohortVersion}  ${made.name}`,
    `Filter    ${made.filter === '' ? '(everything)' : made.filter}`,
    `Holds     ${count(studies)} studies, ${count(series)} series, ${count(instances)} instances, ${size(bytes)};${made.patients.kind === 'shown' ? ' about' : ''} ${shownText(made.patients, 'patients')}`,
    `From      release ${made.release}, ${made.collections.join(', ')}, ${made.createdAt.slice(0, 10)}`,
    ...(made.reason === null ? [] : [`Reason    ${made.reason}`]),
    ...(made.withdrawn === 0 ? [] : [`Withdrawn ${count(made.withdrawn)} of its studies since`]),
    `List      digest ${made.manifest}`,
    `Cite as   ${made.cite}`,
  ].join('\n');
}
