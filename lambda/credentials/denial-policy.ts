import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';

/** The managed policy that denies running sessions: IAM, or what stands for it in tests. */
export interface DenialPolicy {
  /** The document in force, as it was given, and when. */
  read(): Promise<{ readonly document: string; readonly since: Date }>;
  /** Puts another in force; gives the name of its version. */
  replace(document: string): Promise<string>;
}

/** Versions that IAM keeps of a managed policy at most. */
const MOST_VERSIONS = 5;

export class IamDenialPolicy implements DenialPolicy {
  constructor(
    private readonly iam: IAMClient,
    private readonly policyArn: string,
  ) {}

  async read(): Promise<{ document: string; since: Date }> {
    const { Policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn: this.policyArn }));
    const { PolicyVersion } = await this.iam.send(
      new GetPolicyVersionCommand({ PolicyArn: this.policyArn, VersionId: Policy?.DefaultVersionId }),
    );
    const { Document, CreateDate } = PolicyVersion ?? {};
    if (Document === undefined || CreateDate === undefined)
      throw new Error('IAM gave a policy without its document');
    return { document: decodeURIComponent(Document), since: CreateDate };
  }

  async replace(document: string): Promise<string> {
    await this.makeRoom();
    const { PolicyVersion } = await this.iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: this.policyArn,
        PolicyDocument: document,
        SetAsDefault: true,
      }),
    );
    return PolicyVersion?.VersionId ?? '';
  }

  /** Deletes the oldest versions that are not in force, where no other fits beside them. */
  private async makeRoom(): Promise<void> {
    const { Versions = [] } = await this.iam.send(
      new ListPolicyVersionsCommand({ PolicyArn: this.policyArn }),
    );
    const oldestFirst = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true).sort(
      (left, right) => (left.CreateDate?.getTime() ?? 0) - (right.CreateDate?.getTime() ?? 0),
    );
    const surplus = Math.max(0, Versions.length - (MOST_VERSIONS - 1));
    for (const { VersionId } of oldestFirst.slice(0, surplus))
      await this.iam.send(new DeletePolicyVersionCommand({ PolicyArn: this.policyArn, VersionId }));
  }
}
