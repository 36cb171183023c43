import jsonata from 'jsonata';
import { registerLibrary, withheldFunctions } from './jsonata-functions';
import type { Json } from './payload-limits';
import { StateError } from './state-error';

/** What expressions see: `$states` and the variables in force. */
export interface EvaluationScope {
  readonly states: {
    readonly input: Json;
    readonly context: Json;
    readonly result?: Json;
    readonly errorOutput?: Json;
  };
  readonly variables: Readonly<Record<string, Json>>;
}

const expressionText = /^\{%([\s\S]*)%\}$/;

/** The JSONata inside `{% … %}`, or undefined for a plain string. */
export function expressionOf(text: string): string | undefined {
  return expressionText.exec(text)?.[1]?.trim();
}

/**
 * Why an expression cannot be used, or undefined.
 * @param expression JSONata without `{% %}`
 */
export function expressionFault(expression: string): string | undefined {
  try {
    const called = new Set<string>();
    collectCalls(jsonata(expression).ast(), called);
    const withheld = withheldFunctions.find((name) => called.has(name));
    return withheld === undefined ? undefined : `the function $${withheld} is not offered by Step Functions`;
  } catch (error) {
    return isCoded(error) ? `${error.code} at ${error.position ?? 0}: ${error.message}` : String(error);
  }
}

/** Evaluates templates: JSON values in which strings of the form `{% … %}` are JSONata. */
export class TemplateEvaluator {
  readonly #compiled = new Map<string, jsonata.Expression>();

  constructor(private readonly random: () => number) {}

  /**
   * Value of a template.
   * @param location name of the field, for the error
   * @throws StateError `States.QueryEvaluationError`
   */
  async evaluate(template: Json, scope: EvaluationScope, location: string): Promise<Json> {
    if (typeof template === 'string') {
      const expression = expressionOf(template);
      return expression === undefined ? template : this.#evaluateExpression(expression, scope, location);
    }
    if (template === null || typeof template !== 'object') return template;
    if (isArray(template)) {
      const values: Json[] = [];
      for (const [index, member] of template.entries()) {
        values.push(await this.evaluate(member, scope, `${location}[${index}]`));
      }
      return values;
    }
    const value: Record<string, Json> = {};
    for (const [name, member] of Object.entries(template)) {
      value[name] = await this.evaluate(member, scope, `${location}/${name}`);
    }
    return value;
  }

  async #evaluateExpression(expression: string, scope: EvaluationScope, location: string): Promise<Json> {
    let value: unknown;
    try {
      value = await this.#compile(expression).evaluate(undefined, {
        ...scope.variables,
        states: scope.states,
      });
    } catch (error) {
      const reason = isCoded(error) ? `${error.code}: ${error.message}` : String(error);
      throw evaluationError(`The JSONata expression '${expression}' threw an error: ${reason}`, location);
    }
    if (value === undefined) {
      throw evaluationError(`The JSONata expression '${expression}' returned nothing (undefined).`, location);
    }
    if (typeof value === 'function' || isJsonataFunction(value)) {
      throw evaluationError(`The JSONata expression '${expression}' returned a function.`, location);
    }
    return plain(value);
  }

  #compile(expression: string): jsonata.Expression {
    const known = this.#compiled.get(expression);
    if (known) return known;
    const compiled = jsonata(expression);
    registerLibrary(compiled, this.random);
    this.#compiled.set(expression, compiled);
    return compiled;
  }
}

function evaluationError(reason: string, location: string): StateError {
  return new StateError('States.QueryEvaluationError', `An error occurred in field '${location}'. ${reason}`);
}

/** JSON without the marks that JSONata leaves on its sequences, and without members that are undefined. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJsonataFunction(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_lambda' in value || '_jsonata_function' in value)
  );
}

function isCoded(error: unknown): error is { code: string; message: string; position?: number } {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** Names of the functions that a syntax tree calls as `$name(…)`. */
function collectCalls(node: unknown, called: Set<string>): void {
  if (Array.isArray(node)) {
    for (const member of node) collectCalls(member, called);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, procedure } = node as { type?: unknown; procedure?: { type?: unknown; value?: unknown } };
  if (
    (type === 'function' || type === 'partial') &&
    procedure?.type === 'variable' &&
    typeof procedure.value === 'string'
  ) {
    called.add(procedure.value);
  }
  for (const member of Object.values(node)) collectCalls(member, called);
}
