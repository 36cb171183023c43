import { attributeLabel } from '../../statistics/references/attributes';
import { groupLabel, groupPhrase, type PersonAttribute } from './group-labels.contract';
import { nameOf } from './identity';
import { groupsOf, missingAlarm, missingnessOf, valuesOf } from './missingness.contract';
import type { Release } from './release.contract';
import { whoIsMissing } from './representation.contract';
import { seenIn, shownValue } from './shown-values.contract';
import { bytesText, capital, countOf, listed, percent, ratioText } from './wording.contract';

/** What everybody should read first: sentences made from the figures of the release and from nothing else. */
export interface PlainSummary {
  readonly whoIsIn: readonly string[];
  readonly whoIsMissing: readonly string[];
}

/** Groups named in one sentence; the tables have all of them. */
const namedAtMost = 12;

interface Shared {
  readonly words: string;
  readonly share: number;
}

/** Groups with their shares of those who are shown, largest first. */
function sharesOf(release: Release, attribute: PersonAttribute): Shared[] {
  const groups = groupsOf(release, attribute);
  const known = seenIn(groups.map(({ people }) => people));
  return groups
    .flatMap(({ group, people }) => {
      const value = shownValue(people);
      return value === null || value === 0 || known === 0
        ? []
        : [{ words: groupLabel(attribute, group), share: value / known }];
    })
    .sort((left, right) => right.share - left.share);
}

const shareList = (shares: readonly Shared[], most: number): string =>
  listed(shares.slice(0, most).map(({ words, share }) => `${words} (${percent(share)})`));

function modalities(release: Release): string[] {
  const values = valuesOf(release, 'modality');
  const known = seenIn(values.map(({ series }) => series));
  const shares = values
    .flatMap(({ value, series }) => {
      const shown = shownValue(series);
      return shown === null || shown === 0 ? [] : [{ words: value, share: shown / known }];
    })
    .sort((left, right) => right.share - left.share);
  return shares.length === 0 ? [] : [`The series are of these modalities: ${shareList(shares, 6)}.`];
}

function whoIsIn(release: Release): string[] {
  const { totals, bytes, collections, years } = release;
  const people: readonly [PersonAttribute, string][] = [
    ['sex', 'Of those whose sex is known: '],
    ['age_band', 'Largest age groups, in years: '],
    ['ethnic_category', 'Largest ethnic categories: '],
    ['trust_region', 'The trusts that sent images are in these regions: '],
  ];
  return [
    `${nameOf(release)} holds ${countOf(totals.studies, 'studies')} of ${countOf(totals.people, 'people')}: ` +
      `${countOf(totals.series, 'series')}, ${countOf(totals.instances, 'images')}, ${bytesText(bytes)}.`,
    `They stand in ${collections.length === 1 ? 'one collection' : `${collections.length} collections`}: ` +
      `${listed(collections.map(({ title }) => title))}. By their shifted dates the studies are from ` +
      `${years.first === years.last ? years.first : `${years.first} to ${years.last}`}.`,
    ...modalities(release),
    ...people.flatMap(([attribute, beginning]) => {
      const shares = sharesOf(release, attribute);
      return shares.length === 0
        ? []
        : [`${beginning}${shareList(shares, attribute === 'trust_region' ? 9 : 3)}.`];
    }),
  ];
}

/** `people aged 90 and over, people who live in London and 3 more` */
function phrases(groups: readonly { readonly attribute: string; readonly group: string }[]): string {
  const words = groups.map(({ attribute, group }) => groupPhrase(attribute, group));
  if (words.length <= namedAtMost) return listed(words);
  return listed([...words.slice(0, namedAtMost), `${words.length - namedAtMost} more groups`]);
}

function tooFew(release: Release): string[] {
  const { under, compared } = whoIsMissing(release);
  if (compared.length === 0)
    return ['Nothing was compared with a population, so nothing is known of who has too small a share.'];
  const found = [...new Set(under.map((each) => each.reference))].map((reference) => {
    const groups = under.filter((each) => each.reference === reference);
    const words = groups
      .slice(0, namedAtMost)
      .map(
        ({ attribute, group, ratio, interval }) =>
          `${groupPhrase(attribute, group)} (${ratioText(ratio)} of their share, ` +
          `95 % interval ${ratioText(interval.low)} to ${ratioText(interval.high)})`,
      );
    const more = groups.length - words.length;
    return `Compared with ${reference}, there are too few ${listed([...words, ...(more > 0 ? [`${more} more groups`] : [])])}.`;
  });
  const names = listed(compared.map((attribute) => attributeLabel(attribute).toLowerCase()));
  return found.length > 0
    ? found
    : [`By ${names} no group is clearly below four fifths of its share of the population compared with.`];
}

function notKnown(release: Release): string[] {
  return missingnessOf(release)
    .filter(({ unit, share }) => unit === 'people' && share !== null && share > missingAlarm)
    .map(
      ({ title, share }) =>
        `${capital(title)} is not known of ${percent(share)} of people. The figures by ${title} tell of the others only, ` +
        'and may be wrong for all of them together.',
    );
}

function missingSentences(release: Release): string[] {
  const { withheld, nobody } = whoIsMissing(release);
  return [
    ...tooFew(release),
    ...(nobody.length > 0 ? [`Nobody at all: ${phrases(nobody)}.`] : []),
    ...(withheld.length > 0
      ? [
          `Nobody, or too few to show: ${phrases(withheld)}. ` +
            'They are too few to develop or to test anything on.',
        ]
      : []),
    ...notKnown(release),
    `${capital(percent(release.splitBalance.heldOutShare))} of patients, drawn by a secret key, are held out for evaluation and are not in it.`,
    'People who opted out of the use of their data, and people who were imaged where no trust takes part, are not in it.',
  ];
}

/** The plain summary of a release. */
export function plainSummary(release: Release): PlainSummary {
  return { whoIsIn: whoIsIn(release), whoIsMissing: missingSentences(release) };
}
