import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../storage/json-file';
import { AwsError, type Clock } from '../service';
import type { PolicyDocument } from './policy';

/** Versions that a managed policy may have at a time, and characters of each without white space: IAM's quotas. */
const MOST_VERSIONS = 5;
const LONGEST_DOCUMENT = 6_144;

const versionSchema = z.strictObject({ id: z.string(), document: z.string(), createdAt: z.string() });
const policySchema = z.strictObject({
  /** Document of the template that made the policy last; deployed again, it changes nothing. */
  template: z.string(),
  /** Number of the version that was made last; numbers are not used again. */
  last: z.number().int(),
  defaultId: z.string(),
  versions: z.array(versionSchema).min(1),
});
const fileSchema = z.record(z.string(), policySchema);

type VersionedPolicy = z.infer<typeof policySchema>;

/** One version of a managed policy, as IAM tells of it. */
export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: string;
  readonly isDefault: boolean;
}

const textOf = (document: PolicyDocument): string =>
  typeof document === 'string' ? document : JSON.stringify(document);

/** Versions of the account's managed policies, kept across restarts. */
export class PolicyVersions {
  private readonly policies: Map<string, VersionedPolicy>;

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {
    this.policies = new Map(Object.entries(fileSchema.parse(readJsonFile(path) ?? {})));
  }

  /**
   * What a template says of a policy. As CloudFormation does, it makes a version, the default one, only where the template's
   * document is another than before; so what others have made of the policy meanwhile stays.
   * @returns the document in force
   */
  deploy(arn: string, document: PolicyDocument): string {
    const template = textOf(document);
    const known = this.policies.get(arn);
    if (known?.template !== template) {
      const versions = known?.versions ?? [];
      const last = (known?.last ?? 0) + 1;
      const made = this.made(last, template);
      this.keep(arn, {
        template,
        last,
        defaultId: made.id,
        versions: [...versions.slice(-(MOST_VERSIONS - 1)), made],
      });
    }
    return this.inForce(arn);
  }

  /** @throws AwsError NoSuchEntity */
  list(arn: string): readonly PolicyVersion[] {
    const { versions, defaultId } = this.find(arn);
    return versions.map((version) => ({ ...version, isDefault: version.id === defaultId }));
  }

  /** @throws AwsError NoSuchEntity */
  get(arn: string, id: string): PolicyVersion {
    const found = this.list(arn).find((version) => version.id === id);
    if (found === undefined)
      throw new AwsError('NoSuchEntity', `Policy ${arn} version ${id} does not exist.`, 404);
    return found;
  }

  /** @throws AwsError NoSuchEntity, LimitExceeded */
  create(arn: string, document: string, setAsDefault: boolean): PolicyVersion {
    const policy = this.find(arn);
    if (document.replaceAll(/\s/g, '').length > LONGEST_DOCUMENT)
      throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${LONGEST_DOCUMENT}`, 409);
    if (policy.versions.length >= MOST_VERSIONS)
      throw new AwsError(
        'LimitExceeded',
        `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
        409,
      );
    const last = policy.last + 1;
    const made = this.made(last, document);
    this.keep(arn, {
      ...policy,
      last,
      defaultId: setAsDefault ? made.id : policy.defaultId,
      versions: [...policy.versions, made],
    });
    return this.get(arn, made.id);
  }

  /** @throws AwsError NoSuchEntity, DeleteConflict for the default version */
  delete(arn: string, id: string): void {
    const policy = this.find(arn);
    if (this.get(arn, id).isDefault)
      throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
    this.keep(arn, { ...policy, versions: policy.versions.filter((version) => version.id !== id) });
  }

  /** The document of the default version. */
  inForce(arn: string): string {
    return this.get(arn, this.find(arn).defaultId).document;
  }

  private made(number: number, document: string): z.infer<typeof versionSchema> {
    return { id: `v${number}`, document, createdAt: this.clock.now().toISOString() };
  }

  private find(arn: string): VersionedPolicy {
    const policy = this.policies.get(arn);
    if (policy === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist.`, 404);
    return policy;
  }

  private keep(arn: string, policy: VersionedPolicy): void {
    this.policies.set(arn, policy);
    writeJsonFile(this.path, Object.fromEntries(this.policies));
  }
}
