import { protectCount, windowOf } from './protect-count';
import { leastShown, type ShownCount } from './shown-count.contract';

/** Counts of a set of people by group, groups of whom nothing is known among them, and of all of them. */
export interface ShownTable {
  readonly total: ShownCount;
  readonly groups: readonly ShownCount[];
}

const suppressed: ShownCount = { kind: 'suppressed' };
const isSuppressed = ({ kind }: ShownCount) => kind === 'suppressed';

/**
 * The least shown count among those that may still be suppressed; -1 where there is none. It goes by what is shown, so
 * that the choice tells nothing more.
 */
function leastShownAt(counts: readonly ShownCount[], among: readonly number[]): number {
  let least = -1;
  let value = Number.POSITIVE_INFINITY;
  for (const at of among) {
    const count = counts[at];
    if (count?.kind === 'shown' && count.value < value) [least, value] = [at, count.value];
  }
  return least;
}

/** Suppresses the least shown count of each line that has exactly one suppressed, until there is no such line. */
function withoutLoneCells(
  counts: readonly ShownCount[],
  lines: readonly (readonly number[])[],
): ShownCount[] {
  const result = [...counts];
  for (let changed = true; changed; ) {
    changed = false;
    for (const line of lines) {
      if (line.filter((at) => isSuppressed(result[at] ?? suppressed)).length !== 1) continue;
      const least = leastShownAt(result, line);
      if (least < 0) continue;
      result[least] = suppressed;
      changed = true;
    }
  }
  return result;
}

/**
 * Groups of a counted set as they may be shown: no count below 8, and never one suppressed alone, which the total would
 * give away: the least shown group goes with it. Groups of a set below 8 are all suppressed. What is suppressed is a function of the
 * protected counts alone. `groups` are the true counts.
 */
export function protectGroups(groups: readonly number[]): ShownCount[] {
  const total = groups.reduce((sum, count) => sum + count, 0);
  if (total < leastShown) return groups.map(() => suppressed);
  return withoutLoneCells(groups.map(protectCount), [groups.map((_, at) => at)]);
}

/** Least and most that the total can be, from all that is shown of it. */
function totalWindow(total: number, facets: readonly (readonly number[])[]) {
  let { least, most } = windowOf(protectCount(total));
  for (const groups of facets) {
    const windows = groups.map((count) => windowOf(protectCount(count)));
    least = Math.max(
      least,
      windows.reduce((sum, window) => sum + window.least, 0),
    );
    most = Math.min(
      most,
      windows.reduce((sum, window) => sum + window.most, 0),
    );
  }
  return { least, most };
}

/** Whether a count below 8 could be told to be at least one, from total and groups. */
function givesAway(groups: readonly number[], total: { least: number }): boolean {
  const windows = groups.map((count) => windowOf(protectCount(count)));
  const most = windows.reduce((sum, window) => sum + window.most, 0);
  return windows.some(({ least, most: own }) => least === 0 && total.least - (most - own) >= 1);
}

/**
 * Tables of one set by several facets, which share its total, for publication once and for all. `facets` are the true
 * counts of each, which add up to `total`. A table that would tell, with the total that all of them tell of together,
 * that a suppressed group is not empty is suppressed as a whole. Answers to questions go through `mayAnswer` instead.
 * @throws RangeError where a facet does not add up to the total.
 */
export function protectTables(total: number, facets: readonly (readonly number[])[]): ShownTable[] {
  for (const groups of facets)
    if (groups.reduce((sum, count) => sum + count, 0) !== total)
      throw new RangeError('the groups of a facet add up to the counted set');
  const window = totalWindow(total, facets);
  return facets.map((groups) => ({
    total: protectCount(total),
    groups: givesAway(groups, window) ? groups.map(() => suppressed) : protectGroups(groups),
  }));
}

/**
 * Groups that together have everybody of a counted set, and may overlap (modalities, of which a patient has several): as
 * counts each for itself, or none where total and groups would tell that a suppressed one is not empty. `groups` are the
 * true counts.
 */
export function protectOverlapping(total: number, groups: readonly number[]): ShownCount[] {
  return givesAway(groups, windowOf(protectCount(total)))
    ? groups.map(() => suppressed)
    : groups.map(protectCount);
}

/** A two-way table as it may be shown, a row after another, with its margins. */
export interface ShownTwoWayTable {
  readonly total: ShownCount;
  readonly rows: readonly ShownCount[];
  readonly columns: readonly ShownCount[];
  readonly cells: readonly (readonly ShownCount[])[];
}

/**
 * A two-way table: no cell below 8, no row or column with exactly one suppressed, margins protected like facets of one
 * set. A table in which a row or a column would tell that a suppressed cell is not empty is shown by its margins alone.
 * `cells` are the true counts.
 * @throws RangeError where the rows are not of one length.
 */
export function protectTwoWayTable(cells: readonly (readonly number[])[]): ShownTwoWayTable {
  const width = cells[0]?.length ?? 0;
  if (cells.some((row) => row.length !== width)) throw new RangeError('the rows of a table have one length');
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const rows = cells.map(sum);
  const columns = Array.from({ length: width }, (_, at) => sum(cells.map((row) => row[at] ?? 0)));
  const total = sum(rows);
  const margins = protectTables(total, [rows, columns]);
  const lines = [
    ...cells.map((_, row) => columns.map((__, column) => row * width + column)),
    ...columns.map((_, column) => cells.map((__, row) => row * width + column)),
  ];
  const flat = cells.flat();
  const all = totalWindow(total, [rows, columns, flat]);
  const tells =
    givesAway(flat, all) ||
    lines.some((line, at) => {
      const counts = line.map((cell) => flat[cell] ?? 0);
      return givesAway(counts, windowOf(protectCount([...rows, ...columns][at] ?? 0)));
    });
  const shown = tells ? flat.map(() => suppressed) : withoutLoneCells(flat.map(protectCount), lines);
  return {
    total: protectCount(total),
    rows: margins[0]?.groups ?? [],
    columns: margins[1]?.groups ?? [],
    cells: cells.map((_, row) => shown.slice(row * width, (row + 1) * width)),
  };
}
