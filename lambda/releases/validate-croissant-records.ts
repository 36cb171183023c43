import { allOf, type Finding, isObject, type JsonObject, typesOf } from './finding';

/** Sections RecordSets, Field, DataSource, Embedding data, Joins and Categorical Data of Croissant 1.1. */

/** Section DataType: a field with several types needs one of these. */
const atomicTypes = ['sc:Boolean', 'sc:Date', 'sc:Time', 'sc:DateTime', 'sc:Float', 'sc:Integer', 'sc:Text'];
const otherTypes = ['sc:ImageObject', 'sc:URL', 'sc:VideoObject', 'cr:BoundingBox', 'cr:Split', 'cr:Label'];

/** Section Extract. */
const fileProperties = ['fullpath', 'filename', 'content', 'lines', 'lineNumbers'];

interface Known {
  /** Ids of resources and what they are. */
  readonly resources: ReadonlyMap<unknown, 'cr:FileObject' | 'cr:FileSet'>;
  /** Ids of fields and the record set each stands in. */
  readonly fields: ReadonlyMap<unknown, unknown>;
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

const idOf = (value: unknown): unknown => (isObject(value) ? value['@id'] : undefined);

function sourceFindings(source: unknown, path: string, known: Known): Finding[] {
  if (!isObject(source)) return [{ rule: 'DataSource', path, message: 'a source' }];
  const file = idOf(source.fileObject);
  const set = idOf(source.fileSet);
  if ((file === undefined) === (set === undefined))
    return [{ rule: 'DataSource', path, message: 'either a fileObject or a fileSet' }];
  const id = file ?? set;
  const wanted = file === undefined ? 'cr:FileSet' : 'cr:FileObject';
  if (known.resources.get(id) !== wanted)
    return [{ rule: 'DataSource', path, message: `the id of a ${wanted} of the dataset` }];
  const extract = isObject(source.extract) ? source.extract : {};
  if (extract.column !== undefined)
    return known.columns[String(id)]?.includes(String(extract.column))
      ? []
      : [{ rule: 'Extract', path: `${path}/extract/column`, message: 'a column of the file' }];
  return fileProperties.includes(String(extract.fileProperty))
    ? []
    : [{ rule: 'Extract', path: `${path}/extract`, message: 'a column or a property of the file' }];
}

function fieldFindings(field: JsonObject, path: string, set: JsonObject, known: Known): Finding[] {
  const types = allOf(field.dataType);
  const fitting = types.length === 1 ? [...atomicTypes, ...otherTypes] : atomicTypes;
  const target = field.references === undefined ? undefined : known.fields.get(idOf(field.references));
  return [
    ...(typesOf(field).includes('cr:Field')
      ? []
      : [{ rule: 'Field', path: `${path}/@type`, message: 'cr:Field' }]),
    ...(typeof field.name === 'string' && typeof field['@id'] === 'string'
      ? []
      : [{ rule: 'Field', path, message: 'a name and an id' }]),
    ...(types.some((type) => fitting.includes(String(type)))
      ? []
      : [{ rule: 'DataType', path: `${path}/dataType`, message: 'a type, an atomic one among several' }]),
    ...(field.source !== undefined
      ? sourceFindings(field.source, `${path}/source`, known)
      : set.data === undefined && field.value === undefined
        ? [{ rule: 'Field', path, message: 'a source, a value, or data in the record set' }]
        : []),
    ...(field.references !== undefined && (target === undefined || target === set['@id'])
      ? [{ rule: 'Joins', path: `${path}/references`, message: 'a field of another record set' }]
      : []),
  ];
}

function fits(value: unknown, type: unknown): boolean {
  if (value === null) return true;
  switch (type) {
    case 'sc:Integer':
      return Number.isInteger(value);
    case 'sc:Float':
      return typeof value === 'number';
    case 'sc:Boolean':
      return typeof value === 'boolean';
    default:
      return typeof value === 'string';
  }
}

function dataFindings(set: JsonObject, path: string): Finding[] {
  if (set.data === undefined) return [];
  const fields = new Map(
    allOf(set.field)
      .filter(isObject)
      .map((field) => [field['@id'], field.dataType]),
  );
  const keys = allOf(set.key).map((key) => String(idOf(key)));
  const seen = new Set<string>();
  return allOf(set.data).flatMap((record, index): Finding[] => {
    const here = `${path}/data/${index}`;
    if (!isObject(record)) return [{ rule: 'Data', path: here, message: 'a record' }];
    const key = JSON.stringify(keys.map((name) => record[name]));
    const repeated = seen.has(key);
    seen.add(key);
    return [
      ...Object.entries(record).flatMap(([name, value]) =>
        fields.has(name) && fits(value, fields.get(name))
          ? []
          : [{ rule: 'Data', path: `${here}/${name}`, message: 'a field of the record set, of its type' }],
      ),
      ...(repeated ? [{ rule: 'RecordSet: key', path: here, message: 'a key that stands once' }] : []),
    ];
  });
}

function setFindings(set: JsonObject, path: string, known: Known): Finding[] {
  const fields = allOf(set.field).filter(isObject);
  const keys = allOf(set.key);
  const names = fields.map(({ name }) => name);
  const enumeration = allOf(set.dataType).includes('sc:Enumeration');
  return [
    ...(typesOf(set).includes('cr:RecordSet') && typeof set['@id'] === 'string' && fields.length > 0
      ? []
      : [{ rule: 'RecordSet', path, message: 'a cr:RecordSet with an id and fields' }]),
    ...(new Set(names).size === names.length
      ? []
      : [{ rule: 'Field', path: `${path}/field`, message: 'a name once in a record set' }]),
    ...keys
      .filter((key) => known.fields.get(idOf(key)) !== set['@id'])
      .map(() => ({ rule: 'RecordSet: key', path: `${path}/key`, message: 'fields of the record set' })),
    ...(enumeration && (keys.length === 0 || !names.includes('name'))
      ? [{ rule: 'Categorical Data', path, message: 'a key and a field `name`' }]
      : []),
    ...fields.flatMap((field, index) => fieldFindings(field, `${path}/field/${index}`, set, known)),
    ...dataFindings(set, path),
  ];
}

/** What the record sets of a dataset break of the specification. */
export function recordSetFindings(document: JsonObject, columns: Known['columns']): Finding[] {
  const sets = allOf(document.recordSet).filter(isObject);
  const known: Known = {
    columns,
    resources: new Map(
      allOf(document.distribution)
        .filter(isObject)
        .map((each) => [
          each['@id'],
          typesOf(each).includes('cr:FileObject') ? ('cr:FileObject' as const) : ('cr:FileSet' as const),
        ]),
    ),
    fields: new Map(
      sets.flatMap((set) =>
        allOf(set.field)
          .filter(isObject)
          .map((field): [unknown, unknown] => [field['@id'], set['@id']]),
      ),
    ),
  };
  return sets.flatMap((set, index) => setFindings(set, `/recordSet/${index}`, known));
}
