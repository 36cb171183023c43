import { createInterface } from 'node:readline/promises';
import { CommandError, exitCode } from './exit-code';

/**
 * Asks a person on the terminal whether to go on.
 * @throws CommandError (exit 2) where they do not say yes, or nobody can be asked and `yes` was not given
 */
export async function requireConfirmation(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new CommandError('Nobody can be asked here.', exitCode.usage, {
      code: 'NOT_CONFIRMED',
      fix: 'Add --yes.',
    });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} Type yes to go on: `);
    if (answer.trim() === 'yes') return;
  } finally {
    lines.close();
  }
  throw new CommandError('Nothing was done.', exitCode.usage, { code: 'NOT_CONFIRMED' });
}
