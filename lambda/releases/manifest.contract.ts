import * as z from 'zod';
import { collectionId } from '../platform/configuration.contract';

/** `manifest.csv` of a release: a row for each series. No trust, no patient. */

/** PS3.5 section 9.1. */
const uid = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a UID');

export const manifestRow = z.strictObject({
  collection: collectionId,
  study_instance_uid: uid,
  series_instance_uid: uid,
  instances: z.coerce.number().int().min(1),
});

export type ManifestRow = z.infer<typeof manifestRow>;

export const manifestColumns = [
  'collection',
  'study_instance_uid',
  'series_instance_uid',
  'instances',
] as const satisfies readonly (keyof ManifestRow)[];

/** Raised where a text is not the manifest of a release. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Reads a manifest. No value of it holds a comma or a quotation mark.
 * @throws ManifestError with the number of the line
 */
export function readManifest(text: string): ManifestRow[] {
  const [head, ...lines] = text.split('\n');
  if (head !== manifestColumns.join(',')) throw new ManifestError('line 1: not the columns of a manifest');
  if (lines.pop() !== '') throw new ManifestError('the last line is not whole');
  return lines.map((line, index) => {
    const cells = line.split(',');
    const row = manifestRow.safeParse(
      Object.fromEntries(manifestColumns.map((column, at) => [column, cells[at]])),
    );
    if (!row.success || cells.length !== manifestColumns.length)
      throw new ManifestError(`line ${index + 2}: not a row of a manifest`);
    return row.data;
  });
}
