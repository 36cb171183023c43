import { parseTag, type Tag } from '../data-set/tag';
import tables from './confidentiality-profile.data.json';

/** A row of PS3.15 Table E.1-1: the basic action and, per option, K (keep) or C (clean). */
export interface ProfileRow {
  /** X remove, Z empty, D dummy, U map; combinations choose by the attribute's Type. */
  readonly basic: string;
  readonly uids: boolean;
  readonly device: boolean;
  readonly patient: 'K' | 'C' | null;
  readonly modifiedDates: boolean;
  readonly descriptors: boolean;
  readonly structuredContent: boolean;
  readonly graphics: boolean;
}

const rows = new Map<Tag, ProfileRow>();
for (const line of tables.rows.split('\n')) {
  const [id = '', basic = 'X', ...options] = line.split(' ');
  if (!/^[0-9a-f]{8}$/.test(id)) continue;
  const option = (name: string): string | null =>
    options.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  rows.set(parseTag(id), {
    basic,
    uids: option('uids') === 'K',
    device: option('device') === 'K',
    patient: option('patient') as 'K' | 'C' | null,
    modifiedDates: option('modifiedDates') !== null,
    descriptors: option('descriptors') !== null,
    structuredContent: option('structuredContent') !== null,
    graphics: option('graphics') !== null,
  });
}

/** The row of an attribute. Rows with wildcards (curves, overlays, private groups) are rules of the policy itself. */
export const profileRow = (tag: Tag): ProfileRow | undefined => rows.get(tag);
