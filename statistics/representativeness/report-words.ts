import { type Cell, isShown } from './cell.contract';
import { missingAlarm } from './missing';
import type {
  AttributeReport,
  ComparisonMade,
  Flag,
  GroupComparison,
  Interval,
  RepresentativenessReport,
  Standardised,
  StandardisedGroup,
  StandardisedMade,
} from './report.contract';

/** What a report says in words, the same in text and in HTML. */

/** `7.1 %` */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** `0.64`; ratios of ten and more with one decimal. */
export const ratioText = (ratio: number): string => ratio.toFixed(ratio < 9.995 ? 2 : 1);

/** `0.56 to 0.74` */
export const intervalText = ({ low, high }: Interval): string => `${ratioText(low)} to ${ratioText(high)}`;

/** `1,234` */
export const peopleText = (people: number): string => people.toLocaleString('en-GB');

export const cellText = (cell: Cell): string => (isShown(cell) ? peopleText(cell.shown) : 'suppressed');

export const flagText: Readonly<Record<Flag, string>> = {
  under: 'under-represented',
  over: 'over-represented',
  none: '',
};

/** A ratio in the words of its row, or why there is none. */
export function ratioOrWhy(group: GroupComparison | StandardisedGroup): string {
  switch (group.kind) {
    case 'compared':
      return ratioText(group.ratio);
    case 'suppressed':
      return group.ratioAtMost === null ? 'left out' : `at most ${ratioText(group.ratioAtMost)}`;
    case 'not-in-reference':
      return 'no figure';
  }
}

type Made = ComparisonMade | StandardisedMade;

const groupsOf = (made: Made): readonly (GroupComparison | StandardisedGroup)[] => made.groups;

/** One that is suppressed may be represented less than any that is shown. */
const ofWhich = (made: Made): string =>
  groupsOf(made).some(({ kind }) => kind === 'suppressed') ? ' of the groups shown' : '';

const noneOf = (made: Made): string => {
  const which = ofWhich(made);
  return which === '' ? 'No group' : `None${which}`;
};

function worstSentences(made: Made, population: string): string[] {
  const { worstGroup, people } = made;
  const worst = groupsOf(made).find(({ group }) => group === worstGroup?.group);
  if (worst?.kind !== 'compared') return [];
  const [there, whole] =
    'referenceShare' in worst
      ? [worst.referenceShare, population]
      : [worst.expectedShare, `what ${population} would have at these ages and sexes`];
  return [
    `Least represented${ofWhich(made)}: ${worst.label}, ${percent(worst.people / people)} of the people here and ` +
      `${percent(there)} of ${whole}: ${ratioText(worst.ratio)} of their share (95 % interval ` +
      `${intervalText(worst.interval)}).`,
  ];
}

function flagSentences(made: Made): string[] {
  const flagged = (flag: Flag): string =>
    groupsOf(made)
      .flatMap((each) => (each.kind === 'compared' && each.flag === flag ? [each.label] : []))
      .join(', ');
  const under = flagged('under');
  const over = flagged('over');
  return [
    under === '' ? `${noneOf(made)} is clearly under-represented.` : `Clearly under-represented: ${under}.`,
    ...(over === '' ? [] : [`Clearly over-represented: ${over}.`]),
  ];
}

function suppressedSentences(made: Made): string[] {
  const suppressed = groupsOf(made).flatMap((each) => (each.kind === 'suppressed' ? [each] : []));
  const small = suppressed.flatMap(({ label, ratioAtMost }) =>
    ratioAtMost === null ? [] : [`${label} (a ratio of at most ${ratioText(ratioAtMost)})`],
  );
  const unknown = suppressed.flatMap(({ label, ratioAtMost }) => (ratioAtMost === null ? [label] : []));
  return [
    ...(small.length > 0 ? [`Suppressed, since few people or none are in it: ${small.join(', ')}.`] : []),
    ...(unknown.length > 0
      ? [
          `Left out of the shares, since any number may stand behind a suppressed count: ${unknown.join(', ')}.`,
        ]
      : []),
  ];
}

function distanceSentences({ distances }: ComparisonMade, population: string): string[] {
  const { totalVariation, jensenShannonDistance, populationStabilityIndex } = distances;
  return [
    `${percent(totalVariation)} of the people would have to be in other groups for the shares to be those of ${population} (total variation).`,
    `Jensen–Shannon distance ${jensenShannonDistance.toFixed(3)} (0: equal shares, 1: nothing in common). ` +
      `Population stability index ${populationStabilityIndex.toFixed(3)}, for trends only.`,
  ];
}

/** What a comparison says, a sentence each: the worst group, what is suppressed, how far the shares are apart. */
export function comparisonSentences(made: ComparisonMade, population: string): string[] {
  return [
    ...worstSentences(made, population),
    ...suppressedSentences(made),
    ...flagSentences(made),
    ...distanceSentences(made, population),
  ];
}

export const notComparedText = {
  'nobody-shown': 'Not compared: nobody is seen in the groups that could be.',
  'one-group-shown':
    'Not compared: one group alone is seen, and any number may stand behind the suppressed counts of the others.',
  'reference-has-nobody': 'Not compared: the population has nobody in the groups that are seen.',
  'age-and-sex-suppressed':
    'Not compared: any number may stand behind a suppressed count of the people by age and sex.',
} as const;

/** What the standardised ratios say. */
export function standardisedSentences(standardised: Standardised, population: string): string[] {
  if (standardised.kind === 'not-compared') return [notComparedText[standardised.why]];
  return [
    ...worstSentences(standardised, population),
    ...suppressedSentences(standardised),
    ...flagSentences(standardised),
  ];
}

/** Of how many people an attribute is not known, and what that means for the worst group. */
export function missingSentences({ missing, comparisons }: AttributeReport): string[] {
  if (missing.rows.length === 0) return [];
  if (missing.share === null) return ['Nobody is seen, and so no share of people of whom this is not known.'];
  const hidden = missing.rows.some(({ people }) => !isShown(people));
  if (hidden && missing.share === 0)
    return [
      missing.rows.every(({ people }) => isShown(people) || people.atMost !== undefined)
        ? 'Of how many people it is not known is suppressed: few, or none.'
        : 'Of how many people it is not known is suppressed; any number may stand behind it.',
    ];
  const more = hidden ? ', and of a suppressed number more' : '';
  const said = `Not known of ${percent(missing.share)} of the people${more}; ratios are of the others.`;
  if (!missing.alarm) return [said];
  const alarm = `That is more than ${(100 * missingAlarm).toFixed(0)} %, so read the ratios with care.`;
  const wide = comparisons.flatMap((comparison) => {
    if (comparison.kind === 'not-compared') return [];
    const worst = comparison.groups.find(({ group }) => group === comparison.worstGroup?.group);
    if (worst?.kind !== 'compared') return [];
    const { low, high } = worst.whateverIsMissing;
    return [
      `Whoever they are, the ratio of ${worst.label} lies between ${ratioText(low)} and ${ratioText(high)}.`,
    ];
  });
  return [said, alarm, ...wide.slice(0, 1)];
}

/** Whether the counts are those of the disclosure rule. */
export const countsSentence: Readonly<Record<RepresentativenessReport['counts'], string>> = {
  'as-given': 'Counts as they were given: the disclosure rule was not applied here.',
  'disclosure-rule':
    'Counts of fewer than 8 people are suppressed and others rounded, to the nearest 5 or, where a release publishes them, from 25 on more coarsely; every figure comes of what is left.',
};

/** The label of a population by its id. */
export const populationLabel = (report: RepresentativenessReport, id: string): string =>
  report.references.find((each) => each.id === id)?.label ?? id;
