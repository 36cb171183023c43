import { DeploymentError } from './deployment-error';

/**
 * Intrinsic functions of CloudFormation templates
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
 * A function that is not handled here is refused by name.
 */

/** What a template's expressions may refer to. */
export interface Scope {
  /** Value of `Ref`: a resource's physical id, a parameter or a pseudo parameter; `noValue` for AWS::NoValue. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
  importValue(exportName: string): unknown;
  stackOutput(stackName: string, output: string): unknown;
}

/** What AWS::NoValue becomes: the property or list item that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

type Expression = Readonly<Record<string, unknown>>;

function asList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new DeploymentError('INTRINSIC_UNKNOWN', `${name} takes a list.`);
  return value;
}

function asText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new DeploymentError('INTRINSIC_UNKNOWN', `${name} takes text, and was given ${typeof value}.`);
}

function attributeOf(argument: unknown): [string, string] {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  const [logicalId, attribute] = asList(argument, 'Fn::GetAtt');
  return [asText(logicalId, 'Fn::GetAtt'), asText(attribute, 'Fn::GetAtt')];
}

/** `${Name}`, `${Name.Attribute}` and the escape `${!Literal}` of Fn::Sub. */
function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = resolve(variables, scope) as Readonly<Record<string, unknown>>;
  return asText(text, 'Fn::Sub').replace(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const name = inner.trim();
    if (Object.hasOwn(own, name)) return asText(own[name], 'Fn::Sub');
    if (name.includes('.')) return asText(scope.getAtt(...attributeOf(name)), 'Fn::Sub');
    return asText(scope.ref(name), 'Fn::Sub');
  });
}

const functions: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (argument, scope) => scope.ref(asText(argument, 'Ref')),
  'Fn::GetAtt': (argument, scope) => scope.getAtt(...attributeOf(argument)),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = asList(argument, 'Fn::Join');
    return asList(resolve(parts, scope), 'Fn::Join')
      .map((part) => asText(part, 'Fn::Join'))
      .join(asText(separator, 'Fn::Join'));
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = asList(argument, 'Fn::Select').map((part) => resolve(part, scope));
    const items = asList(list, 'Fn::Select');
    const item = items[Number(index)];
    if (item === undefined) {
      throw new DeploymentError(
        'REFERENCE_UNKNOWN',
        `Fn::Select asks for item ${String(index)} of ${items.length}.`,
      );
    }
    return item;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = asList(argument, 'Fn::Split').map((part) => resolve(part, scope));
    return asText(text, 'Fn::Split').split(asText(separator, 'Fn::Split'));
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = resolve(argument, scope) || scope.ref('AWS::Region');
    return ['a', 'b', 'c'].map((zone) => `${asText(region, 'Fn::GetAZs')}${zone}`);
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(asText(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = asList(argument, 'Fn::FindInMap').map((part) =>
      asText(resolve(part, scope), 'Fn::FindInMap'),
    );
    return scope.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::ImportValue': (argument, scope) =>
    scope.importValue(asText(resolve(argument, scope), 'Fn::ImportValue')),
  'Fn::GetStackOutput': (argument, scope) => {
    const given = resolve(argument, scope) as Readonly<Record<string, unknown>>;
    return scope.stackOutput(
      asText(given.StackName, 'Fn::GetStackOutput'),
      asText(given.OutputName, 'Fn::GetStackOutput'),
    );
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue, whenFalse] = asList(argument, 'Fn::If');
    return resolveOptional(scope.condition(asText(name, 'Fn::If')) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = asList(argument, 'Fn::Equals').map((part) => resolve(part, scope));
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, scope) => !resolve(asList(argument, 'Fn::Not')[0], scope),
  'Fn::And': (argument, scope) => asList(argument, 'Fn::And').every((part) => resolve(part, scope) === true),
  'Fn::Or': (argument, scope) => asList(argument, 'Fn::Or').some((part) => resolve(part, scope) === true),
};

/** The one key of an object that is a call of an intrinsic function, or `undefined`. */
export function intrinsicName(value: object): string | undefined {
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined) return undefined;
  return key === 'Ref' || key.startsWith('Fn::') ? key : undefined;
}

function resolveOptional(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveOptional(item, scope)).filter((item) => item !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const name = intrinsicName(value);
  if (name !== undefined) {
    const apply = functions[name];
    if (!apply)
      throw new DeploymentError('INTRINSIC_UNKNOWN', `The embedded platform does not know ${name}.`);
    return apply((value as Expression)[name], scope);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, resolveOptional(item, scope)] as const)
      .filter(([, item]) => item !== noValue),
  );
}

/**
 * Resolves every intrinsic function in a value.
 * @throws DeploymentError `INTRINSIC_UNKNOWN`, `REFERENCE_UNKNOWN`
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveOptional(value, scope);
  return resolved === noValue ? undefined : resolved;
}

/** Evaluates an entry of the template's Conditions section, where `{Condition: name}` is a reference too. */
export function resolveCondition(value: unknown, scope: Scope): boolean {
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    'Condition' in value
  ) {
    return scope.condition(String(value.Condition));
  }
  const name = typeof value === 'object' && value !== null ? intrinsicName(value) : undefined;
  if (name === 'Fn::And' || name === 'Fn::Or' || name === 'Fn::Not') {
    const parts = asList((value as Expression)[name], name).map((part) => resolveCondition(part, scope));
    if (name === 'Fn::Not') return parts[0] !== true;
    return name === 'Fn::And' ? parts.every(Boolean) : parts.some(Boolean);
  }
  return resolve(value, scope) === true;
}

/** Logical names that a value refers to by Ref, Fn::GetAtt or Fn::Sub. */
export function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) references(item, found);
  } else if (typeof value === 'object' && value !== null) {
    const name = intrinsicName(value);
    const argument = name === undefined ? undefined : (value as Expression)[name];
    if (name === 'Ref') found.add(String(argument));
    else if (name === 'Fn::GetAtt') found.add(attributeOf(argument)[0]);
    else if (name === 'Fn::Sub') {
      const text = String(Array.isArray(argument) ? argument[0] : argument);
      for (const match of text.matchAll(/\$\{([^!}][^}]*)\}/g))
        found.add((match[1] ?? '').split('.')[0] ?? '');
      if (Array.isArray(argument)) references(argument[1], found);
    } else {
      for (const item of Object.values(value)) references(item, found);
    }
  }
  return found;
}
