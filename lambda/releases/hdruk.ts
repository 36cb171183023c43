import { knownEthnicCategories } from '../demographics/table-columns.contract';
import { ethnicLabels } from './group-labels.contract';
import { citation, nameOf, semanticVersion } from './identity';
import { manifestColumns } from './manifest.contract';
import { groupsOf, valuesOf } from './missingness.contract';
import { plainSummary } from './plain-summary';
import type { Release } from './release.contract';
import { shownValue } from './shown-values.contract';

/** `hdruk.json`: dataset metadata of the HDR UK schema 3.0.0. */

/** What the schema calls each DUO term on a permission; terms that it does not know are in the access conditions. */
const limitations: Readonly<Record<string, string>> = {
  'DUO:0000004': 'No restriction',
  'DUO:0000042': 'General research use',
  'DUO:0000006': 'Research-specific restrictions',
  'DUO:0000007': 'Research-specific restrictions',
  'DUO:0000011': 'Research-specific restrictions',
  'DUO:0000012': 'Research-specific restrictions',
  'DUO:0000015': 'No general methods research',
  'DUO:0000016': 'Genetic studies only',
  'DUO:0000018': 'Not for profit use',
  'DUO:0000022': 'Geographical restrictions',
  'DUO:0000026': 'User-specific restrictions',
  'DUO:0000027': 'Project-specific restrictions',
  'DUO:0000028': 'Institution-specific restrictions',
  'DUO:0000045': 'Not for profit use',
  'DUO:0000046': 'Not for profit use',
};

const requirements: Readonly<Record<string, string>> = {
  'DUO:0000018': 'Not for profit use',
  'DUO:0000019': 'Publication required',
  'DUO:0000020': 'Collaboration required',
  'DUO:0000021': 'Ethics approval required',
  'DUO:0000022': 'Geographical restrictions',
  'DUO:0000024': 'Publication moratorium',
  'DUO:0000025': 'Time limit on use',
  'DUO:0000026': 'User-specific restriction',
  'DUO:0000027': 'Project-specific restrictions',
  'DUO:0000028': 'Institution-specific restrictions',
  'DUO:0000029': 'Return to database or resource',
  'DUO:0000045': 'Not for profit use',
};

/** Modalities (0008,0060) under the schema's sub-types. */
const imagingTypes: Readonly<Record<string, string>> = {
  CT: 'CT',
  MR: 'MRI',
  PT: 'PET',
  CR: 'X-ray',
  DX: 'X-ray',
  DR: 'X-ray',
  MG: 'X-ray',
  RF: 'X-ray',
  XA: 'X-ray',
  US: 'Ultrasound',
  SM: 'Pathology',
};

/** Body parts (0018,0015) under the schema's sub-types. */
const bodyAreas: Readonly<Record<string, string>> = {
  HEAD: 'Head',
  BRAIN: 'Head',
  SKULL: 'Head',
  CHEST: 'Chest',
  ABDOMEN: 'Abdomen',
  ARM: 'Arm',
  LEG: 'Leg',
};

/** The gateway's number for a size that is not told. */
const sizeNotTold = -1;

/** Longest abstract and description that the schema takes. */
const abstractLength = 500;
const descriptionLength = 10_000;

const once = (values: readonly (string | undefined)[]): string[] =>
  [...new Set(values.filter((value) => value !== undefined))].sort();

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;

/** A web address that the schema takes for an earlier version: with a name of a domain in it. */
const domainAddress = /^https?:\/\/[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(:\d+)?(\/\S*)?$/;

function description(release: Release): string {
  const { whoIsIn, whoIsMissing } = plainSummary(release);
  const notes = [
    'Counts of people are after disclosure control: 0 to 7 withheld, others rounded by no more than their square root; what is theirs, as coarsely. Bins that are withheld are left out; ' +
      'ethnicity that is not stated, not known or not recorded is counted as Not known.',
    'Ages are counted in bands of ten years, which the age bins of this schema do not have: see the datasheet.',
  ];
  return cut(
    ['Who is in it.', ...whoIsIn, 'Who is missing.', ...whoIsMissing, ...notes].join(' '),
    descriptionLength,
  );
}

function ethnicity(release: Release) {
  const { people, missing } = release.demographics.ethnic_category;
  const bins = [
    ...knownEthnicCategories.map((group) => ({ bin: ethnicLabels[group], count: shownValue(people[group]) })),
    { bin: 'Not known', count: shownValue(missing) },
  ];
  return bins.filter(({ count }) => count !== null);
}

function observations(release: Release) {
  const observationDate = release.issued.slice(0, 10);
  const observed = (observedNode: string, measuredValue: number | null, measuredProperty: string) =>
    measuredValue === null ? [] : [{ observedNode, measuredValue, observationDate, measuredProperty }];
  const { totals } = release;
  return [
    ...observed('Persons', shownValue(totals.people), 'People'),
    ...observed('Events', shownValue(totals.studies), 'Studies'),
    ...valuesOf(release, 'modality').flatMap(({ value, series }) =>
      observed('Number of scans per modality', shownValue(series), `Series of modality ${value}`),
    ),
  ];
}

/** Least and greatest age in years of the bands in which somebody is seen. */
export function ageRange(release: Release): { least: number | null; most: number | null } {
  const seen = groupsOf(release, 'age_band')
    .filter(({ people }) => (shownValue(people) ?? 0) > 0)
    .map(({ group }) => group);
  const first = seen[0];
  const last = seen.at(-1);
  return {
    least: first === undefined ? null : Number.parseInt(first, 10),
    // 150 is what the schema's guidance says where there is no upper end.
    most: last === undefined ? null : last === '90+' ? 150 : Number(last.split('-')[1]),
  };
}

function imageContrast({ acquisition: { contrast } }: Release): string {
  if ((shownValue(contrast.used.series) ?? 0) > 0) return 'Yes';
  const missing = shownValue(contrast.missing.series);
  return (shownValue(contrast.notUsed.series) ?? 0) > 0 && missing === 0 ? 'No' : 'Not stated';
}

function provenance(release: Release) {
  const subTypes = once([
    ...valuesOf(release, 'modality').map(({ value }) => imagingTypes[value]),
    ...valuesOf(release, 'body_part').map(({ value }) => bodyAreas[value]),
  ]);
  return {
    origin: {
      purpose: ['Care'],
      datasetType: ['Imaging types', 'Imaging area of the body'],
      datasetSubType: subTypes.length > 0 ? subTypes : ['Not applicable'],
      source: ['Machine generated'],
      imageContrast: imageContrast(release),
    },
    temporal: {
      publishingFrequency: 'Irregular',
      startDate: `${release.years.first}-01-01`,
      endDate: `${release.years.last}-12-31`,
      timeLag: 'Variable',
    },
  };
}

function accessibility(release: Release) {
  const { publication, collections } = release;
  const codes = collections.flatMap(({ duoCodes }) => duoCodes);
  const direct = collections.some(({ accessModes }) => accessModes.includes('direct'));
  return {
    usage: {
      dataUseLimitation: once(codes.map((code) => limitations[code])),
      dataUseRequirements: once(['Disclosure control', ...codes.map((code) => requirements[code])]),
      resourceCreator: cut(citation(release), 1_000),
    },
    access: {
      accessRights: publication.accessRequest,
      accessServiceCategory: direct ? 'Varies based on project' : 'TRE/SDE',
      accessService:
        'DICOMweb inside the Data Access Environment, with credentials that end with the approval.',
      deliveryLeadTime: 'Variable',
      jurisdiction: ['GB-ENG'],
    },
    formatAndStandards: {
      vocabularyEncodingScheme: ['NHS NATIONAL CODES', 'OTHER'],
      conformsTo: ['DICOM', 'NHS DATA DICTIONARY'],
      language: ['en'],
      format: ['application/dicom', 'text/csv'],
    },
  };
}

const columnTypes: Readonly<Record<(typeof manifestColumns)[number], readonly [string, string]>> = {
  collection: ['string', 'Collection of the study'],
  study_instance_uid: ['string', 'Study Instance UID, replaced'],
  series_instance_uid: ['string', 'Series Instance UID, replaced'],
  instances: ['integer', 'Instances of the series'],
};

/** The HDR UK description of a release. */
export function hdruk(release: Release): Readonly<Record<string, unknown>> {
  const { publication, previous } = release;
  const { whoIsIn } = plainSummary(release);
  const { least, most } = ageRange(release);
  return {
    identifier: release.address,
    version: semanticVersion(release.version),
    revisions:
      previous === null
        ? []
        : [
            {
              version: semanticVersion(previous.version),
              url: domainAddress.test(previous.address) ? previous.address : null,
            },
          ],
    issued: release.issued,
    modified: release.issued,
    summary: {
      title: cut(release.title, 150),
      abstract: cut(whoIsIn.slice(0, 2).join(' '), abstractLength),
      dataCustodian: {
        identifier: publication.publisher.identifier,
        name: publication.publisher.name,
        contactPoint: publication.contact.email,
      },
      populationSize: shownValue(release.totals.people) ?? sizeNotTold,
      keywords: ['medical imaging', 'DICOM', ...release.collections.map(({ title }) => title)],
      contactPoint: publication.contact.email,
      alternateIdentifiers: [nameOf(release)],
    },
    documentation: {
      description: description(release),
      associatedMedia: [`${release.address}/datasheet.html`],
      inPipeline: 'Available',
    },
    coverage: {
      spatial: 'United Kingdom, England',
      typicalAgeRangeMin: least,
      typicalAgeRangeMax: most,
      datasetCompleteness: `${release.address}/datasheet.html`,
      followUp: 'Unknown',
      pathway: 'Imaging of NHS trusts alone; nothing is linked from other care.',
    },
    provenance: provenance(release),
    accessibility: accessibility(release),
    observations: observations(release),
    structuralMetadata: {
      tables: [
        {
          name: 'manifest.csv',
          description: 'A row for each series of the release',
          columns: manifestColumns.map((name) => ({
            name,
            dataType: columnTypes[name][0],
            description: columnTypes[name][1],
            sensitive: false,
          })),
        },
      ],
    },
    demographicFrequency: { age: null, ethnicity: ethnicity(release), disease: null },
  };
}
