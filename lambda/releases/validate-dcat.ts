import { type PropertyShape, shapes } from './dcat-shapes';
import { allOf, type Finding, isObject, type JsonObject, typesOf } from './finding';

/** What each XML Schema type lets through. */
const lexicalForms: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  dateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  gYear: /^\d{4}$/,
  gYearMonth: /^\d{4}-\d{2}$/,
  nonNegativeInteger: /^\d+$/,
  decimal: /^[+-]?\d+(\.\d+)?$/,
  hexBinary: /^([0-9a-fA-F]{2})+$/,
};

const isLiteral = (value: unknown): boolean =>
  typeof value !== 'object' || (isObject(value) && Object.hasOwn(value, '@value'));

function isIri(value: unknown): boolean {
  if (!isObject(value) || typeof value['@id'] !== 'string') return false;
  return URL.canParse(value['@id']) && !/[\s<>"{}|\\^`]/.test(value['@id']);
}

/** An identified node whose properties are given here is an IRI too. */
function isOfKind(value: unknown, kind: NonNullable<PropertyShape['kind']>): boolean {
  switch (kind) {
    case 'literal':
      return isLiteral(value);
    case 'iri':
      return isIri(value);
    case 'node':
      return isObject(value) && !isLiteral(value);
    case 'node-or-iri':
      return isIri(value) || (isObject(value) && !isLiteral(value) && value['@id'] === undefined);
  }
}

function isOfDatatype(value: unknown, datatypes: readonly string[]): boolean {
  if (!isObject(value) || typeof value['@value'] !== 'string') return false;
  const text = value['@value'];
  return datatypes.some(
    (type) => value['@type'] === `xsd:${type}` && lexicalForms[type]?.test(text) === true,
  );
}

function propertyFindings(node: JsonObject, shape: PropertyShape, rule: string, path: string): Finding[] {
  const here = `${path}/${shape.path}`;
  const values = allOf(node[shape.path]);
  const { kind, datatype, of, value: wanted } = shape;
  const complaint = (message: string): Finding => ({ rule, path: here, message });
  return [
    ...(values.length < (shape.min ?? 0) ? [complaint(`at least ${shape.min}`)] : []),
    ...(values.length > (shape.max ?? Number.POSITIVE_INFINITY) ? [complaint(`at most ${shape.max}`)] : []),
    ...(wanted !== undefined && !values.some((value) => isObject(value) && value['@id'] === wanted)
      ? [complaint(`the value ${wanted}`)]
      : []),
    ...values.flatMap((value): Finding[] => [
      ...(kind !== undefined && !isOfKind(value, kind) ? [complaint(`a value of kind ${kind}`)] : []),
      ...(datatype !== undefined && !isOfDatatype(value, allOf(datatype).map(String))
        ? [complaint(`a value of type ${allOf(datatype).join(' or ')}`)]
        : []),
      ...(of !== undefined && !(isObject(value) && typesOf(value).includes(of))
        ? [complaint(`a node of class ${of}`)]
        : []),
    ]),
  ];
}

/** Prefixes that are used and not defined (JSON-LD 1.1 section 4.1.5). */
function prefixFindings(value: unknown, context: JsonObject, path: string): Finding[] {
  if (Array.isArray(value))
    return value.flatMap((each, index) => prefixFindings(each, context, `${path}/${index}`));
  if (!isObject(value)) return [];
  const used = [...Object.keys(value), ...typesOf(value).map(String)].filter((name) => !name.startsWith('@'));
  const unknown = used.filter((name) => !Object.hasOwn(context, name.split(':')[0] ?? ''));
  return [
    ...unknown.map((name) => ({
      rule: 'JSON-LD: compact IRIs',
      path: `${path}/${name}`,
      message: 'a prefix that the context defines',
    })),
    ...Object.entries(value).flatMap(([name, inner]) =>
      name === '@context' ? [] : prefixFindings(inner, context, `${path}/${name}`),
    ),
  ];
}

function nodeFindings(value: unknown, path: string): Finding[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => nodeFindings(each, `${path}/${index}`));
  if (!isObject(value)) return [];
  const own = typesOf(value)
    .flatMap((type) => shapes[String(type)] ?? [])
    .flatMap(({ name, properties }) =>
      properties.flatMap((property) => propertyFindings(value, property, name, path)),
    );
  const inner = Object.entries(value).flatMap(([name, each]) =>
    name === '@context' ? [] : nodeFindings(each, `${path}/${name}`),
  );
  return [...own, ...inner];
}

/** What a DCAT description of one dataset breaks of the profiles; empty where nothing. */
export function dcatFindings(document: unknown): Finding[] {
  if (!isObject(document) || !isObject(document['@context']))
    return [{ rule: 'JSON-LD: context', path: '/@context', message: 'a context' }];
  const isDataset = typesOf(document).includes('dcat:Dataset') && isIri(document);
  return [
    ...(isDataset
      ? []
      : [{ rule: 'DCAT-AP Dataset_Shape', path: '/@type', message: 'a dcat:Dataset with an IRI' }]),
    ...prefixFindings(document, document['@context'], ''),
    ...nodeFindings(document, ''),
  ];
}
