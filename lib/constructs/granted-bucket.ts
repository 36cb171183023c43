/** Conditions of a policy statement: operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a grant on objects needs to know of a bucket, or of all buckets of one form of name. */
export interface GrantedBucket {
  readonly bucketArn: string;
  readonly keyArn: string;
  /** Under which the grant holds at S3. */
  readonly bucketConditions?: Conditions;
  /** Under which it holds at KMS, beside that the key is used through S3. */
  readonly keyConditions?: Conditions;
  /** Why the wildcards in the ARNs are no wider than needed, where they have some. */
  readonly wildcardReason?: string;
}

/** Both conditions at once; keys of one operator are joined. */
export function allConditions(one: Conditions, other: Conditions = {}): Conditions {
  const joined: Record<string, Readonly<Record<string, unknown>>> = { ...one };
  for (const [operator, keys] of Object.entries(other)) joined[operator] = { ...joined[operator], ...keys };
  return joined;
}
