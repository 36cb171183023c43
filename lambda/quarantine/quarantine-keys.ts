import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import type { ItemKey } from '../platform/document-table';
import type { ExpiryGroup, FileReference } from './quarantine.contract';

/** Keys of the quarantine's items in the ledger (docs/adr/0024). */

const digits = (ordinal: number) => String(ordinal).padStart(6, '0');

export function recordKey({ submission, ordinal }: FileReference): ItemKey {
  return { pk: `QUARANTINE#${submission}`, sk: `FILE#${digits(ordinal)}` };
}

export function trustPartition(trust: string): string {
  return `QUARANTINE#TRUST#${trust}`;
}

/** `KEPT` while the file is waiting or replaying, `ENDED` afterwards. */
export type ListName = 'KEPT' | 'ENDED';

/** Beginning of the sort keys of a list, of one code where one is given. */
export function listPrefix(list: ListName, code: QuarantineCode | undefined): string {
  return code === undefined ? `${list}#` : `${list}#${code}#`;
}

export function listKey(
  list: ListName,
  file: FileReference & { readonly trust: string; readonly code: QuarantineCode },
): ItemKey {
  return {
    pk: trustPartition(file.trust),
    sk: `${listPrefix(list, file.code)}${file.submission}#${digits(file.ordinal)}`,
  };
}

/** The file that a key of a list names. */
export function fileOfListKey(sk: string): FileReference {
  const [, , submission = '', ordinal = ''] = sk.split('#');
  return { submission, ordinal: Number(ordinal) };
}

export const countsPartition = 'QUARANTINE#COUNTS';

export function countKey(trust: string, code: QuarantineCode): ItemKey {
  return { pk: countsPartition, sk: `${trust}#${code}` };
}

export const expiryPartition = 'QUARANTINE#EXPIRY';

export function expiryKey({ expiresAt, submission, held }: ExpiryGroup): ItemKey {
  return { pk: expiryPartition, sk: `${expiresAt}#${submission}#${held}` };
}
