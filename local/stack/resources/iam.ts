import { z } from 'zod';
import type { IdentityRegistry } from '../../aws/iam/identity-registry';
import type { PolicyDocument } from '../../aws/iam/policy';
import { roleId } from '../../aws/iam/role';
import { physicalName } from '../physical-name';
import { type ResolvedResource, type ResourceHandlers, readProperties } from '../resource';
import { count, policyDocument, tags, withoutEffect } from './property-schemas';

const roleProperties = z.strictObject({
  AssumeRolePolicyDocument: policyDocument,
  Description: withoutEffect,
  ManagedPolicyArns: z.array(z.string()).default([]),
  MaxSessionDuration: count.optional(),
  Path: z.string().default('/'),
  PermissionsBoundary: z.string().optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]),
  RoleName: z.string().optional(),
  Tags: tags,
});

const policyProperties = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).min(1),
});

const managedPolicyProperties = z.strictObject({
  Description: withoutEffect,
  ManagedPolicyName: z.string().optional(),
  Path: z.string().default('/'),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()).default([]),
});

const asDocument = (document: z.infer<typeof policyDocument>): PolicyDocument =>
  document as unknown as PolicyDocument;

/** AWS::IAM::Role, Policy and ManagedPolicy. There are no users and groups: no long-lived credentials exist here. */
export function iamHandlers(identities: IdentityRegistry): ResourceHandlers {
  const arn = (resource: ResolvedResource, kind: string, path: string, name: string): string =>
    `arn:aws:iam::${resource.accountId}:${kind}${path}${name}`;
  return {
    'AWS::IAM::Role': (resource) => {
      const given = readProperties(resource, roleProperties);
      const name = given.RoleName ?? physicalName(resource.stack, resource.logicalId, 64);
      const roleArn = arn(resource, 'role', given.Path, name);
      identities.putRole({
        arn: roleArn,
        trustPolicy: asDocument(given.AssumeRolePolicyDocument),
        inlinePolicies: Object.fromEntries(
          given.Policies.map(({ PolicyName, PolicyDocument: document }) => [
            PolicyName,
            asDocument(document),
          ]),
        ),
        managedPolicyArns: given.ManagedPolicyArns,
        permissionsBoundaryArn: given.PermissionsBoundary,
        tags: given.Tags,
        maxSessionDurationSeconds: given.MaxSessionDuration,
      });
      return { ref: name, attributes: { Arn: roleArn, RoleId: roleId(roleArn) } };
    },
    'AWS::IAM::Policy': (resource) => {
      const given = readProperties(resource, policyProperties);
      for (const role of given.Roles) {
        identities.putInlinePolicy(role, given.PolicyName, asDocument(given.PolicyDocument));
      }
      return { ref: given.PolicyName, attributes: { Id: given.PolicyName } };
    },
    'AWS::IAM::ManagedPolicy': (resource) => {
      const given = readProperties(resource, managedPolicyProperties);
      const name = given.ManagedPolicyName ?? physicalName(resource.stack, resource.logicalId, 128);
      const policyArn = arn(resource, 'policy', given.Path, name);
      identities.putManagedPolicy(policyArn, asDocument(given.PolicyDocument), given.Roles);
      return { ref: policyArn, attributes: { PolicyArn: policyArn, PolicyId: name } };
    },
  };
}
