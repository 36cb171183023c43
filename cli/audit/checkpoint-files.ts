import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointKey, checkpointNumber } from '../../lambda/history/checkpoint.contract';
import { readIfPresent, writePrivateFile } from '../state/state-folder';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { HistoryClient } from './history-client';

const fileName = (number: number) => checkpointKey(number).replace(/^.*\//, '');

/**
 * Texts of the checkpoints in a folder, from the first to the last that is there; null for one that is missing.
 * @throws CommandError (exit 2) where the folder has none
 */
export async function checkpointsOfFolder(folder: string): Promise<(string | null)[]> {
  const numbers = (await readdir(folder)).flatMap((name) => checkpointNumber(name) ?? []);
  if (numbers.length === 0)
    throw new CommandError(`There are no checkpoints in ${folder}.`, exitCode.usage, {
      code: 'CHECKPOINTS_MISSING',
      fix: 'Name a folder with files such as 000000000001.json; nmip audit checkpoints fetches them.',
    });
  const texts: (string | null)[] = Array(Math.max(...numbers)).fill(null);
  for (const number of numbers) texts[number - 1] = await readFile(join(folder, fileName(number)), 'utf8');
  return texts;
}

/** Fetches all checkpoints into a folder; files that are there stay as they are. Gives how many were fetched. */
export async function fetchCheckpoints(
  client: HistoryClient,
  folder: string,
): Promise<{ fetched: number; there: number; missing: number[] }> {
  let fetched = 0;
  let there = 0;
  const missing: number[] = [];
  for (let after = 0, last = 1; after < last; ) {
    const page = await client.checkpoints(after);
    last = page.head.version;
    for (const { number, url } of page.checkpoints) {
      after = number;
      if ((await readIfPresent(join(folder, fileName(number)))) !== null) {
        there += 1;
        continue;
      }
      for await (const text of client.texts([{ url }])) {
        if (text === null) missing.push(number);
        else {
          await writePrivateFile(join(folder, fileName(number)), text);
          fetched += 1;
        }
      }
    }
    if (page.checkpoints.length === 0) break;
  }
  return { fetched, there, missing };
}
