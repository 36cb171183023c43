import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { CommandError, exitCode } from './exit-code';

/**
 * Reads a JSON file that the person wrote. An error of the file system passes as it is.
 * @throws CommandError (exit 2) that names the field which is wrong
 */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandError(`Cannot use ${path}: it is not JSON.`, exitCode.usage, {
      code: 'FILE_NOT_JSON',
      fix: 'Write it as JSON, and run the command again.',
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`,
  );
  throw new CommandError(`Cannot use ${path}.`, exitCode.usage, {
    code: 'FILE_NOT_VALID',
    detail: problems.join('\n'),
    fix: 'Correct the fields and run the command again.',
  });
}
