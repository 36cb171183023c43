import { createReadStream } from 'node:fs';
import { englandCensus2021 } from '../../statistics/references/england-census-2021';
import type { Reference } from '../../statistics/references/reference.contract';
import type { PeopleCounts } from '../../statistics/representativeness/counts.contract';
import { type Checked, type Fault, faultReasons } from '../../statistics/representativeness/faults';
import { faultsBetween } from '../../statistics/representativeness/faults-between';
import {
  fileByteLimit,
  readCounts as readCountsText,
  readReference,
} from '../../statistics/representativeness/read-file';
import { CommandError, exitCode } from '../terminal/exit-code';
import { plural, visibleName } from '../terminal/text';

/** Faults printed; the others are counted. */
const faultsShown = 20;

/** Signs of a name that are printed. */
const longestShown = 40;

async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  // One more than is allowed shows that there are too many.
  for await (const chunk of createReadStream(path, { end: fileByteLimit })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const shownName = (name: string): string =>
  name === ''
    ? '(blank)'
    : visibleName(name.length > longestShown ? `${name.slice(0, longestShown)}…` : name);

function faultText({ code, place, expected }: Fault): string {
  const where = place.length === 0 ? 'the file' : place.map(shownName).join(' › ');
  const wanted = expected === null ? '' : ` Expected: ${visibleName(expected)}`;
  return `${where}: ${faultReasons[code].happened}${wanted} (${code})`;
}

/** The error for a file with faults: the code of the first, and all of them by their places. */
function refusal(path: string, faults: readonly Fault[]): CommandError {
  const [first] = faults;
  const hidden = faults.length - faultsShown;
  const lines = [
    ...faults.slice(0, faultsShown).map(faultText),
    ...(hidden > 0 ? [`and ${hidden.toLocaleString('en-GB')} more`] : []),
  ];
  const fixes = [...new Set(faults.map(({ code }) => faultReasons[code].fix))];
  return new CommandError(
    `Cannot use ${visibleName(path)}: ${plural(faults.length, 'fault')}.`,
    exitCode.usage,
    { code: first?.code, detail: lines.join('\n'), fix: fixes.join(' ') },
  );
}

function accepted<T>(path: string, checked: Checked<T>): T {
  if (!checked.valid) throw refusal(path, checked.faults);
  return checked.value;
}

/** A reference by its file, or the one of the project by its id. */
async function readReferenceNamed(name: string): Promise<Reference> {
  const england = englandCensus2021();
  return name === england.id ? england : accepted(name, readReference(await readText(name)));
}

/**
 * Reads a file of counts.
 * @throws CommandError (exit 2) that says all that is wrong with it
 */
export async function readCounts(path: string): Promise<PeopleCounts> {
  return accepted(path, readCountsText(await readText(path)));
}

/**
 * Reads the populations to compare with; England's census where none is named.
 * @throws CommandError (exit 2) that says all that is wrong with a file
 */
export async function readReferences(names: readonly string[]): Promise<readonly Reference[]> {
  return names.length === 0 ? [englandCensus2021()] : Promise.all(names.map(readReferenceNamed));
}

/**
 * That counts and populations have the same groups.
 * @param source what the counts are from, for the error
 * @throws CommandError (exit 2)
 */
export function requireComparable(
  source: string,
  counts: PeopleCounts,
  references: readonly Reference[],
): void {
  const faults = faultsBetween(counts, references);
  if (faults.length > 0) throw refusal(source, faults);
}
