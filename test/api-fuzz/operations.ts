import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly bodyLimit: number;
  readonly roles: readonly string[] | 'everybody' | 'public';
  /** Statuses that the description has. */
  readonly statuses: readonly string[];
}

/** `docs/openapi.json`, with what the fuzz needs of it at hand. */
export class ApiDescription {
  readonly document: Schema;
  readonly operations: readonly Operation[];

  constructor() {
    const file = join(__dirname, '../../docs/openapi.json');
    this.document = JSON.parse(readFileSync(file, 'utf8'));
    const paths = this.document.paths as Record<string, Record<string, Schema>>;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => this.operationOf(path, method, operation)),
    );
  }

  /** What stands at a reference such as `#/components/schemas/Problem`. */
  resolve(schema: Schema): Schema {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    let value: unknown = this.document;
    for (const name of $ref.slice(2).split('/'))
      value = Reflect.get(value as object, name.replaceAll('~1', '/').replaceAll('~0', '~'));
    return this.resolve(value as Schema);
  }

  private operationOf(path: string, method: string, operation: Schema): Operation {
    const body = operation.requestBody as { content: Record<string, { schema: Schema }> } | undefined;
    const parameters = ((operation.parameters ?? []) as Schema[]).map((each) => this.resolve(each));
    return {
      id: String(operation.operationId),
      method: method.toUpperCase(),
      path,
      parameters: parameters as unknown as Parameter[],
      body: body?.content['application/json']?.schema,
      bodyLimit: Number(operation['x-body-limit']),
      roles: operation['x-roles'] as Operation['roles'],
      statuses: Object.keys(operation.responses as object),
    };
  }

  /** The operation that a path belongs to, as API Gateway finds it: fixed segments before variable ones. */
  operationAt(method: string, path: string): Operation | undefined {
    const segments = path.split('/');
    const fitting = this.operations.filter((operation) => {
      const names = operation.path.split('/');
      return (
        operation.method === method &&
        names.length === segments.length &&
        names.every((name, index) =>
          name.startsWith('{') ? segments[index] !== '' : name === segments[index],
        )
      );
    });
    const variables = ({ path: each }: Operation) => each.split('{').length;
    return fitting.sort((one, other) => variables(one) - variables(other))[0];
  }
}
