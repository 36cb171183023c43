import { faultLimit } from '../../lambda/demographics/table-faults.contract';
import type { Output } from '../terminal/output';
import { count, plural } from '../terminal/text';
import type { ScannedExport } from '../upload/scan-export';
import { type Coverage, coverageOf } from './coverage';
import { completenessText, type TableFile, tableRefusal } from './table-file';

/**
 * How the rows of a table fit the images of an export.
 * @throws CommandError (exit 2) where a row's identifiers belong to two subjects of the images
 */
export function checkCoverage(output: Output, table: TableFile, scanned: ScannedExport): Coverage {
  const subjects = scanned.files.flatMap(({ content }) => (content.kind === 'dicom' ? [content] : []));
  const coverage = coverageOf(subjects, table.rows);
  const { disagreeing } = coverage;
  if (disagreeing.length === 0) return coverage;
  const listed = disagreeing.slice(0, faultLimit);
  throw tableRefusal(output, table.path, {
    rows: table.rows.length,
    listed,
    more: disagreeing.length - listed.length,
  });
}

/** `Demographics: 40 of 40 subjects found · ethnicity known 37 (92 %) · IMD known 40 (100 %)` */
export function coverageText({ completeness }: TableFile, coverage: Coverage): string {
  const { subjects, subjectsWithRow, rowsWithoutImages } = coverage;
  const found = `Demographics: ${count(subjectsWithRow)} of ${plural(subjects, 'subject')} found · ${completenessText(completeness)}`;
  return rowsWithoutImages === 0
    ? found
    : `${found} · ${plural(rowsWithoutImages, 'row')} without images here`;
}
