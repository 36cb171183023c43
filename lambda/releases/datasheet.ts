import { balancedAttributes } from '../splits/split-balance';
import {
  type Block,
  type Datasheet,
  type Inline,
  list,
  paragraph,
  type Section,
  table,
} from './datasheet-blocks';
import {
  acquisitionTables,
  demographicTables,
  missingnessTable,
  representativenessBlocks,
} from './datasheet-figures';
import { duoLabel } from './duo-labels';
import { personAttributeTitles } from './group-labels.contract';
import { citation, nameOf } from './identity';
import { plainSummary } from './plain-summary';
import type { Bias, Release } from './release.contract';
import { acquisitionTitles } from './release-figures.contract';
import { bytesText, capital, countText, percent } from './wording.contract';

/**
 * The datasheet of a release, in the order of the documentation part of the STANDING Together recommendations (summary,
 * identity and access, purpose, origin, people, attributes, missing data, biases, ethics and governance), with what
 * Datasheets for Datasets and Healthsheet ask for besides.
 */

type Content = (release: Release) => readonly Block[];

const titles: Readonly<Record<string, string>> = { ...personAttributeTitles, ...acquisitionTitles };

const link = (address: string, words?: string): Inline =>
  words === undefined ? { address } : { address, words };

const identity: Content = (release) => [
  table(
    'Identity and access',
    ['', ''],
    [
      ['Name', release.title],
      ['Version', release.version],
      ['Identifier', link(release.address)],
      ['Issued', release.issued],
      [
        'Release before',
        release.previous === null ? 'none' : link(release.previous.address, release.previous.version),
      ],
      ['Publisher', link(release.publication.publisher.identifier, release.publication.publisher.name)],
      ['Contact', `${release.publication.contact.name}, ${release.publication.contact.email}`],
      ['Terms', link(release.publication.licence.address, release.publication.licence.title)],
      ['How to apply', link(release.publication.accessRequest)],
      ['Size', bytesText(release.bytes)],
      ['Cite as', citation(release)],
    ],
  ),
];

const purpose: Content = ({ publication, collections }) => [
  list(publication.intendedUses),
  table(
    'Collections and their purposes',
    ['Collection', 'Purpose', 'People', 'Studies', 'Series', 'Images'],
    collections.map(({ title, purpose: why, people, studies, series, instances }) => [
      title,
      why,
      countText(people),
      countText(studies),
      countText(series),
      countText(instances),
    ]),
  ),
  paragraph(
    publication.funders.length === 0
      ? 'The publisher names no funders.'
      : `Funded by ${publication.funders.join('; ')}.`,
  ),
];

const origin: Content = (release) => [
  paragraph(
    'Images were taken in the care of patients of NHS trusts and sent by the trusts. Nobody was imaged for this dataset.',
  ),
  list([
    'Every study that a trust sends for a collection is taken, if it can be proved safe and valid; what cannot be is quarantined, and is not in it.',
    'A patient is in only if the National Data Opt-out service cleared them, or if the collection takes patients without an NHS number.',
    `${capital(percent(release.splitBalance.heldOutShare))} of patients are held out by a keyed draw that knows nothing about them.`,
  ]),
  table(
    'Taking out identifiers',
    ['Collection', 'Policy', 'Version', 'SHA-256 of the policy'],
    release.collections.map(({ title, deidentification: { policy, version, sha256 } }) => [
      title,
      policy,
      String(version),
      sha256,
    ]),
  ),
  paragraph(
    'Dates are shifted by a number of days that is one patient’s own and keeps intervals. Identifiers in pixels are blanked or the image is refused. UIDs are replaced.',
  ),
];

const attributes: Content = ({ attributes: records }) => [
  table(
    'How attributes were recorded and merged',
    ['Attribute', 'Recorded', 'Merged'],
    records.map(({ attribute, recorded, merged }) => [titles[attribute] ?? attribute, recorded, merged]),
  ),
];

const biasWords: Readonly<Record<Bias['kind'], string>> = {
  individual: 'Of people',
  acquisition: 'Of how images were taken',
  label: 'Of labels',
};

const biases: Content = ({ biases: all }) => [
  ...(['individual', 'acquisition', 'label'] as const).map((kind) => {
    const rows = all.filter((each) => each.kind === kind);
    return rows.length === 0
      ? paragraph(`${biasWords[kind]}: none is known. That none is known does not mean that there is none.`)
      : table(
          biasWords[kind],
          ['Subject', 'What is known', 'From', 'What to do'],
          rows.map(({ subject, description, evidence, mitigation }) => [
            subject,
            description,
            evidence === 'measured' ? 'these figures' : 'the publisher',
            mitigation ?? '',
          ]),
        );
  }),
];

const split: Content = ({ splitBalance, heldOutCommitment }) => {
  const outside = splitBalance.strata.filter(({ inside }) => inside === false);
  return [
    paragraph(
      `Of ${splitBalance.strata.length} strata, ${outside.length} lie outside the ${(100 * splitBalance.confidence).toFixed(1)} % limits of a draw at random.`,
    ),
    table(
      'The draw, by attribute',
      ['Attribute', 'Groups', 'Inside', 'Outside', 'Not shown'],
      balancedAttributes.map((attribute) => {
        const strata = splitBalance.strata.filter((stratum) => stratum.attribute === attribute);
        const of = (verdict: boolean | null) =>
          String(strata.filter(({ inside }) => inside === verdict).length);
        return [titles[attribute] ?? attribute, String(strata.length), of(true), of(false), of(null)];
      }),
    ),
    ...(outside.length === 0
      ? []
      : [
          table(
            'Strata outside the limits',
            ['Attribute', 'Group', 'Held out', 'Limits'],
            outside.map(({ attribute, group, heldOut, lower, upper }) => [
              titles[attribute] ?? attribute,
              group,
              percent(heldOut),
              `${percent(lower)} to ${percent(upper)}`,
            ]),
          ),
        ]),
    paragraph(
      heldOutCommitment === null
        ? 'No list of those held out has been committed to for this release.'
        : `SHA-256 of the list of those held out: ${heldOutCommitment}`,
    ),
  ];
};

const governance: Content = ({ collections }) => [
  table(
    'Legal basis and conditions of use',
    [
      'Collection',
      'UK GDPR',
      'Confidentiality',
      'Reference',
      'Ends on',
      'Conditions (DUO)',
      'Where it may be read',
    ],
    collections.map(({ title, legalBasis, duoCodes, accessModes }) => [
      title,
      `Article ${legalBasis.article6}, ${legalBasis.article9}`,
      legalBasis.confidentiality,
      legalBasis.reference,
      legalBasis.endsOn,
      duoCodes.map((code) => `${duoLabel(code)} (${code})`).join('; '),
      accessModes.includes('direct')
        ? 'in the Data Access Environment, or elsewhere where the committee allows it'
        : 'in the Data Access Environment',
    ]),
  ),
  paragraph('A committee decides on each application. Nobody may try to find out who a patient is.'),
];

const maintenance: Content = (release) => [
  paragraph(
    `A release never changes. Studies that are withdrawn can no longer be read; so far: ${countText(release.studiesWithdrawn)}.`,
  ),
  ...(release.changes === null || release.previous === null
    ? [paragraph('This is the first release.')]
    : [
        table(
          `Changes since ${release.previous.version}`,
          ['Studies', 'Number'],
          [
            ['added', countText(release.changes.studiesAdded)],
            ['no longer in it', countText(release.changes.studiesRemoved)],
            ['of these, withdrawn', countText(release.changes.studiesWithdrawn)],
          ],
        ),
        list(release.changes.notes),
      ]),
];

const disclosure: Content = () => [
  paragraph(
    'Counts of people from 0 to 7 are withheld, so that nobody can tell whether there is anybody; others are rounded: to the nearest 5, from 25 on to the nearest 10, from 100 on 20, from 625 on 50, from 2,500 on 100, and so on, never by more than the square root of the count. Studies, series, images and bytes are as coarse as their people: where everybody has four images, four times the people shown. A further cell is withheld where it would give one away. Shares and ratios are worked out from what is shown. Sums therefore need not agree.',
  ),
];

const contents: readonly (readonly [string, Content])[] = [
  ['Identity and access', identity],
  ['Purpose', purpose],
  ['Uses to avoid', ({ publication }) => [list(publication.usesToAvoid)]],
  ['What those who put it together assumed', ({ publication }) => [list(publication.assumptions)]],
  ['Where the data come from', origin],
  ['Who is in it', demographicTables],
  ['Who is missing, against the population', representativenessBlocks],
  ['How attributes were recorded and merged', attributes],
  ['What is not known', (release) => [missingnessTable(release)]],
  ['How images were taken', acquisitionTables],
  ['Labels', ({ publication }) => [paragraph(publication.labels)]],
  ['Known biases', biases],
  ['Held-out patients', split],
  ['Ethics and governance', governance],
  ['Changes and maintenance', maintenance],
  ['How figures are shown', disclosure],
];

/** The datasheet of a release: the plain summary first, then every section; one without content says so. */
export function datasheet(release: Release): Datasheet {
  const { whoIsIn, whoIsMissing } = plainSummary(release);
  const sections = contents.map(([title, content], index): Section => {
    const blocks = content(release).filter((block) => block.kind !== 'list' || block.items.length > 0);
    return {
      number: String(index + 1),
      title,
      blocks: blocks.length > 0 ? blocks : [paragraph('Nothing is recorded.')],
    };
  });
  return {
    title: `Datasheet of ${nameOf(release)}`,
    sections: [
      { number: null, title: 'Who is in it', blocks: [list(whoIsIn)] },
      { number: null, title: 'Who is missing', blocks: [list(whoIsMissing)] },
      { number: null, title: 'What not to do with it', blocks: [list(release.publication.usesToAvoid)] },
      ...sections,
    ],
  };
}
