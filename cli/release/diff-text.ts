import { groupPhrase } from '../../lambda/releases/group-labels.contract';
import type { ReleaseDiff } from '../../lambda/releases/release-diff.contract';
import type { UnderRepresented } from '../../lambda/releases/representation.contract';
import { capital, countText, percent, ratioText } from '../../lambda/releases/wording.contract';
import { count, plural, table } from '../terminal/text';

const groupLine = ({ attribute, group, ratio, reference }: UnderRepresented): string =>
  `  ${capital(groupPhrase(attribute, group))}: ${ratioText(ratio)} of their share of ${reference}`;

const part = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** Studies that came and went. */
function studiesText(diff: ReleaseDiff): string {
  const { studiesAdded, studiesRemoved, studiesWithdrawn } = diff;
  const withdrawn =
    studiesWithdrawn === null
      ? 'how many were withdrawn is told between a release and the one before it only'
      : studiesWithdrawn.kind === 'suppressed'
        ? 'withdrawn: 0 to 7'
        : `withdrawn: ${count(studiesWithdrawn.value)}`;
  if (studiesAdded === null || studiesRemoved === null) return `Studies were not compared (${withdrawn})`;
  return `${plural(studiesAdded.length, 'study', 'studies')} added, ${plural(studiesRemoved.length, 'study', 'studies')} no longer in it (${withdrawn})`;
}

/** What changed between two releases, for people. */
export function diffText(diff: ReleaseDiff): string {
  const { newlyUnder, noLongerUnder, stillUnder } = diff.whoIsMissing;
  const figures = table([
    ['', diff.before, diff.after],
    ...diff.figures.map(({ name, before, after }) => [name, countText(before), countText(after)]),
  ]);
  return [
    `${diff.before} → ${diff.after}`,
    studiesText(diff),
    ...part('Now too few, and not before:', newlyUnder.map(groupLine)),
    ...part('No longer too few:', noLongerUnder.map(groupLine)),
    ...part(
      'Still too few:',
      stillUnder.map(({ group, ratioBefore }) => `${groupLine(group)} (${ratioText(ratioBefore)} before)`),
    ),
    ...part(
      'Not known:',
      diff.missingness
        .map(({ attribute, before, after }) => ({
          attribute,
          before: percent(before),
          after: percent(after),
        }))
        .filter(({ before, after }) => before !== after)
        .map(({ attribute, before, after }) => `  ${attribute}: ${before} → ${after}`),
    ),
    ...part('Figures that changed:', diff.figures.length === 0 ? [] : [figures]),
  ].join('\n');
}
