import { deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { parsePolicy } from '../iam/policy';
import type { Role } from '../iam/role';
import type { SessionOptions } from '../iam/session';
import { AwsError, type Caller, type ConditionContext } from '../service';

/** Parameters of AssumeRole, read and within the limits of the STS API reference. */
export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly externalId?: string;
  readonly sourceIdentity?: string;
}

/** What of the caller's own session goes over into the one it assumes (role chaining). */
export interface CallingSession {
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
}

/** Characters of a session policy in plain text. */
const LONGEST_POLICY = 2048;
const MOST_POLICY_ARNS = 10;
const MOST_TAGS = 50;
/** A role session that assumes a role gets an hour at most. */
const LONGEST_CHAINED_SECONDS = 3600;
/**
 * Room for policies and tags in packed form. AWS does not publish its packing; here it is raw deflate, and this many
 * bytes are 100 %.
 */
const PACKED_BYTES = 1536;

const parameter = z.object({
  RoleArn: z.string().min(20).max(2048),
  RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
  DurationSeconds: z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((seconds) => seconds >= 900 && seconds <= 43_200, {
      message: 'must have a value from 900 to 43200',
    })
    .default(3600),
  Policy: z.string().min(1).max(LONGEST_POLICY).optional(),
  ExternalId: z.string().min(2).max(1224).optional(),
  SourceIdentity: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/)
    .refine((name) => !name.startsWith('aws:'))
    .optional(),
});
const tagKey = z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
const tagValue = z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);

const validationError = (message: string) => new AwsError('ValidationError', message, 400);

/** Reads the parameters of the query protocol. Throws `ValidationError` or `InvalidParameterValue`. */
export function readAssumeRole(parameters: URLSearchParams): AssumeRoleInput {
  const parsed = parameter.safeParse(Object.fromEntries(parameters));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw validationError(
      `1 validation error detected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const policyArns = members(parameters, 'PolicyArns', 'arn');
  const tagKeys = members(parameters, 'Tags', 'Key').map((key) => check(tagKey, key, 'Tags'));
  const tagValues = members(parameters, 'Tags', 'Value').map((value) => check(tagValue, value, 'Tags'));
  const transitiveTagKeys = members(parameters, 'TransitiveTagKeys').map((key) =>
    check(tagKey, key, 'TransitiveTagKeys'),
  );
  if (policyArns.length > MOST_POLICY_ARNS) throw validationError(`At most ${MOST_POLICY_ARNS} PolicyArns`);
  if (tagKeys.length > MOST_TAGS) throw validationError(`At most ${MOST_TAGS} Tags`);
  if (tagKeys.length !== tagValues.length) throw validationError('Every tag needs Key and Value');
  if (new Set(tagKeys.map((key) => key.toLowerCase())).size !== tagKeys.length)
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      400,
    );
  const input = parsed.data;
  return {
    roleArn: input.RoleArn,
    sessionName: input.RoleSessionName,
    durationSeconds: input.DurationSeconds,
    policy: input.Policy,
    policyArns,
    tags: Object.fromEntries(tagKeys.map((key, index) => [key, tagValues[index] ?? ''])),
    transitiveTagKeys,
    externalId: input.ExternalId,
    sourceIdentity: input.SourceIdentity,
  };
}

/** `Name.member.1`, `Name.member.2.Field`, … in order. */
function members(parameters: URLSearchParams, name: string, field?: string): string[] {
  const values: string[] = [];
  for (let position = 1; ; position++) {
    const value = parameters.get(`${name}.member.${position}${field === undefined ? '' : `.${field}`}`);
    if (value === null) return values;
    values.push(value);
  }
}

function check(schema: z.ZodString, value: string, name: string): string {
  if (!schema.safeParse(value).success) throw validationError(`A key or value of ${name} is not valid`);
  return value;
}

/**
 * Throws `ValidationError` where the duration is above what the role allows, or role chaining: there are no users here,
 * so whoever assumes a role is a role session itself.
 */
export function checkDuration(input: AssumeRoleInput, role: Role): void {
  if (input.durationSeconds > LONGEST_CHAINED_SECONDS)
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  if (input.durationSeconds > role.maxSessionDurationSeconds)
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}

/** The new session's properties, with what goes over from the calling session. Throws `MalformedPolicyDocument`. */
export function sessionOptions(
  input: AssumeRoleInput,
  calling: CallingSession,
): Required<Pick<SessionOptions, 'tags' | 'transitiveTagKeys' | 'policyArns'>> & SessionOptions {
  const inherited = Object.entries(calling.tags).filter(([key]) =>
    calling.transitiveTagKeys.some((transitive) => sameTag(transitive, key)),
  );
  for (const key of Object.keys(input.tags)) {
    if (inherited.some(([other]) => sameTag(other, key)))
      throw new AwsError(
        'InvalidParameterValue',
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        400,
      );
  }
  const tags = { ...Object.fromEntries(inherited), ...input.tags };
  for (const key of input.transitiveTagKeys) {
    if (!Object.keys(tags).some((other) => sameTag(other, key)))
      throw new AwsError(
        'InvalidParameterValue',
        'The specified transitive tag key must be included in the requested tags.',
        400,
      );
  }
  if (
    calling.sourceIdentity !== undefined &&
    input.sourceIdentity !== undefined &&
    calling.sourceIdentity !== input.sourceIdentity
  )
    throw new AwsError('AccessDenied', 'The source identity of the calling session cannot be changed', 403);
  if (input.policy !== undefined) parsePolicy('session policy', input.policy, 'identity');
  return {
    tags,
    transitiveTagKeys: [...new Set([...inherited.map(([key]) => key), ...input.transitiveTagKeys])],
    sourceIdentity: input.sourceIdentity ?? calling.sourceIdentity,
    inlinePolicy: input.policy,
    policyArns: input.policyArns,
  };
}

function sameTag(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Asks the role's trust policy, together with the caller's own policies, for everything that the request takes:
 * `sts:AssumeRole`, for tags `sts:TagSession`, for a source identity `sts:SetSourceIdentity`. Throws `AccessDenied`.
 */
export function authoriseAssumption(
  caller: Caller,
  input: AssumeRoleInput,
  options: SessionOptions,
  role: Role,
): void {
  const tags = Object.entries(input.tags);
  const context: Record<string, string | readonly string[]> = {
    'sts:RoleSessionName': input.sessionName,
    'sts:DurationSeconds': String(input.durationSeconds),
  };
  if (input.externalId !== undefined) context['sts:ExternalId'] = input.externalId;
  if (options.sourceIdentity !== undefined) context['sts:SourceIdentity'] = options.sourceIdentity;
  if (tags.length > 0) context['aws:TagKeys'] = tags.map(([key]) => key);
  if (input.transitiveTagKeys.length > 0) context['sts:TransitiveTagKeys'] = input.transitiveTagKeys;
  for (const [key, value] of tags) context[`aws:RequestTag/${key}`] = value;
  for (const [key, value] of Object.entries(role.tags)) {
    context[`aws:ResourceTag/${key}`] = value;
    context[`iam:ResourceTag/${key}`] = value;
  }
  const merged: ConditionContext = context;
  caller.authorise('sts:AssumeRole', role.arn, merged);
  if (Object.keys(options.tags ?? {}).length > 0) caller.authorise('sts:TagSession', role.arn, merged);
  if (options.sourceIdentity !== undefined) caller.authorise('sts:SetSourceIdentity', role.arn, merged);
}

/** Share of the room for policies and tags that a request takes, in percent, rounded up; absent without either. */
export function packedPolicySize(options: SessionOptions): number | undefined {
  const { inlinePolicy, policyArns = [], tags = {} } = options;
  if (inlinePolicy === undefined && policyArns.length === 0 && Object.keys(tags).length === 0)
    return undefined;
  const plain = JSON.stringify([inlinePolicy ?? '', policyArns, tags]);
  const percent = Math.ceil((deflateRawSync(plain, { level: 9 }).length * 100) / PACKED_BYTES);
  if (percent > 100)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `The total packed size of the session policies and session tags is ${percent}% of the limit`,
      400,
    );
  return percent;
}
