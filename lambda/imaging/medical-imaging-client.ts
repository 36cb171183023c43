import { MedicalImagingClient } from '@aws-sdk/client-medical-imaging';
import { awsClientSettings, withoutRequestLog } from '../platform/aws-client-settings';

/** The HealthImaging client; only functions of this folder carry it, since it brings an SDK core of its own. */
export function createMedicalImagingClient(): MedicalImagingClient {
  return withoutRequestLog(new MedicalImagingClient(awsClientSettings));
}
