import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type ManifestRow, manifestColumns, manifestRow } from './manifest.contract';
import type { Release } from './release.contract';

/** Order of the rows: by collection, study and series, as text. */
function compareRows(left: ManifestRow, right: ManifestRow): number {
  for (const column of ['collection', 'study_instance_uid', 'series_instance_uid'] as const) {
    if (left[column] < right[column]) return -1;
    if (left[column] > right[column]) return 1;
  }
  return 0;
}

/**
 * The manifest of a release as lines of CSV, out of rows that come in order: one list of studies has one text and so one
 * digest.
 * @throws Error where a row is not of the form of a manifest, out of order, or stands twice
 */
export async function* manifestLines(
  rows: AsyncIterable<ManifestRow> | Iterable<ManifestRow>,
): AsyncGenerator<string> {
  yield `${manifestColumns.join(',')}\n`;
  let last: ManifestRow | null = null;
  let count = 0;
  for await (const given of rows) {
    count++;
    const parsed = manifestRow.safeParse(given);
    if (!parsed.success)
      throw new Error(`row ${count} of the manifest: ${z.prettifyError(parsed.error).split('\n')[0]}`);
    if (last !== null && compareRows(last, parsed.data) >= 0)
      throw new Error(`row ${count} of the manifest is out of order, or stands twice`);
    last = parsed.data;
    yield `${manifestColumns.map((column) => parsed.data[column]).join(',')}\n`;
  }
}

/**
 * What everybody is told of a manifest. Its length is rounded up to this: a row has some 140 bytes and 180 at most, so that
 * it tells no better how many rows there are than a count that is rounded to the nearest five.
 */
const shownLength = 1000;

export function shownManifest(text: string): Release['manifest'] {
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: Math.ceil(Buffer.byteLength(text) / shownLength) * shownLength,
  };
}
