import { groupOf, type Tag } from '../data-set/tag';
import tables from './safe-private.data.json';

const vrs = new Map<string, string>();
for (const line of tables.rows.split('\n'))
  vrs.set(`${line.slice(0, 6)} ${line.slice(10)}`, line.slice(7, 9));

/**
 * VR of a private element that is known to hold no identifier, matched by group, private creator and the last byte of
 * the element number; undefined for all others.
 */
export function safePrivateVr(tag: Tag, creator: string): string | undefined {
  const group = groupOf(tag).toString(16).padStart(4, '0');
  const element = (tag & 0xff).toString(16).padStart(2, '0');
  return vrs.get(`${group}${element} ${creator}`);
}
