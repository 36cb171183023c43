import { groupLabel, groupPhrase } from './group-labels.contract';
import { missingAlarm, missingnessOf, valuesOf } from './missingness.contract';
import type { Bias, Release } from './release.contract';
import { type AcquisitionAttribute, acquisitionTitles } from './release-figures.contract';
import { whoIsMissing } from './representation.contract';
import { seenIn, shownValue } from './shown-values.contract';
import { capital, percent, ratioText } from './wording.contract';

type Figures = Pick<Release, 'demographics' | 'acquisition' | 'representativeness'>;

/** Where more than this share of series has one value, a model may learn that value (the platform's choice). */
const dominantShare = 0.5;

const dominated = [
  'manufacturer',
  'field_strength',
  'kvp',
] as const satisfies readonly AcquisitionAttribute[];

function ofPeople(release: Figures): Bias[] {
  const { under, withheld, nobody } = whoIsMissing(release);
  return [
    ...under.map(
      ({ attribute, group, ratio, reference }): Bias => ({
        kind: 'individual',
        subject: groupLabel(attribute, group).slice(0, 120),
        description: `${capital(groupPhrase(attribute, group))} have ${ratioText(ratio)} of their share of ${reference}.`,
        evidence: 'measured',
      }),
    ),
    ...[...nobody, ...withheld].map(
      ({ attribute, group }): Bias => ({
        kind: 'individual',
        subject: groupLabel(attribute, group).slice(0, 120),
        description: `${capital(groupPhrase(attribute, group))} are absent, or too few to be shown.`,
        evidence: 'measured',
      }),
    ),
  ];
}

function ofAcquisition(release: Figures): Bias[] {
  return dominated.flatMap((attribute) => {
    const values = valuesOf(release, attribute);
    const known = seenIn(values.map(({ series }) => series));
    return values.flatMap(({ value, series }): Bias[] => {
      const share = known === 0 ? 0 : (shownValue(series) ?? 0) / known;
      if (share <= dominantShare) return [];
      return [
        {
          kind: 'acquisition',
          subject: `${acquisitionTitles[attribute]}: ${value}`,
          description: `${percent(share)} of the series that state their ${acquisitionTitles[attribute]} have ${value}.`,
          evidence: 'measured',
        },
      ];
    });
  });
}

/** Biases that follow from the figures of a release: groups too few, attributes not known, one device above all. */
export function measuredBiases(release: Figures): Bias[] {
  const unknown = missingnessOf(release)
    .filter(({ share }) => share !== null && share > missingAlarm)
    .map(
      ({ title, unit, share }): Bias => ({
        kind: unit === 'people' ? 'individual' : 'acquisition',
        subject: title,
        description: `${capital(title)} is not known of ${percent(share)} of ${unit}.`,
        evidence: 'measured',
      }),
    );
  return [...ofPeople(release), ...ofAcquisition(release), ...unknown];
}

/** Biases that the publisher states. */
export function knownBiases({ publication }: Pick<Release, 'publication'>): Bias[] {
  return publication.knownBiases.map((bias) => ({ ...bias, evidence: 'known' }));
}
