import { readFileSync } from 'node:fs';

/** Whole lines of a file that a killed process may have been writing; none where there is no file. */
export function readLines<T>(path: string): T[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  const lines = text.split('\n');
  // What follows the last line feed was cut off.
  lines.pop();
  return lines.map((line) => JSON.parse(line) as T);
}
