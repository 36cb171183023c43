import { SNSClient } from '@aws-sdk/client-sns';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createSnsClient(): SNSClient {
  return withoutRequestLog(new SNSClient(awsClientSettings));
}
