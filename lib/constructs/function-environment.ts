import { Token } from 'aws-cdk-lib';
import type { z } from 'zod';

/** Values of environment variables that a stack can offer, by name. */
export type EnvironmentValues = Readonly<Record<string, string>>;

/** Lambda's limit on the names and values of a function's variables together. */
const ENVIRONMENT_BYTES = 4096;
/** A reference's text is not known before deployment; names and ARNs of ours stay below this. */
const REFERENCE_BYTES = 120;

function bytes(text: string): number {
  const plain = Token.isUnresolved(text)
    ? text.replaceAll(/\$\{Token\[[^\]]*\]\}/g, 'x'.repeat(REFERENCE_BYTES))
    : text;
  return Buffer.byteLength(plain);
}

/**
 * Takes from what a stack offers the variables that a function's schema asks for, and checks those whose value is
 * already known.
 *
 * @throws Error naming the function and each variable that is missing or not as the schema demands
 */
export function functionEnvironment(
  functionName: string,
  schema: z.ZodObject,
  offered: EnvironmentValues,
): Record<string, string> {
  const problems: string[] = [];
  const environment: Record<string, string> = {};
  for (const [name, variable] of Object.entries(schema.shape)) {
    const value = offered[name];
    if (value !== undefined) environment[name] = value;
    if (value === undefined || !Token.isUnresolved(value)) {
      const result = (variable as z.ZodType).safeParse(value);
      if (!result.success) {
        const expected = result.error.issues.map((issue) => issue.message).join(', ');
        problems.push(`${name}: ${value === undefined ? 'missing' : expected}`);
      }
    }
  }
  const size = Object.entries(environment).reduce(
    (sum, [name, value]) => sum + bytes(name) + bytes(value),
    0,
  );
  if (size > ENVIRONMENT_BYTES) {
    problems.push(`about ${size} bytes together; Lambda allows ${ENVIRONMENT_BYTES}`);
  }
  if (problems.length > 0) {
    throw new Error(`Environment of ${functionName}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return environment;
}
