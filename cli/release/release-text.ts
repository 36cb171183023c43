import type * as z from 'zod';
import type {
  PublishedRelease,
  PublishedReleaseWithFiles,
  ReleaseProgress,
} from '../../lambda/releases/releases-api.contract';
import type { releasesRoutes } from '../../lambda/releases/releases-routes.contract';
import { gateFindingText } from '../../statistics/representativeness/gate-words';
import { aboutText } from '../terminal/shown-count-text';
import { table } from '../terminal/text';
import { leakageText } from './leakage-text';

/** What is to be done about a release that has stopped. */
function stopText({ version, stop }: ReleaseProgress): string[] {
  if (stop === null) return [];
  if (stop.kind === 'failure') {
    const fix =
      stop.error === 'LeakageUndecided'
        ? 'more images look alike in part than are compared, so nothing is decided: tell the platform team'
        : 'see the logs of that step';
    return [
      `Stopped at the step ${stop.step} (${stop.error}).`,
      `Fix: ${fix}, then \`nmip release resume ${version}\`.`,
    ];
  }
  const findings = stop.findings === 0 ? 'more findings than can be listed' : `findings: ${stop.findings}`;
  if (stop.about === 'leakage')
    return [
      `Stopped: something stands on both sides of the split (${findings}).`,
      `Fix: \`nmip release leakage ${version}\` lists it, and says what to do about each.`,
    ];
  return [
    `Stopped: groups are not shown to be represented as asked (${findings}).`,
    `Fix: \`nmip release findings ${version}\` lists them; go on with \`nmip release reason ${version} --findings ${stop.digest} --text "…"\`.`,
  ];
}

export function progressText(progress: ReleaseProgress): string {
  const { version, title, state, attempt, collections, reasons } = progress;
  return [
    `${version}  ${title}`,
    `State: ${state}${attempt === 1 ? '' : ` (execution ${attempt})`}. Collections: ${collections.join(', ')}.`,
    ...(reasons.length === 0 ? [] : [`Reasons on record: ${reasons.length}.`]),
    ...stopText(progress),
  ].join('\n');
}

export function publishedText(release: PublishedReleaseWithFiles): string {
  const { version, title, collections, publishedAt, people, studies } = release;
  const { withdrawn, checksums, heldOut, files } = release;
  return [
    `${version}  ${title}`,
    `Published ${publishedAt.slice(0, 10)}: ${aboutText(studies)} studies of ${aboutText(people)} people.`,
    `Collections: ${collections.join(', ')}.`,
    withdrawn === null
      ? 'Withdrawn since: not counted yet.'
      : `Withdrawn since: ${aboutText(withdrawn.studies)} studies (counted ${withdrawn.countedAt.slice(0, 10)}).`,
    `SHA-256 of checksums.txt: ${checksums}`,
    ...(heldOut === null ? [] : [`Commitment to what is held out: ${heldOut}`]),
    `Files: ${files.join(', ')}; for people who are signed in, manifest.csv.`,
  ].join('\n');
}

export function listText(releases: readonly PublishedRelease[]): string {
  return table([
    ['VERSION', 'PUBLISHED', 'PEOPLE', 'STUDIES', 'TITLE'],
    ...releases.map(({ version, publishedAt, people, studies, title }) => [
      version,
      publishedAt.slice(0, 10),
      aboutText(people),
      aboutText(studies),
      title,
    ]),
  ]);
}

export function progressListText(releases: readonly ReleaseProgress[]): string {
  return table([
    ['VERSION', 'STATE', 'BEGUN', 'TITLE'],
    ...releases.map(({ version, state, begunAt, title }) => [version, state, begunAt.slice(0, 10), title]),
  ]);
}

/** What guard and gate found; of a gate that has not been asked yet nothing. */
export function findingsText({
  leakage,
  representativeness,
}: z.infer<typeof releasesRoutes.showReleaseFindings.answer>): string {
  const gate =
    representativeness === null
      ? ['Representativeness: not looked at yet.']
      : representativeness.length === 0
        ? ['Representativeness: nothing is in the way.']
        : [
            'Not shown to be represented as the platform asks:',
            ...representativeness.map((each) => `  ${gateFindingText(each)}`),
          ];
  return [
    leakage === null ? 'Both sides of the split: not compared yet.' : leakageText(leakage),
    '',
    ...gate,
  ].join('\n');
}
