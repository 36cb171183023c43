import type {
  CodeCount,
  PartView,
  ProcessingRules,
  QuarantineDetails,
  QuarantineView,
  ReleaseAnswer,
} from '../../lambda/quarantine/quarantine.contract';
import { outcomeLine } from '../submission/submission-text';
import { count, plural, size, table } from '../terminal/text';
import { fileName } from './file-names';

/** Files listed; `--json` has them all. */
const filesShown = 100;

const releases: Readonly<Record<QuarantineDetails['release'], string>> = {
  'rule-change': 'after a change of the rules',
  'any-time': 'at any time',
  never: 'never',
};

const outcomes = { imported: 'imported', duplicateOrWithheld: 'duplicate or withheld' } as const;

/** Files kept, by code and trust, the most first. */
export function countsText(counts: readonly CodeCount[]): string {
  const files = counts.reduce((sum, each) => sum + each.files, 0);
  if (files === 0) return 'Nothing is kept in quarantine.';
  const rows = [...counts]
    .sort((left, right) => right.files - left.files)
    .map((each) => [each.code, each.trust, count(each.files)]);
  return `${plural(files, 'file')} kept in quarantine\n\n${table([['CODE', 'TRUST', 'FILES'], ...rows])}`;
}

function endOf(file: QuarantineView): string {
  if (file.endedAt === undefined) return `${file.expiresAt.slice(0, 10)}${file.endsSoon ? ' ends soon' : ''}`;
  return file.endedAt.slice(0, 10);
}

function stateOf({ state, outcome, reason }: QuarantineView): string {
  if (outcome !== undefined) return `${state}: ${outcomes[outcome]}`;
  return reason === undefined ? state : `${state}: ${reason}`;
}

/** Files as a table; of many only the first. */
export function filesText(files: readonly QuarantineView[]): string {
  const rows = files
    .slice(0, filesShown)
    .map((file) => [fileName(file), file.trust, file.code, stateOf(file), size(file.bytes), endOf(file)]);
  const more = files.length > filesShown ? `\nand ${plural(files.length - filesShown, 'file')} more` : '';
  return `${table([['FILE', 'TRUST', 'CODE', 'STATE', 'SIZE', 'ENDS'], ...rows])}${more}`;
}

function rulesText({ policy, acceptedPixelKinds, patientsWithoutNhsNumber }: ProcessingRules): string {
  const kinds = acceptedPixelKinds.length === 0 ? 'no kinds' : acceptedPixelKinds.join(', ');
  return `${policy.name} ${policy.version} (${policy.sha256.slice(0, 12)}), accepts ${kinds}, without NHS number: ${patientsWithoutNhsNumber}`;
}

/** One file in full. */
export function detailsText(file: QuarantineDetails): string {
  return [
    `${fileName(file)}  ${stateOf(file)}`,
    `Code        ${file.code}${file.tagPath === null ? '' : ` at ${file.tagPath}`}`,
    `Happened    ${file.happened}`,
    `Trust       ${file.trust}: ${file.fix}`,
    `Release     ${releases[file.release]}. ${file.releaseReason}`,
    `Collection  ${file.collection}`,
    `Rules then  ${rulesText(file.rules)}`,
    `Rules now   ${file.currentRules === null ? 'none: the collection is configured no more' : rulesText(file.currentRules)}`,
    `            ${file.rulesChanged ? 'They have changed.' : 'They have not changed.'}`,
    `Kept in     ${file.held}, ${size(file.bytes)}, since ${file.quarantinedAt.slice(0, 10)}`,
    `${file.endedAt === undefined ? 'Ends' : 'Ended'}        `.slice(0, 12) + endOf(file),
    ...(file.replays > 0 ? [`Replays     ${file.replays}, quarantined again each time`] : []),
    ...(file.replay === undefined
      ? []
      : [`Replay      ${[file.replay, file.replayOrdinal].filter(Boolean).join('/')}`]),
    ...(file.decidedBy === undefined ? [] : [`Decided by  ${file.decidedBy}`]),
  ].join('\n');
}

/** Replay submissions of a release. */
export function partsText(parts: readonly PartView[]): string {
  return table([
    ['REPLAY', 'TRUST', 'COLLECTION', 'FILES', 'SIZE', 'STATE'],
    ...parts.map((part) => [
      part.state === 'planned' ? '' : part.submission,
      part.trust,
      part.collection,
      count(part.files),
      size(part.bytes),
      part.totals === undefined ? part.state : outcomeLine(part.totals),
    ]),
  ]);
}

/** What a release leaves out, a line each. */
export function leftOutText({ unchanged, notWaiting, aboveLimit }: ReleaseAnswer['leftOut']): string[] {
  return [
    ...(unchanged > 0
      ? [
          `${plural(unchanged, 'file')} left out: the rules have not changed since. --again releases them all the same.`,
        ]
      : []),
    ...(notWaiting > 0 ? [`${plural(notWaiting, 'file')} left out: in a replay already, or ended.`] : []),
    ...(aboveLimit > 0
      ? [`${plural(aboveLimit, 'file')} left out: more than one release takes. Release again.`]
      : []),
  ];
}
