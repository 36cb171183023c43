import type { Scorecard, ScorecardCollection } from '../../lambda/quality/quality.contract';
import { count, plural, size, table } from '../terminal/text';

const day = 86_400;
const hour = 3_600;

/** Seconds in the unit that suits them: `40 min`, `5.2 h`, `3.1 days`; a dash for none. */
export function span(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < hour) return `${Math.round(seconds / 60)} min`;
  return seconds < 2 * day ? `${(seconds / hour).toFixed(1)} h` : `${(seconds / day).toFixed(1)} days`;
}

/** A share as a percentage; a dash of nobody. */
export const percent = (part: number, of: number): string =>
  of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`;

/** How a week went, as label and value. */
export function summaryRows(card: Scorecard): readonly (readonly [string, string])[] {
  const { delivered, replayed, delay, backlog, studies } = card;
  const { imported, duplicateOrWithheld, quarantined, missing } = delivered.files;
  return [
    ['Submissions ended', count(delivered.submissions)],
    ['Files imported', count(imported)],
    ['Files duplicate or withheld', count(duplicateOrWithheld)],
    ['Files quarantined', count(quarantined)],
    ...Object.entries(delivered.quarantine)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([code, files]) => [`  ${code}`, count(files)] as const),
    ['Files missing', count(missing)],
    ...(replayed.submissions === 0
      ? []
      : [['Quarantined files imported later', count(replayed.files.imported)] as const]),
    ['Time to receipt, median', span(delay?.medianSeconds ?? null)],
    ['Time to receipt, 90th percentile', span(delay?.ninetiethSeconds ?? null)],
    ['Waiting at the end of the week', plural(backlog.submissions, 'submission')],
    ['Oldest that waits', span(backlog.oldestSeconds)],
    [
      'Studies received',
      studies.expected === null
        ? count(studies.received)
        : `${count(studies.received)} of ${count(studies.expected)} expected (${percent(studies.received, studies.expected)})`,
    ],
  ];
}

/** What is said of a collection beside its findings. */
export function collectionRows(each: ScorecardCollection): readonly (readonly [string, string])[] {
  const { patients, known } = each.demographics;
  const left = each.legalBasisDaysLeft;
  const basis = left === null ? 'no more configured' : left < 0 ? 'has ended' : plural(left, 'day');
  return [
    [
      'This week',
      `${plural(each.week.studies, 'study', 'studies')}, ${plural(each.week.images, 'image')}, ${size(each.week.bytes)}`,
    ],
    ['Held', `${plural(each.images, 'image')} of ${plural(patients, 'patient')}`],
    ['Age band known', percent(known.age_band, patients)],
    ['Sex known', percent(known.sex, patients)],
    ['Ethnic category known', percent(known.ethnic_category, patients)],
    ['Deprivation known', percent(known.imd_decile, patients)],
    ['Region known', percent(known.region, patients)],
    ['Legal basis left', basis],
  ];
}

export const findingHeadings = ['', 'count', 'share', 'allowed', 'what'] as const;

/** Findings as rows under {@link findingHeadings}, those above their threshold first. */
export function findingRows({ findings }: ScorecardCollection): readonly (readonly string[])[] {
  return [...findings]
    .sort((one, other) => Number(other.exceeded) - Number(one.exceeded))
    .map(({ exceeded, count: found, of, unit, threshold, sentence }) => [
      exceeded ? 'too many' : 'few',
      `${count(found)} of ${count(of)} ${unit}`,
      percent(found, of),
      percent(threshold, 1),
      sentence,
    ]);
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

/** A scorecard for a terminal. */
export function scorecardText(card: Scorecard): string {
  const collections = card.collections.map((each) => {
    const findings = findingRows(each);
    return [
      '',
      `Collection ${each.collection}`,
      indented(table(collectionRows(each))),
      findings.length === 0 ? '  No findings.' : indented(table([findingHeadings, ...findings])),
    ].join('\n');
  });
  return [`${card.trust}, week ${card.week}`, table(summaryRows(card)), ...collections].join('\n');
}
