import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';

export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Session policy; where absent the role's own policies are not narrowed. */
  readonly policy?: string;
  readonly durationSeconds: number;
  /** Pseudonym of the person; it stands in CloudTrail beside everything the session does. */
  readonly sourceIdentity: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** Per cent of what STS takes; null where it did not say. */
  readonly packedPolicySize: number | null;
}

/** Makes sessions: STS, or what stands for it in tests. */
export interface SessionMaker {
  assume(request: SessionRequest): Promise<Session>;
}

/** With its repetitions; well within the time that is kept free before a grant's end. */
const STS_TIMEOUT_MILLISECONDS = 6_000;

/** Sessions made by `AssumeRole` of STS. */
export function stsSessionMaker(client: STSClient): SessionMaker {
  return {
    async assume(request) {
      const answer = await client.send(
        new AssumeRoleCommand({
          RoleArn: request.roleArn,
          RoleSessionName: request.sessionName,
          Policy: request.policy,
          DurationSeconds: request.durationSeconds,
          SourceIdentity: request.sourceIdentity,
          Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
        }),
        { abortSignal: AbortSignal.timeout(STS_TIMEOUT_MILLISECONDS) },
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        throw new Error('STS answered without credentials');
      }
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
        packedPolicySize: answer.PackedPolicySize ?? null,
      };
    },
  };
}
