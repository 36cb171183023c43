import type { Tag } from '../data-set/tag';
import type { AttributeType } from '../dictionary/information-objects';
import tables from './attribute-types.data.json';

const types = new Map<string, AttributeType>();
const anywhere = new Map<Tag, true>();
for (const [type, keys] of Object.entries(tables.types) as [AttributeType, string][]) {
  for (const key of keys.split(' ')) {
    types.set(key, type);
    anywhere.set(Number.parseInt(key.slice(8), 16) >>> 0, true);
  }
}

const hex = (tag: Tag): string => tag.toString(16).padStart(8, '0');

/**
 * The strictest Type that any module gives an attribute in a sequence (null: at the top level). Emptying what one
 * object may leave out is always legal; leaving out what another needs is not. Undefined where no module names it there.
 */
export const strictestTypeAnywhere = (sequence: Tag | null, tag: Tag): AttributeType | undefined =>
  types.get(hex(sequence ?? 0) + hex(tag));

/** Some module of PS3.3 names the attribute, at whatever level. */
export const isNamedByModules = (tag: Tag): boolean => anywhere.has(tag);
