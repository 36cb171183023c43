import { duoLabel, isPermission } from './duo-labels';
import { groupLabel, personAttributes, personAttributeTitles } from './group-labels.contract';
import { bibtex, nameOf, semanticVersion } from './identity';
import { manifestColumns } from './manifest.contract';
import { groupsOf, missingnessOf, valuesOf } from './missingness.contract';
import { plainSummary } from './plain-summary';
import type { Release } from './release.contract';
import { acquisitionAttributes, acquisitionTitles } from './release-figures.contract';
import { shownValue } from './shown-values.contract';
import { percent } from './wording.contract';

/** `croissant.json`: Croissant 1.1 with the RAI vocabulary 1.0. */

/** Appendix 1 of the specification, as far as terms are used here, with the vocabularies of usage conditions. */
const context = {
  '@language': 'en',
  '@vocab': 'http://schema.org/',
  sc: 'http://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  duo: 'http://purl.obolibrary.org/obo/DUO_',
  odrl: 'http://www.w3.org/ns/odrl/2/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  key: 'cr:key',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  source: 'cr:source',
} as const;

const reference = (id: string) => ({ '@id': id });

const duoNumber = (code: string) => code.slice('DUO:'.length);

/** What a collection permits and under which conditions, as DUO terms and as an ODRL offer. */
function usageInfo(release: Release) {
  const codes = [...new Set(release.collections.flatMap(({ duoCodes }) => duoCodes))].sort();
  const terms = codes.map((code) => ({
    '@type': 'sc:DefinedTerm',
    name: duoLabel(code),
    termCode: `DUO_${duoNumber(code)}`,
    url: `duo:${duoNumber(code)}`,
  }));
  const offers = release.collections.map(({ id, title, duoCodes }) => {
    const permitted = duoCodes.filter(isPermission);
    const conditions = duoCodes.filter((code) => !isPermission(code));
    return {
      '@type': ['sc:CreativeWork', 'odrl:Offer'],
      '@id': `usage/${id}`,
      name: `Conditions of use of ${title}`,
      'odrl:permission': {
        '@type': 'odrl:Permission',
        'odrl:action':
          permitted.length > 0
            ? permitted.map((code) => reference(`duo:${duoNumber(code)}`))
            : [reference('odrl:use')],
        'odrl:constraint': conditions.map((code) => ({
          '@type': 'odrl:Constraint',
          name: duoLabel(code),
          'odrl:leftOperand': reference('odrl:purpose'),
          'odrl:operator': reference('odrl:eq'),
          'odrl:rightOperand': reference(`duo:${duoNumber(code)}`),
        })),
      },
      // DUO has no term against re-identification.
      'odrl:prohibition': {
        '@type': 'odrl:Prohibition',
        name: 'Finding out who a patient is, and passing the data on',
        'odrl:action': [reference('odrl:distribute')],
      },
    };
  });
  return [...terms, ...offers];
}

interface Field {
  readonly name: string;
  readonly description: string;
  readonly dataType: string;
  readonly references?: string;
}

const field = (set: string, { name, description, dataType, references }: Field, source?: object) => ({
  '@type': 'cr:Field',
  '@id': `${set}/${name}`,
  name,
  description,
  dataType,
  ...(source === undefined ? {} : { source }),
  ...(references === undefined ? {} : { references: reference(references) }),
});

const manifestFields: Readonly<Record<(typeof manifestColumns)[number], Omit<Field, 'name'>>> = {
  collection: {
    description: 'Collection of the study.',
    dataType: 'sc:Text',
    references: 'collections/id',
  },
  study_instance_uid: {
    description: 'Study Instance UID (0020,000D), replaced.',
    dataType: 'sc:Text',
  },
  series_instance_uid: {
    description: 'Series Instance UID (0020,000E), replaced.',
    dataType: 'sc:Text',
  },
  instances: { description: 'Instances of the series.', dataType: 'sc:Integer' },
};

const series = () => ({
  '@type': 'cr:RecordSet',
  '@id': 'series',
  name: 'series',
  description: 'The series of the release, out of its manifest.',
  key: reference('series/series_instance_uid'),
  field: manifestColumns.map((name) =>
    field(
      'series',
      { name, ...manifestFields[name] },
      {
        fileObject: reference('manifest.csv'),
        extract: { column: name },
      },
    ),
  ),
});

const images = () => ({
  '@type': 'cr:RecordSet',
  '@id': 'images',
  name: 'images',
  description: 'DICOM instances, as `nmip download` lays them: study, series, instance.',
  field: [
    field(
      'images',
      { name: 'path', description: 'Path: study, series and instance UID.', dataType: 'sc:Text' },
      { fileSet: reference('dicom-files'), extract: { fileProperty: 'fullpath' } },
    ),
    field(
      'images',
      { name: 'content', description: 'The instance as a DICOM file.', dataType: 'sc:ImageObject' },
      { fileSet: reference('dicom-files'), extract: { fileProperty: 'content' } },
    ),
  ],
});

/** A record set whose records stand in the document itself. */
function enumerated(
  set: string,
  description: string,
  fields: readonly Field[],
  records: readonly Readonly<Record<string, string | number | boolean | null>>[],
  keys: readonly string[],
) {
  return {
    '@type': 'cr:RecordSet',
    '@id': set,
    name: set,
    description,
    key: keys.map((name) => reference(`${set}/${name}`)),
    field: fields.map((each) => field(set, each)),
    data: records.map((record) =>
      Object.fromEntries(Object.entries(record).map(([name, value]) => [`${set}/${name}`, value])),
    ),
  };
}

function collections(release: Release) {
  return {
    ...enumerated(
      'collections',
      'Collections: bodies of data with one purpose and one legal basis.',
      [
        { name: 'id', description: 'Id of the collection.', dataType: 'sc:Text' },
        { name: 'name', description: 'Title of the collection.', dataType: 'sc:Text' },
        { name: 'purpose', description: 'What it may be used for.', dataType: 'sc:Text' },
      ],
      release.collections.map(({ id, title, purpose }) => ({ id, name: title, purpose })),
      ['id'],
    ),
    dataType: 'sc:Enumeration',
  };
}

const figureFields: readonly Field[] = [
  { name: 'attribute', description: 'Attribute.', dataType: 'sc:Text' },
  { name: 'group', description: 'Group or value; blank where it is not known.', dataType: 'sc:Text' },
  {
    name: 'count',
    description: 'Count after the disclosure rule; null where withheld.',
    dataType: 'sc:Integer',
  },
];

const demographics = (release: Release) =>
  enumerated(
    'people-by-group',
    'People by attribute and group, after the disclosure rule.',
    figureFields,
    personAttributes.flatMap((attribute) => [
      ...groupsOf(release, attribute).map(({ group, people }) => ({
        attribute: personAttributeTitles[attribute],
        group: groupLabel(attribute, group),
        count: shownValue(people),
      })),
      {
        attribute: personAttributeTitles[attribute],
        group: '',
        count: shownValue(release.demographics[attribute].missing),
      },
    ]),
    ['attribute', 'group'],
  );

const acquisition = (release: Release) =>
  enumerated(
    'series-by-value',
    'Series by how images were taken, after the disclosure rule.',
    figureFields,
    acquisitionAttributes.flatMap((attribute) => [
      ...valuesOf(release, attribute).map(({ value, series: count }) => ({
        attribute: acquisitionTitles[attribute],
        group: value,
        count: shownValue(count),
      })),
      {
        attribute: acquisitionTitles[attribute],
        group: '',
        count: shownValue(release.acquisition[attribute].missing.series),
      },
    ]),
    ['attribute', 'group'],
  );

/** Properties of the RAI vocabulary (docs/croissant-rai-spec.md, version 1.0). */
function responsibleAi(release: Release) {
  const { publication, biases, attributes, collections: all } = release;
  const { whoIsMissing } = plainSummary(release);
  return {
    'rai:dataCollection':
      'Images taken in the care of patients of NHS trusts, sent by the trusts; patients who opted out are left out.',
    'rai:dataCollectionType': ['Secondary Data analysis'],
    'rai:dataCollectionRawData':
      'DICOM files as the picture archives of trusts hold them; tables of demographics.',
    'rai:dataCollectionMissingData': missingnessOf(release)
      .map(
        ({ title, unit, share }) =>
          `${title}: ${share === null ? 'withheld' : `${percent(share)} of ${unit}`} not known`,
      )
      .join('; '),
    'rai:dataCollectionTimeframe': [`${release.years.first}/${release.years.last}`],
    'rai:dataPreprocessingProtocol': all.map(
      ({ title, deidentification: { policy, version, sha256 } }) =>
        `${title}: identifiers taken out by policy ${policy}, version ${version} (SHA-256 ${sha256}).`,
    ),
    'rai:dataImputationProtocol': 'Nothing is imputed: what is not known stays missing.',
    'rai:dataManipulationProtocol':
      'Dates are shifted by a number of days of each patient’s own; UIDs are replaced; text in pixels is blanked, or the image refused.',
    'rai:dataAnnotationProtocol': publication.labels,
    'rai:dataReleaseMaintenancePlan': [
      'A release never changes; a new one is published beside it. Withdrawn studies can no longer be read and are counted.',
    ],
    'rai:personalSensitiveInformation': attributes
      .filter(({ attribute }) => (personAttributes as readonly string[]).includes(attribute))
      .map(({ attribute, recorded, merged }) => `${attribute}: ${recorded} ${merged}`),
    'rai:dataSocialImpact':
      'Software built on these images may work worse for groups that are missing or too few; they are named under data biases.',
    'rai:dataBiases': [
      ...whoIsMissing,
      ...biases.map(({ subject, description }) => `${subject}: ${description}`),
    ],
    'rai:dataLimitations': [...publication.usesToAvoid, ...publication.assumptions],
    'rai:dataUseCases': publication.intendedUses,
  };
}

/** The Croissant description of a release. */
export function croissant(release: Release): Readonly<Record<string, unknown>> {
  const { publication, manifest } = release;
  const organisation = {
    '@type': 'sc:Organization',
    name: publication.publisher.name,
    url: publication.publisher.identifier,
    email: publication.contact.email,
  };
  return {
    '@context': context,
    '@type': 'sc:Dataset',
    '@id': release.address,
    conformsTo: ['http://mlcommons.org/croissant/1.1', 'http://mlcommons.org/croissant/RAI/1.0'],
    name: release.title,
    description: plainSummary(release).whoIsIn.join(' '),
    url: release.address,
    license: publication.licence.address,
    conditionsOfAccess: publication.accessRequest,
    isAccessibleForFree: false,
    creator: [organisation],
    publisher: [organisation],
    datePublished: release.issued,
    version: semanticVersion(release.version),
    inLanguage: ['en'],
    keywords: ['medical imaging', 'DICOM', ...valuesOf(release, 'modality').map(({ value }) => value)],
    citeAs: bibtex(release),
    isLiveDataset: false,
    alternateName: nameOf(release),
    usageInfo: usageInfo(release),
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': 'manifest.csv',
        name: 'manifest.csv',
        description: 'A row for each series of the release.',
        contentUrl: `${release.address}/manifest.csv`,
        contentSize: `${manifest.bytes} B`,
        encodingFormat: 'text/csv',
        sha256: manifest.sha256,
      },
      {
        '@type': 'cr:FileSet',
        '@id': 'dicom-files',
        name: 'DICOM files',
        description: 'The instances of the series in the manifest; access is granted by the committee.',
        containedIn: reference('manifest.csv'),
        encodingFormat: 'application/dicom',
        includes: '*/*/*.dcm',
      },
    ],
    recordSet: [series(), images(), collections(release), demographics(release), acquisition(release)],
    ...responsibleAi(release),
  };
}
