import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import type { ConfigurationInput } from '../../config/configuration';
import { example } from '../../config/example';
import { checkConfiguration } from '../../config/load-configuration';
import { NmipStage } from '../../lib/nmip-stage';

/** An app with the project's context that bundles no function. */
export function appWithoutBundles(): App {
  return new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
}

/** The stage of the example environment, with some fields changed. */
export function exampleStage(app: App, changes: Partial<ConfigurationInput> = {}): NmipStage {
  return new NmipStage(app, checkConfiguration({ ...example, ...changes }, 'test'));
}

let stage: NmipStage | undefined;

/** The stage of the example environment, synthesized once for all tests of a file. */
export function synthesizedStage(): NmipStage {
  stage ??= exampleStage(appWithoutBundles());
  return stage;
}

export const stackNames = [
  'keys',
  'storage',
  'landing-1',
  'landing-2',
  'records',
  'authorisation',
  'imaging',
  'trail',
  'lake',
  'pipeline',
  'quarantine',
  'quality',
  'withdrawal',
  'releases',
  'history',
  'register',
  'splits',
  'cohorts',
  'credentials',
  'api',
  'observability',
] as const;

export type StackName = (typeof stackNames)[number];

/** A stack of a stage by its name. */
export function stackOf(of: NmipStage, name: StackName): Stack {
  const stack = of.node.findChild(name === 'authorisation' ? 'dicomweb-authoriser' : name);
  if (!(stack instanceof Stack)) throw new Error(`${name} is no stack`);
  return stack;
}

/** Template of one stack of the example environment. */
export function templateOf(name: StackName): Template {
  return Template.fromStack(stackOf(synthesizedStage(), name));
}

export interface PolicyStatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** Statements of all policies attached to a role of a stack, by a part of the role's logical id. */
export function statementsOfRole(name: StackName, roleIdPart: string): PolicyStatementJson[] {
  const template = templateOf(name);
  const policies = {
    ...template.findResources('AWS::IAM::Policy'),
    ...template.findResources('AWS::IAM::ManagedPolicy'),
  };
  return Object.values(policies)
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(roleIdPart))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as PolicyStatementJson[]);
}

export function actionsOf(statements: readonly PolicyStatementJson[]): string[] {
  return statements.flatMap(({ Action = [] }) => Action);
}
