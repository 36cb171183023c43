import { z } from 'zod';

/** Raised at the start of a function whose environment does not fit its schema; names variables, never values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(`The environment of this function is not valid: ${problems.join('; ')}`);
  }
}

/**
 * Reads a function's environment through its zod schema.
 * @throws EnvironmentError naming each variable and what was expected.
 */
export function readEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<Schema> {
  const parsed = schema.safeParse(source);
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

/** A whole number of at least `minimum`, as text. */
export function integerVariable(minimum: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().int().min(minimum));
}
