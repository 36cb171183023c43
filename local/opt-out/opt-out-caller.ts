import { AwsError, type Caller } from '../aws/service';

const resources = (bucket: string): Readonly<Record<string, readonly string[]>> => ({
  's3:ListBucket': [`arn:aws:s3:::${bucket}`],
  's3:GetObject': [`arn:aws:s3:::${bucket}/requests/`],
  's3:PutObject': [`arn:aws:s3:::${bucket}/responses/`],
});

/**
 * Who the opt-out service acts as: nobody of the account, since the real one stands outside it and exchanges files by
 * MESH. It may read requests and write answers, with the key of the exchange bucket, and nothing else.
 */
export function optOutCaller(accountId: string, exchangeBucket: string): Caller {
  const allowed = resources(exchangeBucket);
  return {
    principalArn: `arn:aws:sts::${accountId}:assumed-role/national-data-opt-out/embedded`,
    accountId,
    roleArn: `arn:aws:iam::${accountId}:role/national-data-opt-out`,
    sessionTags: {},
    authorise: (action, resource, context) => {
      const viaS3 = String(context?.['kms:ViaService'] ?? '').startsWith('s3.');
      if (viaS3 && (action === 'kms:Decrypt' || action === 'kms:GenerateDataKey')) return;
      if (
        allowed[action]?.some(
          (prefix) => resource === prefix || (prefix.endsWith('/') && resource.startsWith(prefix)),
        )
      ) {
        return;
      }
      throw new AwsError('AccessDenied', `The opt-out service may not perform ${action} on ${resource}`, 403);
    },
  };
}
