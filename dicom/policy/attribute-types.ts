import type { Tag } from '../data-set/tag';
import tables from './attribute-types.data.json';

/** Type of an attribute (PS3.5 section 7.4): 1 needs a value, 2 may be empty, 3 may be absent; C: under a condition. */
export type AttributeType = '1' | '1C' | '2' | '2C' | '3';

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
export const attributeType = (sequence: Tag | null, tag: Tag): AttributeType | undefined =>
  types.get(hex(sequence ?? 0) + hex(tag));

/** Some module of PS3.3 names the attribute, at whatever level. */
export const isNamedByModules = (tag: Tag): boolean => anywhere.has(tag);
