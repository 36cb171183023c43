import { parseTag, type Tag } from '../data-set/tag';
import tables from './information-objects.data.json';

/** Type of an attribute (PS3.5 section 7.4): 1 needs a value, 2 may be empty, 3 may be absent; C: under a condition. */
export type AttributeType = '1' | '1C' | '2' | '2C' | '3';

const strictness: readonly AttributeType[] = ['1', '1C', '2', '2C', '3'];

/** An attribute at the top level that an object must have: Type 1 or 2 in a mandatory module. */
export interface RequiredAttribute {
  readonly tag: Tag;
  readonly type: '1' | '2';
}

/** An information object definition (PS3.3), as far as the tables know it. */
export interface InformationObject {
  readonly id: string;
  /** The attributes of all of its modules are known, so that what they do not name is not of the object. */
  readonly complete: boolean;
  /** Has pixels of its own: the Image Pixel module is mandatory. */
  readonly isImage: boolean;
  readonly required: readonly RequiredAttribute[];
  /** The strictest Type that a module of the object gives an attribute in a sequence (null: at the top level). */
  readonly type: (sequence: Tag | null, tag: Tag) => AttributeType | undefined;
}

/** Modules whose attributes are alternatives by value type, so that none of them is required as such. */
const alternatives = new Set(['sr-document-content']);

type ModuleTypes = ReadonlyMap<Tag, ReadonlyMap<Tag, AttributeType>>;

const modules = new Map<string, ModuleTypes>();

/** Attributes of a module by the sequence they stand in (0: none); parsed when an object first asks for it. */
function moduleTypes(module: string): ModuleTypes {
  const known = modules.get(module);
  if (known !== undefined) return known;
  const types = new Map<Tag, Map<Tag, AttributeType>>();
  const text = (tables.modules as Readonly<Record<string, string>>)[module] ?? '';
  for (const group of text === '' ? [] : text.split(';')) {
    const places = new Map<Tag, AttributeType>();
    for (const place of group.slice(9).split(' ')) {
      places.set(parseTag(place.slice(0, 8)), place.slice(8) as AttributeType);
    }
    types.set(parseTag(group.slice(0, 8)), places);
  }
  modules.set(module, types);
  return types;
}

function build(id: string, usages: string): InformationObject {
  const own: ModuleTypes[] = [];
  const required = new Map<Tag, '1' | '2'>();
  let complete = true;
  let isImage = false;
  for (const entry of usages.split(' ')) {
    const [usage = '', module = ''] = entry.split(':');
    if (usage.endsWith('?')) complete = false;
    const types = moduleTypes(module);
    own.push(types);
    if (usage !== 'M' || alternatives.has(module)) continue;
    if (module === 'image-pixel') isImage = true;
    for (const [tag, type] of types.get(0) ?? []) {
      if (type === '1' || (type === '2' && !required.has(tag))) required.set(tag, type);
    }
  }
  return {
    id,
    complete,
    isImage,
    required: [...required].map(([tag, type]) => ({ tag, type })),
    type: (sequence, tag) => {
      let strictest: AttributeType | undefined;
      for (const types of own) {
        const type = types.get(sequence ?? 0)?.get(tag);
        if (type === undefined) continue;
        if (strictest === undefined || strictness.indexOf(type) < strictness.indexOf(strictest))
          strictest = type;
      }
      return strictest;
    },
  };
}

const objects = new Map<string, InformationObject>();

/** The information object of a storage SOP class; undefined where the tables do not know it. */
export function informationObjectOf(sopClassUid: string): InformationObject | undefined {
  const id = (tables.sopClasses as Readonly<Record<string, string>>)[sopClassUid];
  if (id === undefined) return undefined;
  let object = objects.get(id);
  if (object === undefined) {
    object = build(id, (tables.objects as Readonly<Record<string, string>>)[id] ?? '');
    objects.set(id, object);
  }
  return object;
}
