import { createHash } from 'node:crypto';
import { AwsError } from '../service';
import type { Policy, PolicyDocument } from './policy';

/** A role as a template describes it. */
export interface RoleDefinition {
  /** `arn:aws:iam::<account>:role/<path><name>` */
  readonly arn: string;
  readonly trustPolicy: PolicyDocument;
  readonly inlinePolicies?: Readonly<Record<string, PolicyDocument>>;
  readonly managedPolicyArns?: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** 3,600 to 43,200; 3,600 where absent. */
  readonly maxSessionDurationSeconds?: number;
}

/** A role with its policies read and checked. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trustPolicy: Policy;
  readonly inlinePolicies: ReadonlyMap<string, Policy>;
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundaryArn?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly maxSessionDurationSeconds: number;
}

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,64})$/;

/** Account and name in a role's ARN. Throws `ValidationError` on anything else. */
export function parseRoleArn(arn: string): { accountId: string; name: string } {
  const match = ROLE_ARN.exec(arn);
  if (match === null) throw new AwsError('ValidationError', `${arn} is not the ARN of a role`);
  return { accountId: match[1] ?? '', name: match[3] ?? '' };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const roleIds = new Map<string, string>();

/** The role's unique id, `AROA` and 17 characters; here it follows from the ARN. */
export function roleId(arn: string): string {
  let id = roleIds.get(arn);
  if (id === undefined) {
    const digest = createHash('sha256').update(arn).digest();
    id = `AROA${Array.from(digest.subarray(0, 17), (byte) => BASE32[byte & 31]).join('')}`;
    roleIds.set(arn, id);
  }
  return id;
}
