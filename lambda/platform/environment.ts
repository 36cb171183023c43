import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { configurationFileName } from './configuration.contract';

/** Raised at the start of a function whose environment does not fit its schema; names variables, never values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(`The environment of this function is not valid: ${problems.join('; ')}`);
  }
}

/** The file beside the bundle: Lambda says in LAMBDA_TASK_ROOT where it unpacked the function. */
function readConfiguration(folder: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, configurationFileName), 'utf8');
  } catch {
    throw new EnvironmentError([`configuration: no file ${configurationFileName} beside the function`]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new EnvironmentError([`configuration: ${configurationFileName} is not JSON`]);
  }
}

/**
 * Reads a function's environment through its zod schema: its variables and, where the schema has a member
 * `configuration`, that part of the platform's configuration from the file beside the bundle.
 * @throws EnvironmentError naming each variable and each field of the configuration, and what was expected.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<Schema> {
  const parsed = schema.safeParse(
    'configuration' in schema.shape
      ? { ...source, configuration: readConfiguration(source.LAMBDA_TASK_ROOT ?? __dirname) }
      : source,
  );
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** A variable that holds JSON: parsed, then checked by `schema`. */
export function jsonVariable<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'expected JSON', input: undefined });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** A name or an ARN: any text that is not empty. */
export const nameVariable = z.string().min(1, 'expected a value');

/** The Region in which a function runs. Lambda sets it itself, so it is no variable of ours. */
export function readRegion(source: Readonly<Record<string, string | undefined>> = process.env): string {
  return readEnvironment(z.object({ AWS_REGION: nameVariable }), source).AWS_REGION;
}

/** A whole number of at least `minimum`, as text. */
export function integerVariable(minimum: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().int().min(minimum));
}
