import { z } from 'zod';

/** The ten checks of MIDI-B. */
export const actions = [
  'tag_retained',
  'text_notnull',
  'text_retained',
  'text_removed',
  'date_shifted',
  'uid_changed',
  'uid_consistent',
  'patid_consistent',
  'pixels_hidden',
  'pixels_retained',
] as const;

export type Action = (typeof actions)[number];

/** What must go; the other actions are about what must stay, or must stay one thing over all instances. */
export const removals: ReadonlySet<Action> = new Set<Action>([
  'text_removed',
  'date_shifted',
  'uid_changed',
  'pixels_hidden',
]);

const box = z
  .string()
  .regex(/^\d+ \d+ \d+ \d+$/)
  .transform((text) => {
    const [left, top, right, bottom] = text.split(' ').map(Number) as [number, number, number, number];
    return { left, top, right, bottom };
  });

/** A rectangle of pixels, edges included, counted from 0. */
export type Box = z.infer<typeof box>;

/**
 * A row of the answer key. `id` is the UID of the instance, series or study, or the patient's number, as the source has
 * it; the row holds for all instances below it. `text` is the answer text; for `pixels_retained` the MD5 of the value of
 * Pixel Data in hex.
 */
export const answer = z.object({
  scope: z.enum(['instance', 'series', 'study', 'patient']),
  id: z.string().min(1),
  tag: z.string().startsWith('<'),
  action: z.enum(actions),
  text: z.string(),
  category: z.string().min(1),
  box: z.union([z.literal('').transform(() => null), box]),
});

export type Answer = z.infer<typeof answer>;

const columns = ['scope', 'id', 'tag', 'action', 'text', 'category', 'box'] as const;

/** Fields of each record of a CSV file (RFC 4180). */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error('The CSV file has a quote in the middle of a field.');
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(fields);
    fields = [];
  }
  return records;
}

const quoted = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

export const formatCsv = (records: readonly (readonly string[])[]): string =>
  records.map((fields) => `${fields.map(quoted).join(',')}\n`).join('');

/** Reads an answer key as CSV with a line of column names, or as a JSON array of rows. Throws where it is none. */
export function parseAnswerKey(text: string): Answer[] {
  if (text.trimStart().startsWith('[')) return z.array(answer).parse(JSON.parse(text));
  const [names, ...records] = parseCsv(text);
  if (names === undefined) throw new Error('The answer key is empty.');
  return records.map((fields) =>
    answer.parse(Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']))),
  );
}

/** An answer key as CSV. */
export function formatAnswerKey(rows: readonly Answer[]): string {
  const boxText = (value: Box | null): string =>
    value === null ? '' : `${value.left} ${value.top} ${value.right} ${value.bottom}`;
  const records = rows.map((row) => columns.map((name) => (name === 'box' ? boxText(row.box) : row[name])));
  return formatCsv([[...columns], ...records]);
}

/** Old and new identifiers out of a CSV with the columns `id_old,id_new`; the first entry of an old one wins. */
export function parseMapping(text: string): Map<string, string> {
  const mapping = new Map<string, string>();
  for (const [from, to] of parseCsv(text).slice(1)) {
    if (from !== undefined && to !== undefined && !mapping.has(from)) mapping.set(from, to);
  }
  return mapping;
}
