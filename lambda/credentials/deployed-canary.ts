import type { STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../platform/clock';
import { readRegion } from '../platform/environment';
import type { RegisterTable } from '../register/register-table';
import type { Canary } from './canary';
import type { CanaryEnvironment } from './canary.environment';
import { stsSessionMaker } from './session-maker';

/** The canary as it is deployed with a function. */
export function deployedCanary(environment: CanaryEnvironment, table: RegisterTable, sts: STSClient): Canary {
  return {
    table,
    clock: systemClock,
    sessions: stsSessionMaker(sts),
    roleArn: environment.CANARY_ROLE,
    uidRoot: environment.UID_ROOT,
    region: readRegion(),
    dicomwebEndpoint: environment.DICOMWEB_ENDPOINT,
    datastoreId: environment.DATASTORES.development,
  };
}
