import { z } from 'zod';
import { type Condition, parseConditions } from './condition-operators';
import { MalformedPolicy } from './malformed-policy';
import { type PolicyText, parsePolicyText } from './policy-variables';
import { markWildcards } from './wildcards';

/** A policy document as it stands in a template or arrives at STS: JSON text, or the object that the text describes. */
export type PolicyDocument = string | Readonly<Record<string, unknown>>;

/** Where a policy stands: it decides which elements a statement must and must not have. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

export type PrincipalPattern =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'federated'; readonly provider: string };

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Prepared patterns in lower case: action names are compared without regard to case. */
  readonly actions: { readonly negated: boolean; readonly patterns: readonly string[] };
  /** Absent in trust policies. */
  readonly resources?: { readonly negated: boolean; readonly patterns: readonly PolicyText[] };
  /** Absent in identity policies. */
  readonly principals?: { readonly negated: boolean; readonly patterns: readonly PrincipalPattern[] };
  readonly conditions: readonly Condition[];
}

/** A policy that was read and checked. */
export interface Policy {
  /** How it is called in a decision: name of the inline policy, ARN of the managed one, ARN of the resource. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

const oneOrMany = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z
  .union([scalar, z.array(scalar)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const principalElement = z.union([
  z.literal('*'),
  z.strictObject({
    AWS: oneOrMany.optional(),
    Service: oneOrMany.optional(),
    Federated: oneOrMany.optional(),
  }),
]);

const statementElement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principalElement.optional(),
  NotPrincipal: principalElement.optional(),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});

const documentElement = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).default('2008-10-17'),
  Id: z.string().optional(),
  Statement: z
    .union([statementElement, z.array(statementElement)])
    .transform((value) => (Array.isArray(value) ? value : [value])),
});

type StatementElement = z.infer<typeof statementElement>;

/** Reads and checks a policy document. Throws `MalformedPolicy` naming the path and what was expected. */
export function parsePolicy(name: string, document: PolicyDocument, kind: PolicyKind): Policy {
  let value: unknown = document;
  if (typeof document === 'string') {
    try {
      value = JSON.parse(document);
    } catch {
      throw new MalformedPolicy(`Policy ${name} is not JSON`);
    }
  }
  const parsed = documentElement.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new MalformedPolicy(`Policy ${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const variables = parsed.data.Version === '2012-10-17';
  return {
    name,
    statements: parsed.data.Statement.map((statement, index) =>
      readStatement(statement, kind, variables, `Policy ${name}: Statement ${statement.Sid ?? index}`),
    ),
  };
}

function readStatement(
  element: StatementElement,
  kind: PolicyKind,
  variables: boolean,
  where: string,
): Statement {
  const actions = exclusive(element.Action, element.NotAction, `${where}: Action`);
  if (actions === undefined) throw new MalformedPolicy(`${where}: Action or NotAction is missing`);
  for (const action of actions.value) {
    if (action !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action)) {
      throw new MalformedPolicy(`${where}: ${action} is not an action`);
    }
  }
  const resources = exclusive(element.Resource, element.NotResource, `${where}: Resource`);
  if (resources === undefined && kind !== 'trust')
    throw new MalformedPolicy(`${where}: Resource or NotResource is missing`);
  if (resources !== undefined && kind === 'trust')
    throw new MalformedPolicy(`${where}: a trust policy has no Resource`);
  for (const resource of resources?.value ?? []) {
    if (resource !== '*' && !resource.startsWith('arn:')) {
      throw new MalformedPolicy(`${where}: ${resource} is neither an ARN nor *`);
    }
  }
  const principals = exclusive(element.Principal, element.NotPrincipal, `${where}: Principal`);
  if (principals === undefined && kind !== 'identity')
    throw new MalformedPolicy(`${where}: Principal or NotPrincipal is missing`);
  if (principals !== undefined && kind === 'identity')
    throw new MalformedPolicy(`${where}: an identity policy has no Principal`);
  if (principals?.negated && element.Effect === 'Allow')
    throw new MalformedPolicy(`${where}: NotPrincipal is known in Deny statements only`);
  return {
    sid: element.Sid,
    effect: element.Effect,
    actions: {
      negated: actions.negated,
      patterns: actions.value.map((action) => markWildcards(action.toLowerCase())),
    },
    resources: resources && {
      negated: resources.negated,
      patterns: resources.value.map((resource) => parsePolicyText(resource, variables)),
    },
    principals: principals && {
      negated: principals.negated,
      patterns: readPrincipals(principals.value, where),
    },
    conditions: Object.entries(element.Condition ?? {}).flatMap(([operator, keys]) =>
      parseConditions(operator, keys, variables),
    ),
  };
}

function exclusive<T>(positive: T | undefined, negative: T | undefined, where: string) {
  if (positive !== undefined && negative !== undefined)
    throw new MalformedPolicy(`${where} and its Not form exclude each other`);
  if (positive !== undefined) return { negated: false, value: positive };
  return negative === undefined ? undefined : { negated: true, value: negative };
}

function readPrincipals(element: z.infer<typeof principalElement>, where: string): PrincipalPattern[] {
  if (element === '*') return [{ kind: 'everyone' }];
  return [
    ...(element.AWS ?? []).map((text) => readAwsPrincipal(text, where)),
    ...(element.Service ?? []).map((service): PrincipalPattern => ({ kind: 'service', service })),
    ...(element.Federated ?? []).map((provider): PrincipalPattern => ({ kind: 'federated', provider })),
  ];
}

function readAwsPrincipal(text: string, where: string): PrincipalPattern {
  if (text === '*') return { kind: 'everyone' };
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(text)?.[1];
  if (account !== undefined) return { kind: 'account', accountId: account };
  if (!text.startsWith('arn:') || text.includes('*'))
    throw new MalformedPolicy(`${where}: ${text} is not a principal; only a whole * may stand for everyone`);
  return { kind: 'arn', arn: text };
}
