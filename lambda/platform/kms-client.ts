import { KMSClient } from '@aws-sdk/client-kms';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createKmsClient(): KMSClient {
  return withoutRequestLog(new KMSClient(awsClientSettings));
}
