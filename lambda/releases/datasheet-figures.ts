import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { attributeLabel } from '../../statistics/references/attributes';
import type { GroupComparison } from '../../statistics/representativeness/report.contract';
import { type Block, type Inline, paragraph, table } from './datasheet-blocks';
import { groupLabel, personAttributes, personAttributeTitles } from './group-labels.contract';
import { groupsOf, missingnessOf, valuesOf } from './missingness.contract';
import type { Release } from './release.contract';
import { acquisitionAttributes, acquisitionTitles } from './release-figures.contract';
import { seenIn, shownValue } from './shown-values.contract';
import { capital, countText, percent, ratioText } from './wording.contract';

const notComparedWords = {
  'nobody-shown': 'nobody is shown',
  'one-group-shown': 'one group alone is shown',
  'reference-has-nobody': 'the population has nobody there',
} as const;

/** Tables of a datasheet. */

function shareOf(count: ShownCount, known: number): Inline {
  const value = shownValue(count);
  const share = value === null || known === 0 ? null : value / known;
  return { share, words: share === null ? '' : percent(share) };
}

/** People by each attribute, with shares of those who are known and shown. */
export function demographicTables(release: Release): Block[] {
  return personAttributes.map((attribute) => {
    const groups = groupsOf(release, attribute);
    const known = seenIn(groups.map(({ people }) => people));
    const title = personAttributeTitles[attribute];
    return table(
      `People by ${title}`,
      [capital(title), 'People', 'Share of those known'],
      [
        ...groups.map(({ group, people }) => [
          groupLabel(attribute, group),
          countText(people),
          shareOf(people, known),
        ]),
        ['not known', countText(release.demographics[attribute].missing), ''],
      ],
    );
  });
}

/** Series and people by how images were taken. */
export function acquisitionTables(release: Release): Block[] {
  return acquisitionAttributes.map((attribute) => {
    const values = valuesOf(release, attribute);
    const known = seenIn(values.map(({ series }) => series));
    const title = acquisitionTitles[attribute];
    const { missing } = release.acquisition[attribute];
    return table(
      `Series by ${title}`,
      [capital(title), 'People', 'Series', 'Share of series that state it'],
      [
        ...values.map(({ value, people, series }) => [
          value,
          countText(people),
          countText(series),
          shareOf(series, known),
        ]),
        ['not stated', countText(missing.people), countText(missing.series), ''],
      ],
    );
  });
}

export function missingnessTable(release: Release): Block {
  return table(
    'What is not known',
    ['Attribute', 'Not known', 'Of', 'Share'],
    missingnessOf(release).map(({ title, missing, unit, share }) => [
      title,
      countText(missing),
      unit,
      { share, words: share === null ? 'withheld' : percent(share) },
    ]),
  );
}

const flagWords = { under: 'too few', over: 'more than its share', none: '' } as const;

function comparisonRow(group: GroupComparison): Inline[] {
  switch (group.kind) {
    case 'compared':
      return [
        group.label,
        percent(group.share),
        percent(group.referenceShare),
        `${ratioText(group.ratio)} (${ratioText(group.interval.low)} to ${ratioText(group.interval.high)})`,
        flagWords[group.flag],
      ];
    case 'suppressed':
      return [group.label, 'withheld', percent(group.referenceShare), '', 'too few to show'];
    case 'not-in-reference':
      return [group.label, '', '', '', 'not counted in the population'];
  }
}

/** Each attribute against each population it was compared with. */
export function representativenessBlocks({ representativeness }: Release): Block[] {
  const label = (id: string) => representativeness.references.find((each) => each.id === id)?.label ?? id;
  return representativeness.attributes.flatMap(({ attribute, comparisons }) =>
    comparisons.map((comparison): Block => {
      const title = attributeLabel(attribute);
      if (comparison.kind === 'not-compared')
        return paragraph(
          `${title} could not be compared with ${label(comparison.reference)}: ` +
            `${notComparedWords[comparison.why]}.`,
        );
      return table(
        `${title}, against ${label(comparison.reference)}`,
        [title, 'Share here', 'Share there', 'Ratio (95 % interval)', ''],
        comparison.groups.map(comparisonRow),
      );
    }),
  );
}
