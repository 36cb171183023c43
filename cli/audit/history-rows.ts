import { stringify } from 'csv-stringify/sync';
import type { ImageRead } from '../../lambda/history/history.contract';
import type { RecordedEvent } from '../../lambda/register/event-chain.contract';

/** `allowed`, `denied (AccessDenied)`, `failed (ResourceNotFound)` */
export function outcomeText({ outcome, errorCode }: ImageRead): string {
  return errorCode === null ? outcome : `${outcome} (${errorCode})`;
}

/** A line of an export: an event of the register, or a request to the image store. */
export type HistoryRow =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'read'; readonly read: ImageRead };

const columns = [
  'kind',
  'at',
  'chain',
  'sequence',
  'what',
  'person',
  'project',
  'grant',
  'credential',
  'study',
  'series',
  'instance',
  'outcome',
  'bytes',
  'details',
  'previousHash',
  'hash',
] as const;

type Cells = Partial<Record<(typeof columns)[number], string | number | null>>;

function cellsOf(row: HistoryRow): Cells {
  if (row.kind === 'read') {
    const { read } = row;
    return {
      kind: 'read',
      at: read.at,
      what: read.operation,
      person: read.person,
      project: read.projectId,
      grant: read.grantId,
      credential: read.credentialId,
      study: read.study,
      series: read.series,
      instance: read.instance,
      outcome: outcomeText(read),
      bytes: read.bytes,
      details: read.principal,
    };
  }
  const { type, chain, sequence, at, actor, previousHash, hash, data } = row.event;
  const project = chain.startsWith('p-') ? chain : null;
  return {
    kind: 'event',
    at,
    chain,
    sequence,
    what: type,
    person: actor,
    project,
    details: JSON.stringify(data),
    previousHash,
    hash,
  };
}

/** Lines of CSV without the heading. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
function csvLine(cells: readonly (string | number | null)[]): string {
  return stringify([cells], { escape_formulas: true, record_delimiter: '\r\n' });
}

/** How rows are written (RFC 4180 and JSON lines). */
export const formats = {
  csv: {
    heading: csvLine(columns),
    line: (row: HistoryRow) => {
      const cells = cellsOf(row);
      return csvLine(columns.map((column) => cells[column] ?? null));
    },
  },
  json: {
    heading: '',
    line: (row: HistoryRow) =>
      `${JSON.stringify(row.kind === 'event' ? { kind: row.kind, ...row.event } : { kind: row.kind, ...row.read })}\n`,
  },
} as const;

export type Format = keyof typeof formats;
