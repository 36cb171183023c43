import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { configuration } from '../../config/configuration';
import { routes } from '../../lib/api/routes';
import { functionEntries } from '../../lib/bundling/function-entries';
import { synthesizedStage } from '../lib/synthesized-stage';
import { projectFolder, readDocument, sectionOf } from './documents';

const architecture = readDocument('docs/architecture.md');

/** Names of the variables that any function's schema asks for. */
function variablesOfFunctions(): string[] {
  const folder = join(projectFolder, 'lambda');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.environment.ts'),
  );
  const names = files.flatMap((file) => {
    const exported = Object.values(require(join(folder, file)) as Record<string, unknown>);
    const schemas = exported.filter((value) => value instanceof z.ZodObject);
    return schemas.flatMap((schema) => Object.keys(schema.shape));
  });
  return [...new Set(names)].filter((name) => name !== 'configuration').sort();
}

/** Paths of the fields of a schema, as documents spell them: `trusts[].odsCode`. */
function fieldsOf(schema: unknown, path = ''): string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, field]) =>
      fieldsOf(field, path === '' ? name : `${path}.${name}`),
    );
  if (schema instanceof z.ZodArray) {
    const { element } = schema;
    return element instanceof z.ZodObject ? fieldsOf(element, `${path}[]`) : [path];
  }
  const inner = schema instanceof z.ZodType ? (schema.def as { innerType?: unknown }).innerType : undefined;
  return inner === undefined ? [path] : fieldsOf(inner, path);
}

it('its variables of functions are those of the schemas', () => {
  const table = sectionOf(architecture, '#### Variables');
  const names = [...table.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
  expect([...names].sort()).toEqual(variablesOfFunctions());
});

it('its functions are those that are bundled', () => {
  const table = sectionOf(architecture, '#### Entries');
  const names = [...table.matchAll(/^\| ([a-z-]+\/[a-z-]+) /gm)].map(([, name]) => name);
  expect([...names].sort()).toEqual([...functionEntries].sort());
});

it('its routes are those of the API', () => {
  const table = sectionOf(architecture, '## 5. HTTP API');
  const documented = [...table.matchAll(/^\| `([A-Z]+ \/v1\/[^`]+)` \|/gm)].map(([, route]) => route);
  expect([...documented].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

it('its stacks are those of the stage, and those of the README', () => {
  const made = synthesizedStage()
    .node.children.map(({ node }) => node.id.replace(/^landing-.*$/, 'landing-*'))
    .sort();
  const stacks = [...new Set(made)];
  const drawn = [...sectionOf(architecture, '## 6. Deployed stacks').matchAll(/^ {4}\w+\["([a-z*-]+)/gm)];
  expect(drawn.map(([, name]) => name).sort()).toEqual(stacks);
  const told = [
    ...sectionOf(readDocument('README.md'), '## What is created').matchAll(/^\| `([a-z*-]+)` \|/gm),
  ];
  expect(told.map(([, name]) => name).sort()).toEqual(stacks);
});

it('the README has every field of the configuration, and no other', () => {
  const table = sectionOf(readDocument('README.md'), '## Configuration');
  const told = [...table.matchAll(/^\| ((?:`[A-Za-z0-9.[\]]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
  expect([...told].sort()).toEqual(fieldsOf(configuration).sort());
});

it('it names only source files that exist', () => {
  const rooms = ['bin', 'cli', 'config', 'dicom', 'lambda', 'lib', 'local', 'scripts'];
  const names = new Set(
    rooms.flatMap((room) =>
      readdirSync(join(projectFolder, room), { recursive: true, encoding: 'utf8' }).map((file) =>
        basename(file),
      ),
    ),
  );
  const named = [...architecture.matchAll(/`([\w/-][\w./-]*\.ts)`/g)].map(([, file = '']) => basename(file));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !names.has(file))).toEqual([]);
});
