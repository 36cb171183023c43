import { AthenaClient } from '@aws-sdk/client-athena';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export function createAthenaClient(): AthenaClient {
  return withoutRequestLog(new AthenaClient(awsClientSettings));
}
