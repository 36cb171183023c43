import type { ConfigurationInput } from './configuration';
import { example } from './example';

/**
 * The embedded platform on one machine. Like `example`, but `any-kind` takes test files, which have no NHS number, and
 * may be read outside the Data Access Environment.
 */
export const local: ConfigurationInput = {
  ...example,
  environmentName: 'local',
  account: '000000000000',
  collections: example.collections.map((collection) =>
    collection.id === 'any-kind'
      ? { ...collection, patientsWithoutNhsNumber: 'accept', accessModes: ['dae-only', 'direct'] }
      : collection,
  ),
  oidc: {
    issuer: 'http://127.0.0.1:8080/sign-in',
    audience: 'nmip',
    assurance: { levels: { high: ['AAL2'] } },
  },
  portalOrigin: 'http://127.0.0.1:8080',
  dicomwebAddress: 'http://127.0.0.1:8081',
  dataAccessEnvironment: { vpcEndpointId: 'vpce-0local0000000000' },
  clearance: { limitSeconds: 600 },
  withdrawal: { deletesPerSecond: 1000 },
};
