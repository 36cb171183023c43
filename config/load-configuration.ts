import type * as z from 'zod';
import { type Configuration, type ConfigurationInput, configuration } from './configuration';
import { example } from './example';
import { local } from './local';

/** Every environment the app knows, by the name given with `-c env=<name>`. */
const environments: Readonly<Record<string, ConfigurationInput>> = { example, local };

/** The configuration cannot be used; `message` names every field to change. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** `trusts[0].odsCode` of `['trusts', 0, 'odsCode']`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
}

function describe(issue: z.core.$ZodIssue, input: unknown, file: string): string {
  const found = JSON.stringify(valueAt(input, issue.path)) ?? 'nothing';
  const shown = found.length > 80 ? `${found.slice(0, 77)}...` : found;
  const field = fieldName(issue.path) || '(the whole file)';
  if (issue.code === 'unrecognized_keys') {
    return `  ${field}: unknown ${issue.keys.join(', ')}\n    Remove it from ${file}, or correct its spelling.`;
  }
  const expected = issue.message.replace(/^(Invalid (input|option)|Too (big|small)): expected /, '');
  return `  ${field}: expected ${expected}; found ${shown}\n    Change it in ${file}.`;
}

/**
 * Checks what an environment file states and fills in the defaults.
 *
 * @param file named in the message, for the person who has to change it
 * @throws ConfigurationError that names every bad field: its path, what was expected, where to change it
 */
export function checkConfiguration(input: unknown, file: string): Configuration {
  const result = configuration.safeParse(input);
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => describe(issue, input, file));
  throw new ConfigurationError(`The configuration cannot be used:\n${fields.join('\n')}`);
}

/**
 * @param environmentName what `-c env=<name>` says
 * @throws ConfigurationError for an unknown name or a bad field
 */
export function loadConfiguration(environmentName: unknown): Configuration {
  const name = String(environmentName);
  const input = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (input === undefined) {
    throw new ConfigurationError(
      `Unknown environment "${name}". Known: ${Object.keys(environments).join(', ')}. Use -c env=<name>, or add config/${name}.ts and name it in config/load-configuration.ts.`,
    );
  }
  return checkConfiguration(input, `config/${name}.ts`);
}
