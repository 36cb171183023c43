import { STSClient } from '@aws-sdk/client-sts';
import { awsClientSettings } from './aws-client-settings';

export function createStsClient(): STSClient {
  return new STSClient(awsClientSettings);
}
