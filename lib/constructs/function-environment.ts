import { Token } from 'aws-cdk-lib';
import type { z } from 'zod';
import {
  configurationFileText,
  type PlatformConfiguration,
} from '../../lambda/platform/configuration.contract';

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

/** What a function finds at its start. */
export interface FunctionEnvironment {
  readonly variables: Record<string, string>;
  /** Text of the file beside its bundle; absent where the function reads nothing of the configuration. */
  readonly configuration?: string;
}

/** What stacks and configuration have to give. */
export interface OfferedEnvironment {
  readonly variables: EnvironmentValues;
  readonly configuration: PlatformConfiguration;
}

/**
 * Takes from what is offered what a function's schema asks for: variables by name and, under the member
 * `configuration`, a part of the platform's configuration. Checks all whose value is already known.
 *
 * @throws Error naming the function and each variable or field that is missing or not as the schema demands
 */
export function functionEnvironment(
  functionName: string,
  schema: z.ZodObject,
  offered: OfferedEnvironment,
): FunctionEnvironment {
  const problems: string[] = [];
  const { configuration: part, ...shape } = schema.shape;
  const variables: Record<string, string> = {};
  for (const [name, variable] of Object.entries(shape)) {
    const value = offered.variables[name];
    if (value !== undefined) variables[name] = value;
    if (value === undefined || !Token.isUnresolved(value)) {
      const result = (variable as z.ZodType).safeParse(value);
      if (!result.success) {
        const expected = result.error.issues.map((issue) => issue.message).join(', ');
        problems.push(`${name}: ${value === undefined ? 'missing' : expected}`);
      }
    }
  }
  const size = Object.entries(variables).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  if (size > ENVIRONMENT_BYTES) {
    problems.push(`about ${size} bytes together; Lambda allows ${ENVIRONMENT_BYTES}`);
  }
  const configuration = (part as z.ZodType | undefined)?.safeParse(offered.configuration);
  for (const issue of configuration?.error?.issues ?? [])
    problems.push(`${['configuration', ...issue.path].join('.')}: ${issue.message}`);
  if (problems.length > 0) {
    throw new Error(`Environment of ${functionName}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return configuration === undefined
    ? { variables }
    : { variables, configuration: configurationFileText(configuration.data) };
}
