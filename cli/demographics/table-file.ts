import { createReadStream } from 'node:fs';
import { checkTable, type LocatedRow } from '../../lambda/demographics/check-table.contract';
import {
  completenessOf,
  type TableCompleteness,
  tableByteLimit,
} from '../../lambda/demographics/table-columns.contract';
import { type TableFault, tableFaultReasons } from '../../lambda/demographics/table-faults.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output } from '../terminal/output';
import { count, plural, table, visibleName } from '../terminal/text';

/** A demographics table without faults, as it stands on this machine. */
export interface TableFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly rows: readonly LocatedRow[];
  readonly completeness: TableCompleteness;
}

/** Faults printed; `--json` has all that are listed. */
const faultsShown = 100;

/** The day in Europe/London, as the platform counts days. */
function londonToday(): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Europe/London',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date());
}

async function readBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // One more than is allowed shows that there are too many.
  for await (const chunk of createReadStream(path, { end: tableByteLimit })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function faultsText(faults: readonly TableFault[], more: number): string {
  const rows = faults
    .slice(0, faultsShown)
    .map(({ code, line, column, expected }) => [
      line === null ? 'file' : `line ${count(line)}`,
      column === null ? '' : visibleName(column),
      code,
      `${tableFaultReasons[code].happened} Expected: ${expected}`,
    ]);
  const hidden = more + faults.length - rows.length;
  const fixes = [...new Set(faults.map(({ code }) => code))].map(
    (code) => `${code}: ${tableFaultReasons[code].fix}`,
  );
  return [table(rows), ...(hidden > 0 ? [`and ${count(hidden)} more`] : []), '', ...fixes].join('\n');
}

/**
 * Prints what is wrong with a table, and gives the error to end with. Values of the table are not among it.
 * @param faults.more those that are not listed
 */
export function tableRefusal(
  output: Output,
  path: string,
  faults: { readonly rows: number; readonly listed: readonly TableFault[]; readonly more: number },
): CommandError {
  const { rows, listed, more } = faults;
  const reasons = listed.map((fault) => ({ ...fault, ...tableFaultReasons[fault.code] }));
  output.result(faultsText(listed, more), { demographics: path, rows, faults: reasons, more });
  const number = plural(listed.length + more, 'fault');
  return new CommandError(`The demographics table has ${number}. Nothing of it was taken.`, exitCode.usage, {
    code: 'DEMOGRAPHICS_INVALID',
    fix: 'Correct the lines above, then run the same command again.',
  });
}

/**
 * Reads and checks a demographics table, by the platform's own rules.
 * @throws CommandError (exit 2) after printing all faults
 */
export async function readTableFile(output: Output, path: string): Promise<TableFile> {
  const bytes = await readBytes(path);
  const checked = checkTable(bytes, londonToday());
  if (!checked.valid) {
    const { rows, faults: listed, more } = checked;
    throw tableRefusal(output, path, { rows, listed, more });
  }
  const { rows } = checked;
  return { path, bytes, rows, completeness: completenessOf(rows.map(({ row }) => row)) };
}

/** `37 (92 %)`, rounded down: 100 % are all of them. */
function share(part: number, whole: number): string {
  return `${count(part)} (${whole === 0 ? 0 : Math.floor((100 * part) / whole)} %)`;
}

/** `ethnicity known 37 (92 %) · IMD known 40 (100 %)` */
export function completenessText({ rows, ethnicityKnown, imdKnown }: TableCompleteness): string {
  return `ethnicity known ${share(ethnicityKnown, rows)} · IMD known ${share(imdKnown, rows)}`;
}
