import { duoLabel } from './duo-labels';
import { ageRange } from './hdruk';
import { valuesOf } from './missingness.contract';
import { plainSummary } from './plain-summary';
import type { Release } from './release.contract';
import { shownValue } from './shown-values.contract';

/** `dcat.jsonld`: DCAT 3 by the profiles DCAT-AP 3.0 and HealthDCAT-AP for data that are not public. */

const context = {
  adms: 'http://www.w3.org/ns/adms#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  dpv: 'https://w3id.org/dpv#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  healthdcatap: 'http://healthdataportal.eu/ns/health#',
  odrl: 'http://www.w3.org/ns/odrl/2/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  spdx: 'http://spdx.org/rdf/terms#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const;

const iri = (id: string) => ({ '@id': id });
const typed = (type: string, value: string) => ({ '@type': `xsd:${type}`, '@value': value });
const text = (value: string) => ({ '@language': 'en', '@value': value });

const authority = 'http://publications.europa.eu/resource/authority';

/** UK GDPR and Data Protection Act 2018. */
const legislation = [
  iri('http://www.legislation.gov.uk/id/eur/2016/679'),
  iri('http://www.legislation.gov.uk/id/ukpga/2018/12'),
];

/** England by its ONS code. */
const england = 'http://statistics.data.gov.uk/id/statistical-geography/E92000001';

/** Diagnostic Imaging in MeSH: the profile’s own list of health categories has not been published. */
const diagnosticImaging = 'http://id.nlm.nih.gov/mesh/D003952';

const contactOf = ({ publication: { contact } }: Release) => ({
  '@type': 'vcard:Kind',
  'vcard:fn': contact.name,
  'vcard:hasEmail': iri(`mailto:${contact.email}`),
});

const agentOf = (release: Release) => ({
  '@type': 'foaf:Agent',
  'foaf:name': release.publication.publisher.name,
  'foaf:homepage': iri(release.publication.publisher.identifier),
  'dcat:contactPoint': contactOf(release),
});

/** `6(1)(e)` as the Data Privacy Vocabulary names it: `A6-1-e`. */
function legalBases({ collections }: Release) {
  const names = collections
    .flatMap(({ legalBasis }) => [legalBasis.article6, legalBasis.article9])
    .flatMap((article) => {
      const parts = /^(\d)\((\d)\)\(([a-z])\)$/.exec(article);
      return parts === null ? [] : [`A${parts[1]}-${parts[2]}-${parts[3]}`];
    });
  return [...new Set(names)].map((name) => iri(`https://w3id.org/dpv/legal/eu/gdpr#${name}`));
}

const policy = (release: Release) => ({
  '@type': 'odrl:Offer',
  'odrl:permission': release.collections.flatMap(({ id, duoCodes }) =>
    duoCodes.map((code) => ({
      '@type': 'odrl:Permission',
      'rdfs:label': `${id}: ${duoLabel(code)}`,
      'odrl:action': iri(`http://purl.obolibrary.org/obo/${code.replace(':', '_')}`),
    })),
  ),
});

function distributions(release: Release) {
  const { publication, manifest, address } = release;
  const common = {
    '@type': 'dcat:Distribution',
    'dcatap:applicableLegislation': legislation,
    'dct:license': { '@type': 'dct:LicenseDocument', '@id': publication.licence.address },
    'dct:issued': typed('dateTime', release.issued),
    'odrl:hasPolicy': policy(release),
  };
  return [
    {
      ...common,
      'dct:title': text('Manifest: a row for each series'),
      'dcat:accessURL': iri(publication.accessRequest),
      'dcat:downloadURL': iri(`${address}/manifest.csv`),
      'dcat:mediaType': iri('http://www.iana.org/assignments/media-types/text/csv'),
      'dct:format': iri(`${authority}/file-type/CSV`),
      'dcat:byteSize': typed('decimal', String(manifest.bytes)),
      'spdx:checksum': {
        '@type': 'spdx:Checksum',
        'spdx:algorithm': iri('http://spdx.org/rdf/terms#checksumAlgorithm_sha256'),
        'spdx:checksumValue': typed('hexBinary', manifest.sha256),
      },
    },
    {
      ...common,
      'dct:title': text('Images in DICOM, by DICOMweb'),
      'dcat:accessURL': iri(publication.accessRequest),
      'dcat:mediaType': iri('http://www.iana.org/assignments/media-types/application/dicom'),
      'dcat:byteSize': typed('decimal', String(release.bytes)),
    },
  ];
}

const provenance = (release: Release) => [
  {
    '@type': 'dct:ProvenanceStatement',
    'rdfs:label': text(
      'Images taken in the care of patients of NHS trusts, sent by the trusts, without those of people who opted out.',
    ),
  },
  ...release.collections.map(({ title, deidentification: { policy: name, version, sha256 } }) => ({
    '@type': 'dct:ProvenanceStatement',
    'rdfs:label': text(
      `${title}: identifiers taken out by policy ${name}, version ${version}, SHA-256 ${sha256}.`,
    ),
  })),
];

/** Numbers that are told only where the disclosure rule lets them through. */
function sizes(release: Release) {
  const told = (property: string, value: number | null) =>
    value === null ? {} : { [`healthdcatap:${property}`]: typed('nonNegativeInteger', String(value)) };
  const { least, most } = ageRange(release);
  return {
    ...told('numberOfUniqueIndividuals', shownValue(release.totals.people)),
    ...told('numberOfRecords', shownValue(release.totals.instances)),
    ...told('minTypicalAge', least),
    ...told('maxTypicalAge', most),
  };
}

/** The DCAT description of a release. */
export function dcat(release: Release): Readonly<Record<string, unknown>> {
  const { whoIsIn, whoIsMissing } = plainSummary(release);
  const { publication, previous } = release;
  return {
    '@context': context,
    '@type': 'dcat:Dataset',
    '@id': release.address,
    'dct:identifier': release.address,
    'dct:title': text(release.title),
    'dct:description': text([...whoIsIn, ...whoIsMissing].join(' ')),
    'dct:issued': typed('dateTime', release.issued),
    'dct:modified': typed('dateTime', release.issued),
    'dcat:version': release.version,
    ...(previous === null ? {} : { 'dcat:previousVersion': iri(previous.address) }),
    'dct:accessRights': iri(`${authority}/access-right/NON_PUBLIC`),
    'dcatap:applicableLegislation': legislation,
    'dct:publisher': agentOf(release),
    'dcat:contactPoint': contactOf(release),
    // There is no health data access body in the UK: who decides on access stands here.
    'healthdcatap:hdab': agentOf(release),
    'healthdcatap:healthCategory': iri(diagnosticImaging),
    'dcat:theme': iri(`${authority}/data-theme/HEAL`),
    'dct:type': iri(`${authority}/dataset-type/PERSONAL_DATA`),
    'dct:language': iri(`${authority}/language/ENG`),
    'dct:accrualPeriodicity': iri(`${authority}/frequency/IRREG`),
    'dct:conformsTo': iri('https://www.dicomstandard.org/current'),
    'dcat:keyword': [
      'medical imaging',
      'DICOM',
      ...valuesOf(release, 'modality').map(({ value }) => value),
    ].map(text),
    'dcat:landingPage': iri(release.address),
    'dct:spatial': { '@type': 'dct:Location', '@id': england },
    'dct:temporal': {
      '@type': 'dct:PeriodOfTime',
      'dcat:startDate': typed('gYear', String(release.years.first)),
      'dcat:endDate': typed('gYear', String(release.years.last)),
    },
    'dct:provenance': provenance(release),
    'dpv:hasPurpose': release.collections.map(({ purpose }) => ({
      '@type': 'dpv:Purpose',
      'dct:description': text(purpose),
    })),
    'dpv:hasLegalBasis': legalBases(release),
    'healthdcatap:populationCoverage': text(whoIsIn.join(' ')),
    ...sizes(release),
    'adms:versionNotes': text(
      release.changes?.notes.join(' ') || `Release ${release.version} of ${publication.title}.`,
    ),
    'dcat:distribution': distributions(release),
  };
}
