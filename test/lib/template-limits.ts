/**
 * AWS's quotas on what templates describe, none of which can be raised, and how far a template goes towards each.
 * References are counted at the length that they may have once deployed.
 */

export interface TemplateJson {
  readonly Resources?: Readonly<Record<string, ResourceJson>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

interface ResourceJson {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A name or an ARN of ours is shorter: the longest role ARN takes 20 + 12 + 128 characters at the very most. */
const REFERENCE_LENGTH = 140;

const limits = {
  'resources of a stack': 500,
  'outputs of a stack': 200,
  'parameters of a stack': 200,
  'bytes of a template': 1_000_000,
  'bytes of environment variables': 4096,
  'characters of the inline policies of a role': 10_240,
  'characters of a managed policy': 6144,
  'managed policies of a role': 10,
  'characters of a trust policy': 2048,
  'bytes of a bucket policy': 20_480,
  'bytes of a key policy': 32_768,
  'bytes of the resource policy of a function': 20_480,
  'bytes of a state machine': 1_048_576,
} as const;

export type Limit = keyof typeof limits;

export interface Measure {
  readonly limit: Limit;
  readonly of: string;
  readonly size: number;
}

/** Text or structure as deployed, as far as its length goes. */
function deployed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const [name, given] = only;
    if (name === 'Fn::Join') {
      const [delimiter, parts] = given as [string, unknown[]];
      return parts.map((part) => String(deployed(part))).join(delimiter);
    }
    if (name === 'Ref' && given === 'AWS::AccountId') return '1'.repeat(12);
    if (name === 'Ref' && given === 'AWS::Partition') return 'aws';
    if (name === 'Ref' && given === 'AWS::Region') return 'ap-southeast-2';
    if (name === 'Ref' || name.startsWith('Fn::')) return 'x'.repeat(REFERENCE_LENGTH);
  }
  return Object.fromEntries(entries.map(([name, member]) => [name, deployed(member)]));
}

/** IAM counts no white space. */
function bytes(value: unknown): number {
  const text = deployed(value);
  return Buffer.byteLength(typeof text === 'string' ? text : JSON.stringify(text));
}

function sumBy(entries: readonly (readonly [key: string, size: number])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, size] of entries) sums.set(key, (sums.get(key) ?? 0) + size);
  return sums;
}

/** How far a template goes towards every limit that it touches. */
export function measureTemplate(stack: string, template: TemplateJson): Measure[] {
  const resources = Object.entries(template.Resources ?? {});
  const ofType = (type: string) =>
    resources
      .filter(([, resource]) => resource.Type === type)
      .map(([id, { Properties = {} }]) => ({ id, properties: Properties }));
  const each = (limit: Limit, type: string, property: string): Measure[] =>
    ofType(type).map(({ id, properties }) => ({
      limit,
      of: `${stack}/${id}`,
      size: bytes(properties[property] ?? ''),
    }));
  const sums = (limit: Limit, entries: readonly (readonly [string, number])[]): Measure[] =>
    [...sumBy(entries)].map(([of, size]) => ({ limit, of: `${stack}/${of}`, size }));
  const rolesOf = (properties: Readonly<Record<string, unknown>>) =>
    ((properties.Roles ?? []) as unknown[]).map((role) => JSON.stringify(role));
  return [
    { limit: 'resources of a stack', of: stack, size: resources.length },
    { limit: 'outputs of a stack', of: stack, size: Object.keys(template.Outputs ?? {}).length },
    { limit: 'parameters of a stack', of: stack, size: Object.keys(template.Parameters ?? {}).length },
    { limit: 'bytes of a template', of: stack, size: Buffer.byteLength(JSON.stringify(template, null, 1)) },
    ...ofType('AWS::Lambda::Function').map(({ id, properties }): Measure => {
      const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      const sizes = Object.entries(Variables).map(([name, value]) => bytes(name) + bytes(value));
      return {
        limit: 'bytes of environment variables',
        of: `${stack}/${id}`,
        size: sizes.reduce((sum, size) => sum + size, 0),
      };
    }),
    ...sums('characters of the inline policies of a role', [
      ...ofType('AWS::IAM::Policy').flatMap(({ properties }) =>
        rolesOf(properties).map((role) => [role, bytes(properties.PolicyDocument)] as const),
      ),
      ...ofType('AWS::IAM::Role').map(
        ({ id, properties }) => [JSON.stringify({ Ref: id }), bytes(properties.Policies ?? [])] as const,
      ),
    ]),
    ...sums(
      'managed policies of a role',
      ofType('AWS::IAM::ManagedPolicy').flatMap(({ properties }) =>
        rolesOf(properties).map((role) => [role, 1] as const),
      ),
    ),
    ...each('characters of a managed policy', 'AWS::IAM::ManagedPolicy', 'PolicyDocument'),
    ...each('characters of a trust policy', 'AWS::IAM::Role', 'AssumeRolePolicyDocument'),
    ...each('bytes of a bucket policy', 'AWS::S3::BucketPolicy', 'PolicyDocument'),
    ...each('bytes of a key policy', 'AWS::KMS::Key', 'KeyPolicy'),
    ...each('bytes of a state machine', 'AWS::StepFunctions::StateMachine', 'DefinitionString'),
    ...sums(
      'bytes of the resource policy of a function',
      ofType('AWS::Lambda::Permission').map(
        ({ properties }) => [JSON.stringify(properties.FunctionName), bytes(properties)] as const,
      ),
    ),
  ];
}

/** Measures beyond their limit. */
export function excesses(measures: readonly Measure[]): Measure[] {
  return measures.filter(({ limit, size }) => size > limits[limit]);
}

/** The measure nearest to each limit, in per cent of it. */
export function nearest(measures: readonly Measure[]): Partial<Record<Limit, number>> {
  const found: Partial<Record<Limit, number>> = {};
  for (const { limit, size } of measures)
    found[limit] = Math.max(found[limit] ?? 0, Math.round((100 * size) / limits[limit]));
  return found;
}
