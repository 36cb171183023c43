import type { ServerResponse } from 'node:http';
import type { IdentityRegistry } from '../iam/identity-registry';
import {
  AwsError,
  type AwsService,
  type Caller,
  type Clock,
  type ConditionContext,
  type SignedRequest,
} from '../service';
import { readWhole } from '../signature/payload';
import { KeyRing, type KmsKey, requireInService, requireUsage } from './key-ring';
import type { KeyUse } from './key-use';
import { type KeyDefinition, USAGE_OF_SPEC } from './kms-key';
import { KMS_OPERATIONS } from './kms-operations';

export interface KmsServiceOptions {
  readonly registry: IdentityRegistry;
  readonly clock: Clock;
  readonly dataFolder: string;
  /** Material of HMAC keys, 32 bytes, as AWS lets it be imported; absent: each is made with material of its own. */
  readonly hmacMaterial?: Buffer | undefined;
}

const TARGET_PREFIX = 'TrentService.';
const LARGEST_REQUEST = 1 << 20;

/** KMS: keys of the template, their policies decided together with IAM. */
export class KmsService implements AwsService, KeyUse {
  readonly signingName = 'kms';
  readonly keys: KeyRing;

  constructor(options: KmsServiceOptions) {
    const { accountId, region } = options.registry;
    this.keys = new KeyRing(options.dataFolder, accountId, region, options.clock, options.hmacMaterial);
    options.registry.registerResourcePolicies('kms', (arn) => {
      const policy = this.keys.policyOf(arn);
      return policy && { policy, role: 'required' };
    });
  }

  /** Makes a key or takes on what a redeployment changes of it; the material stays. */
  createKey(definition: KeyDefinition): { readonly keyId: string; readonly arn: string } {
    const { keyId, arn } = this.keys.put(definition);
    return { keyId, arn };
  }

  /** @param alias with the prefix `alias/` */
  createAlias(alias: string, keyIdOrArn: string): void {
    this.keys.putAlias(alias, keyIdOrArn);
  }

  resolveKeyArn(keyIdOrArn: string): string {
    return this.keys.require(keyIdOrArn).arn;
  }

  authoriseUse(
    caller: Caller,
    keyArn: string,
    operation: 'GenerateDataKey' | 'Decrypt',
    context: ConditionContext,
  ): void {
    const key = this.keys.require(keyArn);
    this.authorise(caller, key, operation, context);
    requireInService(key);
    requireUsage(key, 'ENCRYPT_DECRYPT');
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const target = request.headers['x-amz-target'];
    const name = typeof target === 'string' ? target.replace(TARGET_PREFIX, '') : '';
    const bind = KMS_OPERATIONS.get(name);
    if (bind === undefined)
      throw new AwsError('UnknownOperationException', `The KMS operation "${name}" is not known here`, 400);
    const body = (await readWhole(request.body, LARGEST_REQUEST)).toString('utf8');
    const operation = bind(parseJson(body));
    const key = this.keys.require(operation.keyOf);
    const alias: ConditionContext = operation.keyOf.includes('alias/')
      ? { 'kms:RequestAlias': operation.keyOf.slice(operation.keyOf.indexOf('alias/')) }
      : {};
    this.authorise(request.caller, key, name, { ...operation.context, ...alias });
    if (operation.usage !== undefined) {
      requireInService(key);
      requireUsage(key, operation.usage);
    }
    const answer = JSON.stringify(operation.run(key));
    response.setHeader('Content-Type', 'application/x-amz-json-1.1');
    response.setHeader('x-amzn-RequestId', request.requestId);
    response.setHeader('Content-Length', Buffer.byteLength(answer));
    response.end(answer);
  }

  private authorise(caller: Caller, key: KmsKey, operation: string, context: ConditionContext): void {
    const tags = Object.entries(key.tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value]);
    const aliases = this.keys.aliasesOf(key.keyId);
    caller.authorise(`kms:${operation}`, key.arn, {
      ...Object.fromEntries(tags),
      'kms:CallerAccount': caller.accountId,
      'kms:KeySpec': key.keySpec,
      'kms:KeyUsage': USAGE_OF_SPEC[key.keySpec],
      ...(aliases.length > 0 ? { 'kms:ResourceAliases': aliases } : {}),
      ...context,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text) as unknown;
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON', 400);
  }
}
