import { type CfnResource, Stack } from 'aws-cdk-lib';
import { NagRuleCompliance, type NagRuleResult } from 'cdk-nag';

/** A rule of our own on one resource. */
export interface Check {
  /** Ends the id of a finding: `NMIP-<name>`. */
  readonly name: string;
  readonly rule: string;
  readonly because: string;
  readonly find: (resource: CfnResource) => NagRuleResult;
}

/** Properties of a resource as its template will say them. */
export function properties(resource: CfnResource): Readonly<Record<string, unknown>> {
  // the only way to see property overrides, which the fields of the construct do not hold
  const template = Stack.of(resource).resolve(
    (resource as unknown as { _toCloudFormation(): unknown })._toCloudFormation(),
  );
  const rendered = (template as { Resources?: Record<string, { Properties?: Record<string, unknown> }> })
    .Resources;
  return Object.values(rendered ?? {})[0]?.Properties ?? {};
}

export function compliant(holds: boolean): NagRuleResult {
  return holds ? NagRuleCompliance.COMPLIANT : NagRuleCompliance.NON_COMPLIANT;
}

/** A statement of a policy document, with lists where IAM takes one value as well. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Those given as text; references count as named. */
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function list(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item) =>
    typeof item === 'string' ? item : JSON.stringify(item),
  );
}

/** Statements of a resolved policy document. */
export function statements(document: unknown): Statement[] {
  const { Statement: raw = [] } = (document ?? {}) as { Statement?: unknown };
  return (Array.isArray(raw) ? raw : [raw]).map((statement: Record<string, unknown>) => ({
    effect: String(statement.Effect),
    actions: list(statement.Action),
    notActions: list(statement.NotAction),
    resources: list(statement.Resource),
    principal: statement.Principal,
    conditions: (statement.Condition ?? {}) as Statement['conditions'],
  }));
}
