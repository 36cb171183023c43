import { STSClient } from '@aws-sdk/client-sts';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createStsClient(): STSClient {
  return withoutRequestLog(new STSClient(awsClientSettings));
}
