import { croissant } from '../../../lambda/releases/croissant';
import { dcat } from '../../../lambda/releases/dcat';
import type { Finding } from '../../../lambda/releases/finding';
import { hdruk } from '../../../lambda/releases/hdruk';
import { manifestColumns } from '../../../lambda/releases/manifest.contract';
import { croissantFindings } from '../../../lambda/releases/validate-croissant';
import { dcatFindings } from '../../../lambda/releases/validate-dcat';
import { hdrukFindings } from '../../../lambda/releases/validate-hdruk';
import { exampleRelease } from './release-fixture';

// biome-ignore lint/suspicious/noExplicitAny: documents are spoilt wherever the mistake belongs
type Document = any;

const ofCroissant = (document: Document) => croissantFindings(document, { 'manifest.csv': manifestColumns });

/** Finds exactly where the mistake was planted. */
function expectFound(
  make: object,
  find: (document: Document) => Finding[],
  plant: (document: Document) => void,
  path: string,
) {
  const document: Document = structuredClone(make);
  expect(find(document)).toEqual([]);
  plant(document);
  expect(find(document).map((each) => each.path)).toContain(path);
}

describe('the validator of Croissant finds', () => {
  it.each<[string, (document: Document) => void, string]>([
    ['a missing description', (d) => delete d.description, '/description'],
    ['a missing licence', (d) => delete d.license, '/license'],
    [
      'two names',
      (d) => {
        d.name = ['a', 'b'];
      },
      '/name',
    ],
    [
      'another version of the format',
      (d) => {
        d.conformsTo = ['http://mlcommons.org/croissant/1.0'];
      },
      '/conformsTo',
    ],
    [
      'a version that is not semantic',
      (d) => {
        d.version = '2026.4';
      },
      '/version',
    ],
    [
      'a date of another form',
      (d) => {
        d.datePublished = '30/11/2026';
      },
      '/datePublished',
    ],
    [
      'a dataset of another type',
      (d) => {
        d['@type'] = 'sc:DataCatalog';
      },
      '/@type',
    ],
    [
      'a foreign namespace',
      (d) => {
        d['@context'].cr = 'http://example.org/';
      },
      '/@context/cr',
    ],
    [
      'a term defined as another',
      (d) => {
        d['@context'].field = 'cr:fields';
      },
      '/@context/field',
    ],
    [
      'a misspelt property',
      (d) => {
        d.descripton = 'x';
      },
      '/descripton',
    ],
    [
      'a prefix that nobody defines',
      (d) => {
        d['prov:wasDerivedFrom'] = 'x';
      },
      '/prov:wasDerivedFrom',
    ],
    ['a manifest without its digest', (d) => delete d.distribution[0].sha256, '/distribution/0/sha256'],
    [
      'a digest of another kind',
      (d) => {
        d.distribution[0].sha256 = 'd41d8cd98f00b204e9800998ecf8427e';
      },
      '/distribution/0/sha256',
    ],
    [
      'a resource of another type',
      (d) => {
        d.distribution[1]['@type'] = 'sc:DataDownload';
      },
      '/distribution/1/@type',
    ],
    [
      'files in a container that is not there',
      (d) => {
        d.distribution[1].containedIn = { '@id': 'images.zip' };
      },
      '/distribution/1/containedIn',
    ],
    [
      'an id used twice',
      (d) => {
        d.distribution[1]['@id'] = 'manifest.csv';
      },
      '/distribution/1/@id',
    ],
    [
      'a source that is not there',
      (d) => {
        d.recordSet[0].field[0].source.fileObject = { '@id': 'other.csv' };
      },
      '/recordSet/0/field/0/source',
    ],
    [
      'a file set taken for a file',
      (d) => {
        d.recordSet[0].field[0].source.fileObject = { '@id': 'dicom-files' };
      },
      '/recordSet/0/field/0/source',
    ],
    [
      'a column that the manifest does not have',
      (d) => {
        d.recordSet[0].field[0].source.extract.column = 'trust';
      },
      '/recordSet/0/field/0/source/extract/column',
    ],
    [
      'a property that files do not have',
      (d) => {
        d.recordSet[1].field[0].source.extract = { fileProperty: 'owner' };
      },
      '/recordSet/1/field/0/source/extract',
    ],
    [
      'a reference into nothing',
      (d) => {
        d.recordSet[0].field[0].references = { '@id': 'trusts/code' };
      },
      '/recordSet/0/field/0/references',
    ],
    [
      'a type of field that nobody knows',
      (d) => {
        d.recordSet[0].field[3].dataType = 'sc:Int';
      },
      '/recordSet/0/field/3/dataType',
    ],
    ['a field without a source', (d) => delete d.recordSet[0].field[1].source, '/recordSet/0/field/1'],
    [
      'a name twice in a record set',
      (d) => {
        d.recordSet[0].field[1].name = 'collection';
      },
      '/recordSet/0/field',
    ],
    [
      'a key of another record set',
      (d) => {
        d.recordSet[0].key = { '@id': 'collections/id' };
      },
      '/recordSet/0/key',
    ],
    [
      'an enumeration without names',
      (d) => {
        d.recordSet[2].field[1].name = 'title';
      },
      '/recordSet/2',
    ],
    [
      'a record with a field too many',
      (d) => {
        d.recordSet[2].data[0]['collections/trust'] = 'RX1';
      },
      '/recordSet/2/data/0/collections/trust',
    ],
    [
      'text where a number belongs',
      (d) => {
        d.recordSet[3].data[1]['people-by-group/count'] = '40';
      },
      '/recordSet/3/data/1/people-by-group/count',
    ],
    [
      'a record twice',
      (d) => {
        d.recordSet[3].data.push(d.recordSet[3].data[0]);
      },
      '/recordSet/3/data/63',
    ],
    [
      'a DUO term whose address is of another',
      (d) => {
        d.usageInfo[0].url = 'duo:0000042';
      },
      '/usageInfo/0/url',
    ],
    [
      'a DUO code of another form',
      (d) => {
        d.usageInfo[0].termCode = 'DUO:7';
      },
      '/usageInfo/0/termCode',
    ],
    ['an offer without a permission', (d) => delete d.usageInfo[3]['odrl:permission'], '/usageInfo/3'],
    [
      'a constraint without its operator',
      (d) => delete d.usageInfo[3]['odrl:permission']['odrl:constraint'][0]['odrl:operator'],
      '/usageInfo/3/odrl:permission/odrl:constraint/0',
    ],
    ['no conditions of use', (d) => delete d.usageInfo, '/usageInfo'],
    ['no biases', (d) => delete d['rai:dataBiases'], '/rai:dataBiases'],
    [
      'a misspelt RAI property',
      (d) => {
        d['rai:dataBias'] = 'x';
      },
      '/rai:dataBias',
    ],
    [
      'two values of a RAI property that has one',
      (d) => {
        d['rai:dataCollection'] = ['a', 'b'];
      },
      '/rai:dataCollection',
    ],
    [
      'RAI properties without the vocabulary',
      (d) => {
        d.conformsTo = ['http://mlcommons.org/croissant/1.1'];
      },
      '/conformsTo',
    ],
  ])('%s', (_, plant, path) => expectFound(croissant(exampleRelease()), ofCroissant, plant, path));

  it.each([null, [], 'text', {}])('%j is no description', (value) => {
    expect(ofCroissant(value).length).toBeGreaterThan(0);
  });
});

describe('the validator of HDR UK 3.0.0 finds', () => {
  it.each<[string, (document: Document) => void, string]>([
    ['a missing identifier', (d) => delete d.identifier, '/identifier'],
    [
      'a version that is not semantic',
      (d) => {
        d.version = '2026.4';
      },
      '/version',
    ],
    [
      'an issue date without a time',
      (d) => {
        d.issued = '2026-11-30';
      },
      '/issued',
    ],
    [
      'an unknown field',
      (d) => {
        d.trusts = [];
      },
      '/trusts',
    ],
    [
      'a title that is too long',
      (d) => {
        d.summary.title = 'x'.repeat(151);
      },
      '/summary/title',
    ],
    [
      'an abstract that is too long',
      (d) => {
        d.summary.abstract = 'x'.repeat(501);
      },
      '/summary/abstract',
    ],
    [
      'a contact that is no address',
      (d) => {
        d.summary.contactPoint = 'office';
      },
      '/summary/contactPoint',
    ],
    [
      'a bin of ethnicity that is not in the list',
      (d) => {
        d.demographicFrequency.ethnicity[0].bin = 'White British';
      },
      '/demographicFrequency/ethnicity/0/bin',
    ],
    [
      'a count that is not whole',
      (d) => {
        d.demographicFrequency.ethnicity[0].count = 5.5;
      },
      '/demographicFrequency/ethnicity/0/count',
    ],
    [
      'a bin of age that is not in the list',
      (d) => {
        d.demographicFrequency.age = [{ bin: '20-29', count: 10 }];
      },
      '/demographicFrequency/age/0/bin',
    ],
    [
      'a contrast that is neither yes nor no',
      (d) => {
        d.provenance.origin.imageContrast = 'Maybe';
      },
      '/provenance/origin/imageContrast',
    ],
    [
      'an observation of something else',
      (d) => {
        d.observations[0].observedNode = 'Patients';
      },
      '/observations/0/observedNode',
    ],
    [
      'an observation without a day',
      (d) => delete d.observations[0].observationDate,
      '/observations/0/observationDate',
    ],
    ['no way of access', (d) => delete d.accessibility.access, '/accessibility/access'],
    [
      'a limitation that is not in the list',
      (d) => {
        d.accessibility.usage.dataUseLimitation = ['DUO:0000007'];
      },
      '/accessibility/usage/dataUseLimitation/0',
    ],
    [
      'a country that is not ISO’s',
      (d) => {
        d.accessibility.access.jurisdiction = ['England'];
      },
      '/accessibility/access/jurisdiction/0',
    ],
    ['an earlier version without a number', (d) => delete d.revisions[0].version, '/revisions/0/version'],
  ])('%s', (_, plant, path) => expectFound(hdruk(exampleRelease()), hdrukFindings, plant, path));
});

describe('the validator of DCAT finds', () => {
  it.each<[string, (document: Document) => void, string]>([
    ['a missing title', (d) => delete d['dct:title'], '/dct:title'],
    [
      'a dataset open to everybody',
      (d) => {
        d['dct:accessRights'] = {
          '@id': 'http://publications.europa.eu/resource/authority/access-right/PUBLIC',
        };
      },
      '/dct:accessRights',
    ],
    ['no legislation', (d) => delete d['dcatap:applicableLegislation'], '/dcatap:applicableLegislation'],
    ['no contact', (d) => delete d['dcat:contactPoint'], '/dcat:contactPoint'],
    ['no provenance', (d) => delete d['dct:provenance'], '/dct:provenance'],
    [
      'provenance as text',
      (d) => {
        d['dct:provenance'] = 'from trusts';
      },
      '/dct:provenance',
    ],
    [
      'no distribution',
      (d) => {
        d['dcat:distribution'] = [];
      },
      '/dcat:distribution',
    ],
    [
      'two publishers',
      (d) => {
        d['dct:publisher'] = [d['dct:publisher'], d['dct:publisher']];
      },
      '/dct:publisher',
    ],
    ['a publisher without a name', (d) => delete d['dct:publisher']['foaf:name'], '/dct:publisher/foaf:name'],
    [
      'a publisher whom nobody can ask',
      (d) => delete d['dct:publisher']['dcat:contactPoint'],
      '/dct:publisher/dcat:contactPoint',
    ],
    [
      'an address that is text',
      (d) => {
        d['dcat:contactPoint']['vcard:hasEmail'] = 'office@example.org';
      },
      '/dcat:contactPoint/vcard:hasEmail',
    ],
    [
      'a date without a type',
      (d) => {
        d['dct:issued'] = '2026-11-30';
      },
      '/dct:issued',
    ],
    [
      'a date that is none',
      (d) => {
        d['dct:issued']['@value'] = '30/11/2026';
      },
      '/dct:issued',
    ],
    [
      'a number of people below zero',
      (d) => {
        d['healthdcatap:numberOfUniqueIndividuals']['@value'] = '-1';
      },
      '/healthdcatap:numberOfUniqueIndividuals',
    ],
    [
      'a distribution that nobody can reach',
      (d) => delete d['dcat:distribution'][0]['dcat:accessURL'],
      '/dcat:distribution/0/dcat:accessURL',
    ],
    [
      'a checksum that is not hexadecimal',
      (d) => {
        d['dcat:distribution'][0]['spdx:checksum']['spdx:checksumValue']['@value'] = 'xyz';
      },
      '/dcat:distribution/0/spdx:checksum/spdx:checksumValue',
    ],
    [
      'a theme as text',
      (d) => {
        d['dcat:theme'] = 'health';
      },
      '/dcat:theme',
    ],
    [
      'a prefix that nobody defines',
      (d) => {
        d['prov:wasGeneratedBy'] = { '@id': 'https://example.org' };
      },
      '/prov:wasGeneratedBy',
    ],
    ['no identifier', (d) => delete d['@id'], '/@type'],
    [
      'a period with a year of two digits',
      (d) => {
        d['dct:temporal']['dcat:startDate']['@value'] = '15';
      },
      '/dct:temporal/dcat:startDate',
    ],
  ])('%s', (_, plant, path) => expectFound(dcat(exampleRelease()), dcatFindings, plant, path));
});
