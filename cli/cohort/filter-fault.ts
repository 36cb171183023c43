import { FilterError } from '../../lambda/cohorts/filter-error.contract';
import { parseFilter } from '../../lambda/cohorts/filter-parser.contract';
import { CommandError, exitCode } from '../terminal/exit-code';
import { visibleName } from '../terminal/text';

/** Signs of a filter that are shown on each side of a fault. */
const shownAround = 50;

/** A filter with a caret under the sign of a column, counted from 1; only its neighbourhood where it is long. */
export function caretUnder(filter: string, position: number): string {
  const line = filter.replaceAll(/\s/g, ' ');
  const from = Math.max(0, position - 1 - shownAround);
  const before = `${from > 0 ? '…' : ''}${visibleName(line.slice(from, position - 1))}`;
  const rest = line.slice(position - 1, position - 1 + shownAround);
  const after = position - 1 + shownAround < line.length ? '…' : '';
  return `${before}${visibleName(rest)}${after}\n${' '.repeat(before.length)}^`;
}

/**
 * That a text is a filter, before anything is sent.
 * @throws CommandError (exit 2) with the caret under the fault
 */
export function requireFilter(filter: string): void {
  try {
    parseFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { position, expected, nearest } = error.fault;
    throw new CommandError('This is not a filter.', exitCode.usage, {
      code: error.code,
      detail: `${caretUnder(filter, position)}\nExpected ${expected}.`,
      fix:
        nearest === undefined
          ? 'docs/filters.md has fields, operators and values.'
          : `Did you mean ${nearest}?`,
    });
  }
}
