import { readdirSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Whether a schema is described as a client sends it or as it is answered: defaults make the difference. */
export type Direction = 'input' | 'output';

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

interface Export {
  readonly schema: z.ZodType;
  readonly name: string;
  readonly capability: string;
}

function schemasExportedBy(file: string): Export[] {
  const exported: Record<string, unknown> = require(file);
  const capability = file.split(sep).at(-2) ?? '';
  return Object.entries(exported).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? [{ schema, name: capitalised(name), capability }] : [],
  );
}

/**
 * Names of the schemas that contracts export: that of the export, with the capability before it where several
 * capabilities export one of the same name.
 * @param folder the room `lambda`
 */
export function exportedNames(folder: string): Map<z.ZodType, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file).endsWith('.contract.ts'))
    .sort();
  const distinct = new Map<z.ZodType, Export>();
  for (const file of files)
    for (const each of schemasExportedBy(join(folder, file)))
      if (!distinct.has(each.schema)) distinct.set(each.schema, each);
  const all = [...distinct.values()];
  const names = all.map(({ schema, name, capability }): [z.ZodType, string] => {
    const namesakes = all.filter((other) => other.name === name);
    return [schema, namesakes.length > 1 ? `${capitalised(capability)}${name}` : name];
  });
  if (new Set(names.map(([, name]) => name)).size < names.length)
    throw new Error('two contracts of one capability export schemas of the same name');
  return new Map(names);
}

/** What JSON Schema says of a zod schema, in the fewest words: a format says what zod's expression for it says. */
function simplify(zodSchema: unknown, schema: JsonSchema, direction: Direction): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  // Clients shall not refuse an answer because it has a member more.
  if (direction === 'output' && zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined)
    delete schema.additionalProperties;
}

const reference = (name: string): string => `#/components/schemas/${name}`;

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string'
      ? [member.slice(reference('').length)]
      : referencesIn(member),
  );
}

/** Every schema of `names` as JSON Schema 2020-12, in one direction. */
function describeAll(names: ReadonlyMap<z.ZodType, string>, direction: Direction): Map<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: direction,
    uri: reference,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema, direction),
  });
  return new Map(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema as JsonSchema]),
  );
}

function withReferences(schemas: ReadonlyMap<string, JsonSchema>, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...referencesIn(schemas.get(name)));
  }
  return found;
}

function renamed(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = key === '$ref' && typeof member === 'string' ? member.slice(reference('').length) : '';
      return [key, names.has(name) ? reference(`${name}Input`) : renamed(member, names)];
    }),
  );
}

/**
 * The components of the description: each schema that requests or answers lead to, by its name. One that is sent
 * otherwise than it is answered stands twice, once with `Input` behind its name.
 */
export class NamedSchemas {
  private readonly names: Map<z.ZodType, string>;
  private readonly asked: Readonly<Record<Direction, Set<string>>> = { input: new Set(), output: new Set() };

  constructor(names: ReadonlyMap<z.ZodType, string>) {
    this.names = new Map(names);
  }

  /** Takes a schema into the components, under its own name or else under `fallback`. */
  add(schema: z.ZodType, fallback: string, direction: Direction): JsonSchema {
    const name = this.names.get(schema) ?? fallback;
    this.names.set(schema, name);
    this.asked[direction].add(name);
    return { $ref: reference(name) };
  }

  /**
   * The components, and the document with references to them.
   * @param document what the references that `add` gave stand in; requests under `requestBody`
   */
  finish<Document>(document: Document): { document: Document; schemas: Record<string, unknown> } {
    const output = describeAll(this.names, 'output');
    const input = describeAll(this.names, 'input');
    const answered = withReferences(output, [...this.asked.output]);
    const sent = withReferences(input, [...this.asked.input]);
    const differs = (name: string): boolean =>
      JSON.stringify(input.get(name)) !== JSON.stringify(output.get(name));
    const direct = [...sent].filter((name) => answered.has(name) && differs(name));
    // What leads to one that stands twice stands twice too.
    const twice = new Set(
      [...sent].filter((name) => direct.some((each) => withReferences(input, [name]).has(each))),
    );
    const components = [
      ...[...answered].map((name) => [name, output.get(name)] as const),
      ...[...sent].map(
        (name) => [twice.has(name) ? `${name}Input` : name, renamed(input.get(name), twice)] as const,
      ),
    ].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      document: renameRequests(document, twice) as Document,
      schemas: Object.fromEntries(components),
    };
  }
}

function renameRequests(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => renameRequests(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === 'requestBody' ? renamed(member, names) : renameRequests(member, names),
    ]),
  );
}

/** A schema that stands where it is used: of a parameter. */
export function inlineSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema, 'output'),
  });
  return described;
}
