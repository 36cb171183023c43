import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { CommandError, exitCode } from '../terminal/exit-code';

/** The embedded platform is no part of the command: it is run from a checkout of the project. */
const drillProgramme = join('local', 'drill', 'drill.ts');

async function isProject(folder: string): Promise<boolean> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return name === 'nmip' && existsSync(join(folder, drillProgramme));
  } catch {
    return false;
  }
}

/**
 * The checkout in which a folder stands.
 * @throws CommandError (exit 2) where it stands in none, or its packages are not installed
 */
export async function findCheckout(from: string): Promise<string> {
  const { root } = parse(from);
  for (let folder = from; ; folder = dirname(folder)) {
    if (await isProject(folder)) {
      if (existsSync(join(folder, 'node_modules', 'tsx'))) return folder;
      throw new CommandError(`The packages of ${folder} are not installed.`, exitCode.usage, {
        code: 'CHECKOUT_NOT_INSTALLED',
        fix: 'Run `npm ci` there.',
      });
    }
    if (folder === root) break;
  }
  throw new CommandError('The embedded platform is run from a checkout of the project.', exitCode.usage, {
    code: 'NOT_IN_A_CHECKOUT',
    fix: 'Run the command in a checkout of NMIP.',
  });
}

/**
 * Runs the drill of a checkout; what it writes goes where the command's own output goes.
 * @returns its exit code
 */
export function runDrillOf(checkout: string, words: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', drillProgramme, ...words], {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? exitCode.interrupted));
  });
}
