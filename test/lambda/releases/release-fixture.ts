import {
  ageBands,
  knownEthnicCategories,
  regionCodes,
} from '../../../lambda/demographics/table-columns.contract';
import { fieldStrengthBands, kvpBands } from '../../../lambda/releases/acquisition-bands.contract';
import { attributeRecords } from '../../../lambda/releases/attribute-records';
import { imdGroups, sexGroups } from '../../../lambda/releases/group-labels.contract';
import { knownBiases, measuredBiases } from '../../../lambda/releases/measured-biases';
import { publication } from '../../../lambda/releases/publication.contract';
import { type Release, release } from '../../../lambda/releases/release.contract';
import type { ShownCount } from '../../../statistics/disclosure/shown-count.contract';

/** A made-up release: none of its figures is of real data. */

export const shown = (value: number): ShownCount => ({ kind: 'shown', value });
export const suppressed: ShownCount = { kind: 'suppressed' };

export const exampleAddress = 'https://nmip.example.nhs.uk/releases/2026.4';

export const examplePublication = publication.parse({
  publisher: { name: 'Example Imaging Programme', identifier: 'https://nmip.example.nhs.uk' },
  contact: { name: 'Data access office', email: 'data-access@nmip.example.nhs.uk' },
  licence: { title: 'NMIP data access agreement', address: 'https://nmip.example.nhs.uk/terms' },
  accessRequest: 'https://nmip.example.nhs.uk/apply',
});

const counted = (people: number, series: number) => ({ people: shown(people), series: shown(series) });

const byGroup = <const Group extends string>(groups: readonly Group[], counts: readonly (number | null)[]) =>
  Object.fromEntries(
    groups.map((group, index) => {
      const count = counts[index];
      return [group, count === null || count === undefined ? suppressed : shown(count)];
    }),
  ) as Record<Group, ShownCount>;

const legalBasis = {
  article6: '6(1)(e)',
  article9: '9(2)(j)',
  confidentiality: 'Section 251 support',
  reference: '00/CAG/0000',
  endsOn: '2031-03-31',
};

const demographics: Release['demographics'] = {
  age_band: {
    people: byGroup(ageBands, [null, 40, 410, 780, 1210, 1890, 2340, 2010, 980, 120]),
    missing: shown(220),
  },
  sex: { people: byGroup(sexGroups, [4890, 5010, null]), missing: shown(95) },
  ethnic_category: {
    people: byGroup(knownEthnicCategories, [
      5120,
      60,
      410,
      30,
      20,
      40,
      35,
      190,
      140,
      55,
      80,
      70,
      130,
      25,
      45,
      null,
    ]),
    missing: shown(3550),
  },
  region: {
    people: byGroup(regionCodes, [null, 3900, 2100, 900, 1200, null, 110, 190, 60]),
    missing: shown(1500),
  },
  imd_decile: {
    people: byGroup(imdGroups, [1400, 1210, 1100, 990, 900, 850, 780, 700, 640, 610]),
    missing: shown(820),
  },
  trust_region: {
    people: byGroup(regionCodes, [null, 5200, 3100, null, 1700, null, null, null, null]),
    missing: suppressed,
  },
};

const acquisition: Release['acquisition'] = {
  modality: {
    values: [
      { value: 'CR', ...counted(6200, 9100) },
      { value: 'CT', ...counted(2900, 8400) },
      { value: 'MR', ...counted(1100, 6300) },
    ],
    missing: { people: suppressed, series: suppressed },
  },
  body_part: {
    values: [
      { value: 'CHEST', ...counted(8100, 16_000) },
      { value: 'HEAD', ...counted(900, 2500) },
    ],
    missing: counted(1200, 5300),
  },
  manufacturer: {
    values: [
      { value: 'Maker A', ...counted(7000, 15_100) },
      { value: 'Maker <B> & "Sons" | =1+1', ...counted(3000, 8700) },
    ],
    missing: { people: suppressed, series: suppressed },
  },
  field_strength: {
    bands: Object.fromEntries(
      fieldStrengthBands.map(({ label }, index) => [
        label,
        index === 1
          ? counted(900, 5000)
          : index === 2
            ? counted(200, 1300)
            : { people: suppressed, series: suppressed },
      ]),
    ) as Release['acquisition']['field_strength']['bands'],
    missing: { people: suppressed, series: suppressed },
  },
  kvp: {
    bands: Object.fromEntries(
      kvpBands.map(({ label }, index) => [label, counted(100 * (index + 1), 500 * (index + 1))]),
    ) as Release['acquisition']['kvp']['bands'],
    missing: counted(300, 800),
  },
  contrast: { used: counted(900, 2400), notUsed: counted(100, 300), missing: counted(9000, 21_100) },
};

const interval = (low: number, high: number) => ({ low, high });

const representativeness: Release['representativeness'] = {
  name: 'Release 2026.4',
  counts: 'disclosure-rule',
  references: [
    {
      id: 'england-2021',
      label: 'England, Census 2021',
      source: 'ONS TS021',
      date: '2021-03-21',
      licence: 'OGL 3.0',
      note: null,
    },
  ],
  attributes: [
    {
      attribute: 'ethnic_category',
      label: 'Ethnic category, 16 categories',
      groups: [],
      missing: { rows: [], share: 0.36, alarm: true },
      comparisons: [
        {
          kind: 'compared',
          reference: 'england-2021',
          people: 6450,
          groups: [
            {
              kind: 'compared',
              group: 'N',
              label: 'African',
              people: 130,
              share: 0.0202,
              referenceShare: 0.026,
              ratio: 0.775,
              interval: interval(0.654, 0.799),
              flag: 'under',
              whateverIsMissing: interval(0.5, 1.6),
            },
            {
              kind: 'compared',
              group: 'A',
              label: 'White British',
              people: 5120,
              share: 0.794,
              referenceShare: 0.735,
              ratio: 1.079,
              interval: interval(1.066, 1.093),
              flag: 'none',
              whateverIsMissing: interval(0.7, 1.2),
            },
            {
              kind: 'suppressed',
              group: 'S',
              label: 'Any other ethnic group',
              referenceShare: 0.0218,
              ratioAtMost: 0.05,
            },
          ],
          worstGroup: null,
          distances: {
            totalVariation: 0.06,
            jensenShannonDistance: 0.06,
            populationStabilityIndex: 0.03,
            chiSquared: null,
            degreesOfFreedom: 15,
          },
        },
      ],
    },
    {
      attribute: 'imd_decile',
      label: 'Deprivation',
      groups: [],
      missing: { rows: [], share: 0.08, alarm: false },
      comparisons: [{ kind: 'not-compared', reference: 'england-2021', why: 'reference-has-nobody' }],
    },
  ],
  standardised: [],
};

/** The made-up release with some of it changed. */
export function exampleRelease(different: Partial<Release> = {}): Release {
  const figures = { demographics, acquisition, representativeness, ...different };
  return release.parse({
    version: '2026.4',
    address: exampleAddress,
    title: 'National Medical Imaging Platform, release 2026.4',
    issued: '2026-11-30T09:00:00Z',
    previous: { version: '2026.3', address: 'https://nmip.example.nhs.uk/releases/2026.3' },
    publication: examplePublication,
    collections: [
      {
        id: 'chest',
        title: 'Chest imaging',
        purpose: 'Development and evaluation of software that finds disease on X-ray and CT of the chest.',
        duoCodes: ['DUO:0000007', 'DUO:0000026', 'DUO:0000029'],
        legalBasis,
        accessModes: ['dae-only'],
        people: shown(10_000),
        studies: shown(15_200),
        series: shown(23_800),
        instances: shown(410_000),
        deidentification: { policy: 'basic', version: 3, sha256: 'a'.repeat(64) },
      },
    ],
    years: { first: 2015, last: 2026 },
    totals: {
      people: shown(10_000),
      studies: shown(15_200),
      series: shown(23_800),
      instances: shown(410_000),
    },
    bytes: 412_000_000_000,
    biases: [...measuredBiases(figures), ...knownBiases({ publication: examplePublication })],
    attributes: attributeRecords,
    splitBalance: {
      heldOutShare: 0.2,
      confidence: 0.999,
      strata: [
        { attribute: 'sex', group: '1', heldOut: 0.203, lower: 0.18, upper: 0.22, inside: true },
        { attribute: 'sex', group: '2', heldOut: 0.25, lower: 0.18, upper: 0.22, inside: false },
        { attribute: 'sex', group: '9', heldOut: null, lower: 0, upper: 0.6, inside: null },
      ],
    },
    heldOutCommitment: 'b'.repeat(64),
    changes: {
      studiesAdded: shown(1200),
      studiesRemoved: shown(15),
      studiesWithdrawn: suppressed,
      notes: ['Two trusts of the West Midlands sent images for the first time.'],
    },
    studiesWithdrawn: shown(25),
    manifest: { sha256: 'c'.repeat(64), bytes: 3_000_000 },
    ...figures,
    ...different,
  });
}
