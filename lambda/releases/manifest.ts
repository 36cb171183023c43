import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
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

/** Bytes of a row, mostly: two UIDs of 60 characters beside a collection and a number. */
const rowLength = 140;

/**
 * What everybody is told of a manifest: its length as that of as many rows as series are published, to the kilobyte above.
 * @param series of the release, one a row, as they are shown
 */
export function shownManifest(text: string, series: ShownCount): Release['manifest'] {
  const bytes = series.kind === 'shown' ? series.value * rowLength : 0;
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: 1000 * Math.max(1, Math.ceil(bytes / 1000)),
  };
}
