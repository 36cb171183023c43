import { KMSClient } from '@aws-sdk/client-kms';
import { awsClientSettings } from './aws-client-settings';

export function createKmsClient(): KMSClient {
  return new KMSClient(awsClientSettings);
}
