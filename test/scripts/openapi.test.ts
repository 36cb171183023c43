import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as z from 'zod';
import { parametersOf, type RouteContract, type RouteContracts } from '../../lambda/platform/route.contract';
import { contractsOf } from '../../lib/api/routes';
import { describeApi } from '../../scripts/openapi/document';
import { templateOf } from '../lib/synthesized-stage';

const text = readFileSync(join(__dirname, '../../docs/openapi.json'), 'utf8');
const description = JSON.parse(text);

const records: readonly RouteContracts[] = Object.values(contractsOf);
const contracts: readonly [string, RouteContract][] = records.flatMap((each) => Object.entries(each));

/** `GET /v1/…` of every method that the template deploys, but those of preflight. */
function deployedMethods(): string[] {
  const template = templateOf('api');
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    const properties = id === undefined ? undefined : resources[id]?.Properties;
    return properties === undefined ? '' : `${pathOf(properties.ParentId.Ref)}/${properties.PathPart}`;
  };
  return Object.values(template.findResources('AWS::ApiGateway::Method')).flatMap(({ Properties }) =>
    Properties.HttpMethod === 'OPTIONS'
      ? []
      : [`${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)}`],
  );
}

/** Objects in a JSON schema that take members which they do not name. */
function openObjects(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, additionalProperties } = schema as Record<string, unknown>;
  const here = type === 'object' && additionalProperties === undefined ? [path] : [];
  return [...here, ...Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${path}/${key}`))];
}

describe('docs/openapi.json', () => {
  it('is that of the contracts (npm run openapi writes it)', () => {
    expect(text).toBe(`${JSON.stringify(describeApi(contractsOf), null, 2)}\n`);
  });

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(description));
    expect(result).toEqual({ valid: true });
  });

  it('fails that check where it is not valid', async () => {
    const broken = structuredClone(description);
    broken.paths['/v1/quarantine'].get.responses = [];
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('has the methods that are deployed', () => {
    const described = Object.entries<Record<string, unknown>>(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...described].sort()).toEqual(deployedMethods().sort());
  });

  it('refers to components that it has, and has none to which nothing refers', () => {
    const references = new Set(
      [...text.matchAll(/"\$ref": "#\/components\/(\w+\/\w+)"/g)].map(([, at]) => at),
    );
    const { schemas, responses, parameters, headers } = description.components;
    const all = Object.entries({ schemas, responses, parameters, headers }).flatMap(([kind, members]) =>
      Object.keys(members as object).map((name) => `${kind}/${name}`),
    );
    expect([...references].filter((each) => !all.includes(each ?? ''))).toEqual([]);
    expect(all.filter((each) => /^(schemas|responses)/.test(each) && !references.has(each))).toEqual([]);
  });
});

describe('the contracts', () => {
  it('are named by their ids, each once', () => {
    expect(contracts.filter(([name, { id }]) => name !== id)).toEqual([]);
    expect(new Set(contracts.map(([name]) => name)).size).toBe(contracts.length);
  });

  it.each(contracts)('%s has a schema for each parameter of its path', (_name, { path, params }) => {
    expect(Object.keys(params?.shape ?? {}).sort()).toEqual(parametersOf(path).sort());
  });

  it.each(contracts.filter(([, { body }]) => body))(
    '%s takes no member that it does not name',
    (_name, { body }) => {
      expect(openObjects(z.toJSONSchema(body as z.ZodType, { io: 'input', unrepresentable: 'any' }))).toEqual(
        [],
      );
    },
  );
});
