import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

/** What a drill was asked for. */
export interface DrillCommandOptions {
  readonly seed: string;
  readonly files: number;
  readonly faults: number;
  /** File for the details. */
  readonly report: string | undefined;
  /** Folder in which everything is kept; absent: one that is removed where all was well. */
  readonly keep: string | undefined;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`);
    return value;
  };
}

const path = (text: string): string => resolve(text);

/** Reads the command line; says what is wrong with it and ends the process where it is. */
export function readDrillOptions(parameters: readonly string[]): DrillCommandOptions {
  return new Command('nmip local drill')
    .description('Runs the embedded platform under fire and finds out what was lost, doubled or leaked.')
    .option('--seed <text>', 'draws the same files and the same faults again', '1')
    .option('--files <number>', 'files to send', wholeNumber(20, 100_000), 2_000)
    .option('--faults <number>', 'faults to inject', wholeNumber(0, 50_000), 500)
    .option('--report <file>', 'write the details as JSON', path)
    .option('--keep <folder>', 'keep everything in this folder, which must be empty', path)
    .allowExcessArguments(false)
    .parse(parameters, { from: 'user' })
    .opts<DrillCommandOptions>();
}
