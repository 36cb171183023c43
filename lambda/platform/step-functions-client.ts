import { SFNClient } from '@aws-sdk/client-sfn';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createStepFunctionsClient(): SFNClient {
  return withoutRequestLog(new SFNClient(awsClientSettings));
}
