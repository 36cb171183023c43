import { z } from 'zod';
import { AWS_MANAGED_POLICIES } from '../../local/aws/iam/managed-policies';
import { parsePolicy } from '../../local/aws/iam/policy';
import { readAssembly } from '../../local/stack/assembly';
import { deployStacks } from '../../local/stack/deploy';
import { DeploymentError } from '../../local/stack/deployment-error';
import { physicalName } from '../../local/stack/physical-name';
import { type DeployedResource, type ResolvedResource, readProperties } from '../../local/stack/resource';
import { count, policyDocument, withoutEffect } from '../../local/stack/resources/property-schemas';
import { PolicyRefused } from './policy-refused';
import { NO_NAME, nameResource } from './resource-names';

/** A policy document with every expression resolved, as IAM would hold it. */
export type PolicyDocument = Readonly<Record<string, unknown>> & {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
};

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A role as the account would hold it after the deployment. */
export interface AccountRole {
  /** `<stack>/<logical id>`, without the environment's name and the hash at the end. */
  readonly id: string;
  readonly arn: string;
  readonly trustPolicy: PolicyDocument;
  /** Inline and managed policies, in order of their names. */
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

/** A resource that is no policy and no role. */
export interface AccountResource {
  readonly id: string;
  readonly type: string;
  /** ARN, or `Ref` of a type that has none. */
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A policy that stands at a resource, or a function's permission written as one. */
export interface ResourcePolicy {
  readonly id: string;
  readonly type: string;
  /** ARNs or URLs of what it stands at, as the template names them. */
  readonly resources: readonly string[];
  readonly document: PolicyDocument;
}

/** What an environment's app puts into the account, as far as it decides who may do what. */
export interface AccountPolicies {
  readonly accountId: string;
  readonly region: string;
  readonly roles: readonly AccountRole[];
  readonly resourcePolicies: readonly ResourcePolicy[];
  readonly resources: readonly AccountResource[];
}

const roleProperties = z.strictObject({
  AssumeRolePolicyDocument: policyDocument,
  Description: withoutEffect,
  ManagedPolicyArns: z.array(z.string()).default([]),
  MaxSessionDuration: count.optional(),
  Path: z.string().default('/'),
  PermissionsBoundary: z.string().optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]),
  RoleName: z.string().optional(),
  Tags: withoutEffect,
});

const inlineProperties = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).min(1),
});

const managedProperties = z.strictObject({
  Description: withoutEffect,
  ManagedPolicyName: z.string().optional(),
  Path: z.string().default('/'),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).default([]),
});

const permissionProperties = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceAccount: z.string().optional(),
  SourceArn: z.string().optional(),
});

/** Where a policy stands in the properties of a resource, and in which property what it stands at. */
const policyPlaces: Readonly<Record<string, { policy: string; at: string | 'itself' }>> = {
  'AWS::S3::BucketPolicy': { policy: 'PolicyDocument', at: 'Bucket' },
  'AWS::KMS::Key': { policy: 'KeyPolicy', at: 'itself' },
  'AWS::SQS::QueuePolicy': { policy: 'PolicyDocument', at: 'Queues' },
  'AWS::SNS::TopicPolicy': { policy: 'PolicyDocument', at: 'Topics' },
  'AWS::EC2::VPCEndpoint': { policy: 'PolicyDocument', at: 'itself' },
  'AWS::ApiGateway::RestApi': { policy: 'Policy', at: 'itself' },
  'AWS::DynamoDB::Table': { policy: 'ResourcePolicy', at: 'itself' },
};

/** Types that give rights in a way that is not read here: an app that holds one is not proved. */
const unreadTypes =
  /^AWS::(IAM::(User|Group|UserPolicy|GroupPolicy|RolePolicy|AccessKey|.*Provider)|Organizations|S3::AccessPoint|S3::AccessGrant|SSO|RolesAnywhere|Lambda::LayerVersionPermission|SecretsManager::ResourcePolicy|Logs::ResourcePolicy|Events::EventBusPolicy|Cognito::IdentityPool)/;

interface RoleInTheMaking {
  readonly id: string;
  readonly arn: string;
  readonly trustPolicy: PolicyDocument;
  readonly policies: NamedPolicy[];
  readonly managedArns: string[];
  readonly boundaryArn?: string;
}

/** Takes the resources of a deployment in, one after the other, and keeps what decides who may do what. */
class Account {
  readonly resources: AccountResource[] = [];
  readonly resourcePolicies: ResourcePolicy[] = [];
  private readonly roles = new Map<string, RoleInTheMaking>();
  private readonly managed = new Map<string, PolicyDocument>();

  constructor(private readonly environmentName: string) {}

  take(resource: ResolvedResource): DeployedResource {
    const { type } = resource;
    if (unreadTypes.test(type)) {
      throw new PolicyRefused(this.idOf(resource), `${type} gives rights that are not read here`);
    }
    if (type === 'AWS::IAM::Role') return this.takeRole(resource);
    if (type === 'AWS::IAM::Policy') return this.takeInline(resource);
    if (type === 'AWS::IAM::ManagedPolicy') return this.takeManaged(resource);
    const named = nameResource(resource);
    const id = this.idOf(resource);
    const { Arn } = namedAttributes(named);
    const arn = Arn ?? named.attributes.DatastoreArn ?? named.ref;
    const at = { id, type, arn: String(arn).includes(NO_NAME) ? named.ref : String(arn) };
    this.resources.push({ ...at, properties: resource.properties });
    this.takeResourcePolicy(resource, at);
    return named;
  }

  /** @throws PolicyRefused where a role names a managed policy that is not known */
  finish(): readonly AccountRole[] {
    return [...this.roles.values()]
      .map(({ id, arn, trustPolicy, policies, managedArns, boundaryArn }) => ({
        id,
        arn,
        trustPolicy,
        identityPolicies: [...policies, ...managedArns.map((name) => this.managedPolicy(id, name))].sort(
          (a, b) => compare(a.name, b.name),
        ),
        ...(boundaryArn === undefined ? {} : { boundary: this.managedPolicy(id, boundaryArn) }),
      }))
      .sort((a, b) => compare(a.arn, b.arn));
  }

  private idOf({ stack, logicalId }: ResolvedResource): string {
    const prefix = `nmip-${this.environmentName}-`;
    const name = stack.startsWith(prefix) ? stack.slice(prefix.length) : stack;
    return `${name}/${logicalId.replace(/[0-9A-F]{8}$/, '')}`;
  }

  private takeRole(resource: ResolvedResource): DeployedResource {
    const given = readProperties(resource, roleProperties);
    const name = given.RoleName ?? physicalName(resource.stack, resource.logicalId, 64);
    const arn = `arn:aws:iam::${resource.accountId}:role${given.Path}${name}`;
    const id = this.idOf(resource);
    this.roles.set(name, {
      id,
      arn,
      trustPolicy: checked(`${id}, trust policy`, given.AssumeRolePolicyDocument, 'trust'),
      policies: given.Policies.map((policy) => ({
        name: policy.PolicyName,
        document: checked(`${id}, ${policy.PolicyName}`, policy.PolicyDocument, 'identity'),
      })),
      managedArns: given.ManagedPolicyArns,
      boundaryArn: given.PermissionsBoundary,
    });
    return { ref: name, attributes: { Arn: arn } };
  }

  private takeInline(resource: ResolvedResource): DeployedResource {
    const given = readProperties(resource, inlineProperties);
    const document = checked(this.idOf(resource), given.PolicyDocument, 'identity');
    for (const role of given.Roles)
      this.role(resource, role).policies.push({ name: given.PolicyName, document });
    return { ref: given.PolicyName, attributes: {} };
  }

  private takeManaged(resource: ResolvedResource): DeployedResource {
    const given = readProperties(resource, managedProperties);
    const name = given.ManagedPolicyName ?? physicalName(resource.stack, resource.logicalId, 128);
    const arn = `arn:aws:iam::${resource.accountId}:policy${given.Path}${name}`;
    this.managed.set(arn, checked(this.idOf(resource), given.PolicyDocument, 'identity'));
    for (const role of given.Roles) this.role(resource, role).managedArns.push(arn);
    return { ref: arn, attributes: { PolicyArn: arn } };
  }

  private takeResourcePolicy(resource: ResolvedResource, itself: { id: string; arn: string }): void {
    const { type, properties } = resource;
    if (type === 'AWS::Lambda::Permission') {
      const given = readProperties(resource, permissionProperties);
      const document = { Version: '2012-10-17', Statement: [permissionStatement(given)] };
      this.resourcePolicies.push({
        id: itself.id,
        type,
        resources: [given.FunctionName],
        document: checked(itself.id, document, 'resource'),
      });
      return;
    }
    const place = policyPlaces[type];
    const document = place && properties[place.policy];
    if (place === undefined || document === undefined) return;
    const at = place.at === 'itself' ? itself.arn : properties[place.at];
    this.resourcePolicies.push({
      id: itself.id,
      type,
      resources: [at].flat().map(String),
      document: checked(itself.id, policyDocument.parse(document), 'resource'),
    });
  }

  private role(resource: ResolvedResource, name: string): RoleInTheMaking {
    const role = this.roles.get(name);
    if (role === undefined)
      throw new PolicyRefused(this.idOf(resource), `it is attached to ${name}, which is no role of the app`);
    return role;
  }

  private managedPolicy(role: string, arn: string): NamedPolicy {
    const own = this.managed.get(arn);
    if (own !== undefined) return { name: arn, document: own };
    const known = AWS_MANAGED_POLICIES[arn];
    if (known === undefined)
      throw new PolicyRefused(role, `the text of the managed policy ${arn} is not known`);
    return { name: arn, document: checked(arn, policyDocument.parse(known), 'identity') };
  }
}

function namedAttributes({ attributes }: DeployedResource): { Arn?: unknown } {
  return Object.hasOwn(attributes, 'Arn') ? { Arn: attributes.Arn } : {};
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function permissionStatement(given: z.infer<typeof permissionProperties>): Record<string, unknown> {
  const isService = given.Principal.endsWith('.amazonaws.com');
  return {
    Effect: 'Allow',
    Principal: isService ? { Service: given.Principal } : { AWS: given.Principal },
    Action: given.Action,
    Resource: given.FunctionName.startsWith('arn:') ? given.FunctionName : '*',
    Condition: {
      ...(given.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': given.SourceArn } }),
      ...(given.SourceAccount === undefined
        ? {}
        : { StringEquals: { 'AWS:SourceAccount': given.SourceAccount } }),
    },
  };
}

/** A document of which every element is known and every expression resolved. */
function checked(place: string, given: unknown, kind: 'identity' | 'trust' | 'resource'): PolicyDocument {
  const text = JSON.stringify(given);
  const unresolved = text.indexOf(JSON.stringify(NO_NAME).slice(1, -1));
  if (unresolved >= 0) {
    const marker = JSON.stringify(NO_NAME).length - 2;
    const what = text.slice(unresolved + marker).split('"')[0];
    throw new PolicyRefused(place, `it holds ${what}, which has no name here`);
  }
  try {
    parsePolicy(place, given as Readonly<Record<string, unknown>>, kind);
  } catch (error) {
    throw new PolicyRefused(place, error instanceof Error ? error.message : String(error));
  }
  const document = given as PolicyDocument;
  return { ...document, Statement: [document.Statement].flat() };
}

export interface AssemblyPlace {
  readonly folder: string;
  readonly environmentName: string;
  readonly region: string;
  /** Account of stacks that name none. */
  readonly accountId: string;
}

/**
 * Reads all roles and policies of a synthesized app, with names in place of all references.
 * @throws PolicyRefused naming the policy and the element that cannot be resolved or is not known
 */
export async function readAccountPolicies(place: AssemblyPlace): Promise<AccountPolicies> {
  const account = new Account(place.environmentName);
  try {
    await deployStacks(readAssembly(place.folder).stacks, {
      accountId: place.accountId,
      defaultRegion: place.region,
      handlerFor: () => (resource) => account.take(resource),
    });
  } catch (error) {
    if (error instanceof DeploymentError && error.cause instanceof PolicyRefused) throw error.cause;
    throw error;
  }
  return {
    accountId: place.accountId,
    region: place.region,
    roles: account.finish(),
    resourcePolicies: account.resourcePolicies,
    resources: account.resources,
  };
}
