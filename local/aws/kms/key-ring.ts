import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { type Policy, parsePolicy } from '../iam/policy';
import { AwsError, type Clock } from '../service';
import {
  checkUsage,
  type KeyDefinition,
  type KeySpec,
  newKeyMaterial,
  type StoredKey,
  storedKeySchema,
  USAGE_OF_SPEC,
} from './kms-key';

/** A key in service. */
export interface KmsKey {
  readonly keyId: string;
  readonly arn: string;
  readonly keySpec: KeySpec;
  readonly description: string;
  readonly enabled: boolean;
  readonly policy: Policy;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly deletionDate?: number;
  readonly material: Buffer;
}

const ringFile = z.strictObject({ keys: z.array(storedKeySchema) });
const DAY_MILLISECONDS = 86_400_000;

const notFound = (what: string) => new AwsError('NotFoundException', `Key '${what}' does not exist`, 400);

/** The keys of the account and their aliases. Key material is kept in `kms/keys.json`, readable by its owner only. */
export class KeyRing {
  private readonly path: string;
  private readonly stored = new Map<string, StoredKey>();
  private readonly keys = new Map<string, KmsKey>();
  private readonly aliases = new Map<string, string>();

  constructor(
    dataFolder: string,
    readonly accountId: string,
    readonly region: string,
    private readonly clock: Clock,
    private readonly hmacMaterial?: Buffer,
  ) {
    this.path = join(dataFolder, 'kms', 'keys.json');
    const file = readJsonFile(this.path);
    for (const key of file === undefined ? [] : ringFile.parse(file).keys) this.stored.set(key.name, key);
  }

  /** Makes a key, or takes on what a redeployment changes of the one with this name; its material stays. */
  put(definition: KeyDefinition): KmsKey {
    const keySpec = definition.keySpec ?? 'SYMMETRIC_DEFAULT';
    checkUsage(keySpec, definition.keyUsage);
    let stored = this.stored.get(definition.name);
    if (stored !== undefined && stored.keySpec !== keySpec)
      throw new AwsError('ValidationException', `The KeySpec of ${definition.name} cannot be changed`);
    const imported = keySpec === 'HMAC_256' ? this.hmacMaterial : undefined;
    // AWS takes no other material either for a key that has had some: what was made with it would not be found again.
    if (stored !== undefined && imported?.equals(Buffer.from(stored.material, 'base64')) === false)
      throw new AwsError(
        'IncorrectKeyMaterialException',
        `${definition.name} already has other key material; it can only be given with a new data folder`,
        400,
      );
    const policy = parsePolicy(`key policy of ${definition.name}`, definition.policy, 'resource');
    if (stored === undefined) {
      stored = {
        name: definition.name,
        keyId: keyIdOf(this.accountId, definition.name),
        keySpec,
        createdAt: this.clock.now().getTime(),
        material: (imported ?? newKeyMaterial(keySpec)).toString('base64'),
      };
      this.store(stored);
    }
    const key = this.bringIn(stored, definition, policy);
    for (const alias of definition.aliases ?? []) this.putAlias(alias, key.keyId);
    return key;
  }

  /** Throws `ValidationException` on a name that is no alias, `NotFoundException` without the key. */
  putAlias(alias: string, keyIdOrArn: string): void {
    if (!/^alias\/[\w/-]{1,250}$/.test(alias) || alias.startsWith('alias/aws/'))
      throw new AwsError('ValidationException', `${alias} is not the name of an alias`);
    this.aliases.set(alias, this.require(keyIdOrArn).keyId);
  }

  /** Marks a key for deletion so many days from now (7 to 30); until then it can be used for nothing. */
  scheduleDeletion(keyIdOrArn: string, days: number): void {
    this.change(keyIdOrArn, { deletionDate: this.clock.now().getTime() + days * DAY_MILLISECONDS });
  }

  /** The key is then disabled, as on AWS; `setEnabled` puts it back into service. */
  cancelDeletion(keyIdOrArn: string): void {
    this.change(keyIdOrArn, { deletionDate: undefined });
    this.setEnabled(keyIdOrArn, false);
  }

  /** Holds until the next deployment, which says again whether the key is enabled. */
  setEnabled(keyIdOrArn: string, enabled: boolean): void {
    const key = this.require(keyIdOrArn);
    this.keys.set(key.keyId, { ...key, enabled });
  }

  /** A key by id, ARN, alias or alias ARN. Throws `NotFoundException`. */
  require(idOrArn: string): KmsKey {
    const prefix = `arn:aws:kms:${this.region}:${this.accountId}:`;
    const local = idOrArn.startsWith(prefix) ? idOrArn.slice(prefix.length) : idOrArn;
    const keyId = local.startsWith('alias/') ? this.aliases.get(local) : local.replace(/^key\//, '');
    const key = this.keys.get(keyId ?? '');
    if (key === undefined) throw notFound(idOrArn);
    return key;
  }

  /** Key policy for an ARN, for the evaluation of requests. */
  policyOf(arn: string): Policy | undefined {
    return this.keys.get(arn.slice(arn.lastIndexOf('/') + 1))?.policy;
  }

  aliasesOf(keyId: string): string[] {
    return [...this.aliases].filter(([, id]) => id === keyId).map(([alias]) => alias);
  }

  private change(keyIdOrArn: string, change: Partial<Pick<StoredKey, 'deletionDate'>>): void {
    const key = this.require(keyIdOrArn);
    const stored = [...this.stored.values()].find((candidate) => candidate.keyId === key.keyId);
    if (stored === undefined) throw notFound(keyIdOrArn);
    this.store({ ...stored, ...change });
    this.keys.set(key.keyId, { ...key, ...change });
  }

  private bringIn(stored: StoredKey, definition: KeyDefinition, policy: Policy): KmsKey {
    const key: KmsKey = {
      keyId: stored.keyId,
      arn: `arn:aws:kms:${this.region}:${this.accountId}:key/${stored.keyId}`,
      keySpec: stored.keySpec,
      description: definition.description ?? '',
      enabled: definition.enabled ?? true,
      policy,
      tags: definition.tags ?? {},
      createdAt: stored.createdAt,
      deletionDate: stored.deletionDate,
      material: Buffer.from(stored.material, 'base64'),
    };
    this.keys.set(key.keyId, key);
    return key;
  }

  private store(key: StoredKey): void {
    this.stored.set(key.name, key);
    writeJsonFile(this.path, { keys: [...this.stored.values()] }, 0o600);
  }
}

/** A UUID that follows from account and name, so that ARNs are the same at every start. */
function keyIdOf(accountId: string, name: string): string {
  const hex = createHash('sha256').update(`${accountId}/${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Throws `DisabledException` or `KMSInvalidStateException` where the key is out of service. */
export function requireInService(key: KmsKey): void {
  if (key.deletionDate !== undefined)
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`, 400);
  if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`, 400);
}

/** Throws `InvalidKeyUsageException` where a key is not for this operation. */
export function requireUsage(key: KmsKey, usage: (typeof USAGE_OF_SPEC)[KeySpec]): void {
  if (USAGE_OF_SPEC[key.keySpec] !== usage)
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${USAGE_OF_SPEC[key.keySpec]} which is not valid for this operation.`,
      400,
    );
}
