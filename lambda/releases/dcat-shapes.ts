/**
 * Constraints of the SHACL shapes of DCAT-AP 3.0.0 (releases/3.0.0/html/shacl/shapes.ttl of SEMICeu/DCAT-AP) and of
 * HealthDCAT-AP for NON_PUBLIC data (release 5), as far as they concern the classes that a release describes. One shape is
 * not taken over: Checksum_Shape demands SHA-1 there.
 */

export interface PropertyShape {
  readonly path: string;
  readonly min?: number;
  readonly max?: number;
  readonly kind?: 'literal' | 'iri' | 'node' | 'node-or-iri';
  /** Of XML Schema. */
  readonly datatype?: string | readonly string[];
  /** Value that must be among them. */
  readonly value?: string;
  /** Class that the value must be of. */
  readonly of?: string;
}

export interface NodeShape {
  readonly name: string;
  readonly properties: readonly PropertyShape[];
}

const dateOrTime = ['date', 'dateTime', 'gYear', 'gYearMonth'] as const;

/** Shapes by the class whose nodes they hold for. */
export const shapes: Readonly<Record<string, readonly NodeShape[]>> = {
  'dcat:Dataset': [
    {
      name: 'DCAT-AP Dataset_Shape',
      properties: [
        { path: 'dct:title', min: 1, kind: 'literal' },
        { path: 'dct:description', min: 1, kind: 'literal' },
        { path: 'dct:identifier', kind: 'literal' },
        { path: 'dcat:keyword', kind: 'literal' },
        { path: 'dct:publisher', max: 1 },
        { path: 'dct:accessRights', max: 1 },
        { path: 'dct:accrualPeriodicity', max: 1 },
        { path: 'dct:issued', max: 1, datatype: dateOrTime },
        { path: 'dct:modified', max: 1, datatype: dateOrTime },
        { path: 'dcat:version', max: 1, kind: 'literal' },
        { path: 'adms:versionNotes', kind: 'literal' },
      ],
    },
    {
      name: 'HealthDCAT-AP Dataset_Shape (NON_PUBLIC)',
      properties: [
        {
          path: 'dct:accessRights',
          min: 1,
          max: 1,
          value: 'http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC',
        },
        { path: 'dcatap:applicableLegislation', min: 1, kind: 'iri' },
        { path: 'dcat:distribution', min: 1, of: 'dcat:Distribution' },
        { path: 'dct:identifier', min: 1, kind: 'literal' },
        { path: 'dct:publisher', min: 1, max: 1, kind: 'node-or-iri' },
        { path: 'dcat:theme', min: 1, kind: 'iri' },
        { path: 'dpv:hasPurpose', kind: 'node-or-iri' },
        { path: 'healthdcatap:hdab', min: 1, max: 1, kind: 'node-or-iri' },
        { path: 'healthdcatap:healthCategory', min: 1, kind: 'iri' },
        { path: 'healthdcatap:minTypicalAge', max: 1, datatype: 'nonNegativeInteger' },
        { path: 'healthdcatap:maxTypicalAge', max: 1, datatype: 'nonNegativeInteger' },
        { path: 'healthdcatap:numberOfRecords', max: 1, datatype: 'nonNegativeInteger' },
        { path: 'healthdcatap:numberOfUniqueIndividuals', max: 1, datatype: 'nonNegativeInteger' },
        { path: 'healthdcatap:populationCoverage', kind: 'literal' },
        { path: 'dcat:contactPoint', min: 1, kind: 'node-or-iri', of: 'vcard:Kind' },
        { path: 'dcat:keyword', min: 1, kind: 'literal' },
        { path: 'dct:type', min: 1, kind: 'node-or-iri' },
        { path: 'dct:provenance', min: 1, kind: 'node-or-iri', of: 'dct:ProvenanceStatement' },
      ],
    },
  ],
  'dcat:Distribution': [
    {
      name: 'DCAT-AP Distribution_Shape',
      properties: [
        { path: 'dcat:accessURL', min: 1, kind: 'node-or-iri' },
        { path: 'dcat:downloadURL', kind: 'node-or-iri' },
        { path: 'dct:title', kind: 'literal' },
        { path: 'dct:issued', max: 1, datatype: dateOrTime },
        { path: 'dct:license', max: 1, of: 'dct:LicenseDocument' },
        { path: 'dct:format', max: 1 },
        { path: 'dcat:mediaType', max: 1 },
        { path: 'dcat:byteSize', max: 1, datatype: 'decimal' },
        { path: 'spdx:checksum', max: 1, of: 'spdx:Checksum' },
        { path: 'odrl:hasPolicy', max: 1 },
      ],
    },
    {
      name: 'HealthDCAT-AP Distribution_Shape',
      properties: [{ path: 'dcatap:applicableLegislation', min: 1, kind: 'iri' }],
    },
  ],
  'spdx:Checksum': [
    {
      name: 'DCAT-AP Checksum_Shape',
      properties: [
        { path: 'spdx:algorithm', min: 1, max: 1, kind: 'iri' },
        { path: 'spdx:checksumValue', min: 1, max: 1, datatype: 'hexBinary' },
      ],
    },
  ],
  'foaf:Agent': [
    {
      name: 'DCAT-AP Agent_Shape',
      properties: [
        { path: 'foaf:name', min: 1, kind: 'literal' },
        { path: 'dct:type', max: 1 },
      ],
    },
    {
      name: 'HealthDCAT-AP HealthAgent_Shape',
      properties: [{ path: 'dcat:contactPoint', min: 1, max: 1, of: 'vcard:Kind' }],
    },
  ],
  'vcard:Kind': [
    {
      name: 'HealthDCAT-AP Kind_Shape',
      properties: [
        { path: 'vcard:hasURL', max: 1, kind: 'iri' },
        // One of the two must be there; a release always has the address.
        { path: 'vcard:hasEmail', min: 1, max: 1, kind: 'iri' },
      ],
    },
  ],
  'dct:PeriodOfTime': [
    {
      name: 'DCAT-AP PeriodOfTime_Shape',
      properties: [
        { path: 'dcat:startDate', max: 1, datatype: dateOrTime },
        { path: 'dcat:endDate', max: 1, datatype: dateOrTime },
      ],
    },
  ],
};
