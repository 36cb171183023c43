import { IAMClient } from '@aws-sdk/client-iam';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createIamClient(): IAMClient {
  return withoutRequestLog(new IAMClient(awsClientSettings));
}
