import { SFNClient } from '@aws-sdk/client-sfn';
import { awsClientSettings } from './aws-client-settings';

export function createStepFunctionsClient(): SFNClient {
  return new SFNClient(awsClientSettings);
}
