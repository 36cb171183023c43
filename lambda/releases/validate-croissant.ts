import { allOf, type Finding, isObject, type JsonObject, typesOf } from './finding';
import { raiFindings } from './validate-croissant-rai';
import { recordSetFindings } from './validate-croissant-records';
import { usageFindings } from './validate-croissant-usage';

/**
 * Rules of the Croissant format specification 1.1 (docs/croissant-spec-1.1.md of mlcommons/croissant), by the names of
 * its sections. Where the specification recommends and a release always can, the rule demands.
 */

/** Terms of schema.org that a release uses; `@vocab` would make a misspelt one valid without anybody seeing it. */
const schemaOrgTerms = new Set([
  'alternateName',
  'conditionsOfAccess',
  'contentSize',
  'contentUrl',
  'creator',
  'datePublished',
  'description',
  'distribution',
  'email',
  'encodingFormat',
  'inLanguage',
  'isAccessibleForFree',
  'keywords',
  'license',
  'name',
  'publisher',
  'sha256',
  'termCode',
  'url',
  'usageInfo',
  'version',
]);

/** Namespaces that the specification fixes (section Namespaces, Appendix 1). */
const namespaces: Readonly<Record<string, string>> = {
  '@vocab': 'http://schema.org/',
  sc: 'http://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  duo: 'http://purl.obolibrary.org/obo/DUO_',
  odrl: 'http://www.w3.org/ns/odrl/2/',
};

/** Properties of a dataset with cardinality ONE, and those that must be there. */
const required = ['name', 'description', 'license', 'url', 'creator', 'datePublished', 'distribution'];
const single = ['name', 'description', 'url', 'datePublished', 'version', 'citeAs', 'isLiveDataset'];

const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?$/;

function contextFindings(document: JsonObject): Finding[] {
  const context = document['@context'];
  if (!isObject(context))
    return [{ rule: 'Required', path: '/@context', message: 'a context of definitions' }];
  const rule = 'Appendix 1: JSON-LD context';
  return [
    ...Object.entries(namespaces).flatMap(([prefix, iri]) =>
      context[prefix] === iri ? [] : [{ rule, path: `/@context/${prefix}`, message: `the namespace ${iri}` }],
    ),
    ...Object.entries(context).flatMap(([term, definition]) => {
      const target = isObject(definition) ? definition['@id'] : definition;
      if (term.startsWith('@') || Object.hasOwn(namespaces, term)) return [];
      const expected = term === 'conformsTo' ? 'dct:conformsTo' : `cr:${term}`;
      return target === expected
        ? []
        : [{ rule, path: `/@context/${term}`, message: `a term defined as ${expected}` }];
    }),
  ];
}

/** Every property must be one that the context or schema.org defines. */
function termFindings(value: unknown, context: JsonObject, path: string): Finding[] {
  if (Array.isArray(value))
    return value.flatMap((each, index) => termFindings(each, context, `${path}/${index}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([term, inner]): Finding[] => {
    const here = `${path}/${term}`;
    // Data are values, not properties.
    if (term === '@context' || term === 'data') return [];
    const [prefix = '', rest] = term.split(':');
    const known =
      ['@id', '@type'].includes(term) ||
      (rest === undefined
        ? Object.hasOwn(context, term) || schemaOrgTerms.has(term)
        : Object.hasOwn(context, prefix));
    return [
      ...(known
        ? []
        : [{ rule: 'Using External Vocabularies', path: here, message: 'a term that is defined' }]),
      ...termFindings(inner, context, here),
    ];
  });
}

/** Nodes that define an id: those that hold more than a reference (section ID and Reference Mechanism). */
function definitions(value: unknown, path = ''): { id: string; path: string; node: JsonObject }[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => definitions(each, `${path}/${index}`));
  if (!isObject(value)) return [];
  const inner = Object.entries(value).flatMap(([term, each]) =>
    term === '@context' || term === 'data' ? [] : definitions(each, `${path}/${term}`),
  );
  const id = value['@id'];
  return typeof id === 'string' && Object.keys(value).length > 1
    ? [{ id, path, node: value }, ...inner]
    : inner;
}

function datasetFindings(document: JsonObject): Finding[] {
  const missing = required
    .filter((name) => allOf(document[name]).length === 0 || document[name] === '')
    .map((name) => ({ rule: 'Required', path: `/${name}`, message: 'must be given' }));
  const several = single
    .filter((name) => Array.isArray(document[name]))
    .map((name) => ({ rule: 'Required: cardinality', path: `/${name}`, message: 'one value' }));
  const others: readonly [boolean, string, string, string][] = [
    [typesOf(document).includes('sc:Dataset'), 'Required', '/@type', 'sc:Dataset'],
    [
      allOf(document.conformsTo).includes('http://mlcommons.org/croissant/1.1'),
      'Required',
      '/conformsTo',
      'http://mlcommons.org/croissant/1.1',
    ],
    [date.test(String(document.datePublished)), 'Required', '/datePublished', 'a date or time (ISO 8601)'],
    [/^\d+\.\d+\.\d+$/.test(String(document.version)), 'Version', '/version', 'MAJOR.MINOR.PATCH'],
    [URL.canParse(String(document.url)), 'Required', '/url', 'a URL'],
    [URL.canParse(String(document.license)), 'Required', '/license', 'a URL'],
  ];
  return [
    ...missing,
    ...several,
    ...others.flatMap(([holds, rule, path, message]) => (holds ? [] : [{ rule, path, message }])),
  ];
}

function distributionFindings(document: JsonObject): Finding[] {
  const resources = allOf(document.distribution).filter(isObject);
  const ids = new Set(resources.map((each) => each['@id']));
  return resources.flatMap((resource, index): Finding[] => {
    const path = `/distribution/${index}`;
    const isFile = typesOf(resource).includes('cr:FileObject');
    const isSet = typesOf(resource).includes('cr:FileSet');
    if (!isFile && !isSet)
      return [{ rule: 'Resources', path: `${path}/@type`, message: 'cr:FileObject or cr:FileSet' }];
    const rule = isFile ? 'FileObject' : 'FileSet';
    const wanted = isFile
      ? ['@id', 'name', 'contentUrl', 'encodingFormat', 'sha256']
      : ['@id', 'name', 'containedIn', 'encodingFormat', 'includes'];
    const containers = allOf(resource.containedIn);
    return [
      ...wanted
        .filter((name) => typeof resource[name] !== 'string' && !isObject(resource[name]))
        .map((name) => ({ rule, path: `${path}/${name}`, message: 'must be given' })),
      ...(isFile && resource.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(String(resource.sha256))
        ? [{ rule: 'Checksums', path: `${path}/sha256`, message: '64 hex digits' }]
        : []),
      ...containers
        .filter((each) => !isObject(each) || !ids.has(each['@id']) || each['@id'] === resource['@id'])
        .map(() => ({ rule, path: `${path}/containedIn`, message: 'another resource of the dataset' })),
      ...(isFile && containers.length === 0 && !URL.canParse(String(resource.contentUrl))
        ? [{ rule, path: `${path}/contentUrl`, message: 'a URL' }]
        : []),
    ];
  });
}

function idFindings(document: JsonObject): Finding[] {
  const seen = new Set<string>();
  return definitions(document).flatMap(({ id, path }) => {
    const repeated = seen.has(id);
    seen.add(id);
    return repeated
      ? [
          {
            rule: 'ID and Reference Mechanism',
            path: `${path}/@id`,
            message: `an id used once; ${id} stands above`,
          },
        ]
      : [];
  });
}

/**
 * What a Croissant description breaks of the specification; empty where nothing.
 * @param columns columns of each CSV file, by the id of its FileObject
 */
export function croissantFindings(
  document: unknown,
  columns: Readonly<Record<string, readonly string[]>>,
): Finding[] {
  if (!isObject(document)) return [{ rule: 'Required', path: '', message: 'a JSON object' }];
  const context = isObject(document['@context']) ? document['@context'] : {};
  return [
    ...contextFindings(document),
    ...termFindings(document, context, ''),
    ...datasetFindings(document),
    ...distributionFindings(document),
    ...idFindings(document),
    ...recordSetFindings(document, columns),
    ...usageFindings(document),
    ...raiFindings(document),
  ];
}
