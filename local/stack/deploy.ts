import type { AssemblyStack, TemplateResource } from './assembly';
import { DeploymentError } from './deployment-error';
import { noValue, references, resolve, resolveCondition, type Scope } from './intrinsics';
import type { DeployedResource, ResolvedResource, ResourceHandler } from './resource';

/** Deploys stacks: resolves each resource in the order of its references and hands it to its type's handler. */

export interface DeployOptions {
  readonly accountId: string;
  /** Region of a stack that names none. */
  readonly defaultRegion: string;
  /** Finds the handler of a resource type, `undefined` where the platform does not know the type. */
  handlerFor(type: string): ResourceHandler | undefined;
}

/** A stack after its deployment. */
export interface DeployedStack {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: ReadonlyMap<string, DeployedResource & { readonly type: string }>;
}

/** Outputs and exports of the stacks deployed so far, for the stacks that import them. */
class Exports {
  private readonly byExport = new Map<string, unknown>();
  private readonly byOutput = new Map<string, unknown>();

  add(stack: string, output: string, value: unknown, exportName: unknown): void {
    this.byOutput.set(`${stack}\n${output}`, value);
    if (exportName !== undefined) this.byExport.set(String(exportName), value);
  }

  importValue(name: string): unknown {
    if (!this.byExport.has(name)) {
      throw new DeploymentError('REFERENCE_UNKNOWN', `No stack deployed so far exports ${name}.`);
    }
    return this.byExport.get(name);
  }

  stackOutput(stack: string, output: string): unknown {
    const value = this.byOutput.get(`${stack}\n${output}`);
    if (value === undefined) {
      throw new DeploymentError('REFERENCE_UNKNOWN', `Stack ${stack} has no output ${output}.`);
    }
    return value;
  }
}

function pseudoParameters(stack: AssemblyStack, options: DeployOptions): ReadonlyMap<string, unknown> {
  const region = stack.region ?? options.defaultRegion;
  return new Map<string, unknown>([
    ['AWS::AccountId', options.accountId],
    ['AWS::Region', region],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', stack.name],
    ['AWS::StackId', `arn:aws:cloudformation:${region}:${options.accountId}:stack/${stack.name}/embedded`],
    ['AWS::NotificationARNs', []],
    ['AWS::NoValue', noValue],
  ]);
}

function scopeOf(
  stack: AssemblyStack,
  options: DeployOptions,
  exports: Exports,
  deployed: ReadonlyMap<string, DeployedResource>,
): Scope {
  const pseudo = pseudoParameters(stack, options);
  const { Parameters, Mappings, Conditions } = stack.template;
  const missing = (what: string): DeploymentError =>
    new DeploymentError('REFERENCE_UNKNOWN', `${stack.name}: ${what}`);
  const conditions = new Map<string, boolean>();
  const scope: Scope = {
    ref: (name) => {
      if (pseudo.has(name)) return pseudo.get(name);
      const parameter = Parameters[name];
      if (parameter) return stack.parameters[name] ?? parameter.Default ?? '';
      const resource = deployed.get(name);
      if (!resource) throw missing(`Ref names ${name}, which is neither parameter nor deployed resource.`);
      return resource.ref;
    },
    getAtt: (logicalId, attribute) => {
      const value = deployed.get(logicalId)?.attributes[attribute];
      if (value === undefined) throw missing(`${logicalId} has no attribute ${attribute} here.`);
      return value;
    },
    condition: (name) => {
      const known = conditions.get(name);
      if (known !== undefined) return known;
      if (!Object.hasOwn(Conditions, name)) throw missing(`Condition ${name} is not declared.`);
      const value = resolveCondition(Conditions[name], scope);
      conditions.set(name, value);
      return value;
    },
    mapping: (map, first, second) => {
      const value = Mappings[map]?.[first]?.[second];
      if (value === undefined) throw missing(`Mapping ${map} has no ${first}.${second}.`);
      return value;
    },
    importValue: (name) => exports.importValue(name),
    stackOutput: (name, output) => exports.stackOutput(name, output),
  };
  return scope;
}

/**
 * Logical ids in an order in which each comes after those it refers to or depends on; as written where free.
 * @throws DeploymentError `RESOURCE_CYCLE`
 */
export function resourceOrder(resources: Readonly<Record<string, TemplateResource>>): readonly string[] {
  const ordered: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, path: readonly string[]): void => {
    const resource = resources[id];
    if (!resource || state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      throw new DeploymentError(
        'RESOURCE_CYCLE',
        `Resources refer to each other: ${[...path, id].join(' → ')}`,
      );
    }
    state.set(id, 'open');
    const needed = [...references(resource.Properties), ...[resource.DependsOn ?? []].flat()];
    for (const other of needed) visit(other, [...path, id]);
    state.set(id, 'done');
    ordered.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return ordered;
}

async function deployResource(
  handler: ResourceHandler | undefined,
  resource: ResolvedResource,
): Promise<DeployedResource> {
  const place = `${resource.stack}/${resource.logicalId} (${resource.type})`;
  if (!handler) {
    throw new DeploymentError(
      'RESOURCE_TYPE_UNKNOWN',
      `The embedded platform does not know the type of ${place}.`,
    );
  }
  try {
    return await handler(resource);
  } catch (error) {
    if (error instanceof DeploymentError) throw error;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new DeploymentError('RESOURCE_FAILED', `${place}: ${reason}`, { cause: error });
  }
}

async function deployStack(
  stack: AssemblyStack,
  options: DeployOptions,
  exports: Exports,
): Promise<DeployedStack> {
  const resources = new Map<string, DeployedResource & { type: string }>();
  const scope = scopeOf(stack, options, exports, resources);
  for (const logicalId of resourceOrder(stack.template.Resources)) {
    const declared = stack.template.Resources[logicalId];
    if (!declared || (declared.Condition !== undefined && !scope.condition(declared.Condition))) continue;
    const handler = options.handlerFor(declared.Type);
    const resource: ResolvedResource = {
      type: declared.Type,
      logicalId,
      stack: stack.name,
      region: stack.region ?? options.defaultRegion,
      accountId: options.accountId,
      properties: resolve(declared.Properties, scope) as Record<string, unknown>,
      retained: declared.DeletionPolicy === 'Retain' || declared.DeletionPolicy === 'RetainExceptOnCreate',
    };
    resources.set(logicalId, { ...(await deployResource(handler, resource)), type: declared.Type });
  }
  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(stack.template.Outputs)) {
    const value = resolve(output.Value, scope);
    outputs[name] = typeof value === 'string' ? value : JSON.stringify(value);
    exports.add(stack.name, name, value, resolve(output.Export?.Name, scope));
  }
  return { name: stack.name, outputs, resources };
}

/**
 * Deploys the stacks in the given order.
 * @throws DeploymentError with stack, logical id and type of the resource that failed
 */
export async function deployStacks(
  stacks: readonly AssemblyStack[],
  options: DeployOptions,
): Promise<readonly DeployedStack[]> {
  const exports = new Exports();
  const deployed: DeployedStack[] = [];
  for (const stack of stacks) deployed.push(await deployStack(stack, options, exports));
  return deployed;
}
