import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { runCommand } from '../terminal/output';
import { findCheckout, runDrillOf } from './drill-checkout';

interface DrillOptions {
  readonly seed: string;
  readonly files: number;
  readonly faults: number;
  readonly report?: string;
  readonly keep?: string;
}

/** Fewer files would not make three submissions with anything in them. */
const fewestFiles = 20;

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number from ${least}.`);
    return value;
  };
}

async function drill({ seed, files, faults, report, keep }: DrillOptions): Promise<ExitCode> {
  const checkout = await findCheckout(process.cwd());
  const words = ['--seed', seed, '--files', String(files), '--faults', String(faults)];
  if (report !== undefined) words.push('--report', resolve(report));
  if (keep !== undefined) words.push('--keep', resolve(keep));
  const code = await runDrillOf(checkout, words, interruptSignal());
  const known = Object.values(exitCode).find((each) => each === code);
  return known ?? exitCode.rejections;
}

export function localCommand(): Command {
  return new Command('local')
    .description('Work with the embedded platform of a checkout of the project.')
    .addCommand(
      new Command('drill')
        .description(
          'Run the embedded platform under fire: killed functions and platform, throttling, lost and doubled events, ' +
            'clock jumps, bad clients, broken opt-out answers. Prints what was lost, doubled or leaked as one JSON object; ' +
            'exit code 0 when nothing was and every receipt balances. The same seed draws the same files and faults; ' +
            'which request a fault meets depends on how the processes interleave.',
        )
        .option('--seed <text>', 'draws files and faults', '1')
        .option('--files <number>', 'files to send', wholeNumber(fewestFiles), 2_000)
        .option('--faults <number>', 'faults to inject', wholeNumber(0), 500)
        .option('--report <file>', 'write the details as JSON')
        .option('--keep <folder>', 'keep everything in this folder, which must be empty')
        .action((options: DrillOptions) => runCommand({}, () => drill(options))),
    );
}
