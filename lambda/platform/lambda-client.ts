import { LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createLambdaClient(): LambdaClient {
  return withoutRequestLog(new LambdaClient(awsClientSettings));
}
